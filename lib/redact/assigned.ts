import { isSensitive } from './secret'

/** Names of what is a key by being called one, with the value that they are given, in code, JSON, headers and prose. */
const KEY_NAMES =
  'api[_-]?keys?|apikey|access[_-]?keys?|account[_-]?key|subscription[_-]?key|private[_-]?key|encryption[_-]?key|' +
  'master[_-]?key|secret[_-]?key|secret(?:[_-]?access[_-]?key)?|(?:auth|access|refresh|session|id|security|bot)?[_-]?token'
const PASSWORD_NAMES = 'passw(?:or)?d|passwd|pwd|passphrase|client[_-]?secret'
const GIVEN = '["\'`\\\\]{0,3}[ \\t]{0,4}(?::=|=>|[:=]|%3D|\\bis\\b)[ \\t]{0,4}\\\\?["\'`]?'
const ASSIGNED = new RegExp(`(${PASSWORD_NAMES}|${KEY_NAMES})(${GIVEN})([^\\s"'\`,;&<>()\\\\]{8,512})`, 'gi')
const PASSWORD = new RegExp(`^(?:${PASSWORD_NAMES})$`, 'i')
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** A value that is looked up elsewhere: `process.env.KEY`, `${TOKEN}`, `{{ secret }}`. */
const REFERENCE = /^[$%{<[]|^[a-z_]+(?:\.[a-z_]+)+$|^(?:https?|file):|\[redacted/i

/** `api_key = "…"`, `"password": "…"`, `my token is …`: the value, if it is no word and no reference. */
export function assigned(text: string): string {
  return text.replace(ASSIGNED, (found: string, name: string, given: string, value: string) =>
    isGiven(name, value) ? `${name}${given}[redacted key]` : found,
  )
}

function isGiven(name: string, value: string): boolean {
  const bare = value.replace(/[.!?:]+$/, '')
  if (REFERENCE.test(bare) || UUID.test(bare) || !isSensitive(bare)) return false
  if (!/\d/.test(bare) || !/[a-z]/i.test(bare)) return false
  return PASSWORD.test(name) || bare.length >= 16
}
