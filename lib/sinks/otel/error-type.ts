import type { Call } from '../../openai/call'

/** Codes are words; what a server puts there besides may be prose, or a number of its own for each failure. */
const WORD = /^[a-z][\w.-]{0,59}$/i
const ID = /\d{4,}|[0-9a-f]{16,}/i

/** Few values: the server's own code, else the class of the SDK's error. */
export function errorType({ error }: Pick<Call, 'error'>): string | undefined {
  if (error === undefined) return undefined
  const { code } = error
  return code !== undefined && WORD.test(code) && !ID.test(code) ? code : error.class
}
