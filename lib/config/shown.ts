import { PATTERNS } from '../redact/patterns'

/** Characters of a value in a line of ours. */
export const LONGEST_SAID = 200

/** A bad value as it may be said: short, in one line, and without what may be a secret in it. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(withoutSecrets(value.slice(0, 1_000)).slice(0, 100))
  if (Array.isArray(value)) return 'this list'
  if (typeof value === 'object' && value !== null) return 'an object'
  return typeof value === 'function' ? 'a function' : String(value)
}

/** A value that is used, as it may be said. */
export function shownInUse(value: unknown): string {
  if (value === undefined) return 'no value'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : withoutSecrets(value.join(',')).slice(0, 100)
  if (typeof value === 'string') return withoutSecrets(value.slice(0, 1_000)).slice(0, LONGEST_SAID)
  return typeof value === 'function' ? 'the function before' : String(value)
}

/** Userinfo, queries, keys of known shapes, and runs that are long and have digits, as generated secrets are. */
function withoutSecrets(text: string): string {
  const known = (PATTERNS.key?.(text) ?? text).replace(/[^\s/@]+@/g, '...@').replace(/\?.*$/s, '?...')
  return known.replace(/[\w+=-]{24,}/g, run => (/\d/.test(run) ? '...' : run))
}
