/** A credential of a call, and what stands in its place where something echoes it. */
export interface Secret {
  readonly value: string
  /** `sk-...` and four characters for the call's own key; of others nothing is shown. */
  readonly shown: string
}

/** Shorter ones cannot be told from words. */
const SHORTEST = 8
/** What is longer is masked, though it be made of words: no prompt holds it by chance. */
const LONGEST_PHRASE = 24
const LONGEST_WORD = 16

/**
 * Is this a key, and not a word that stands for one? Servers without keys are asked with `lm-studio`, `ollama`,
 * `undefined`, `sk-no-key-required`, `test1234` …, and a prompt may well hold those. Told by shape: a short phrase, each
 * of whose parts is short, can be spoken, or counts.
 */
export function isSecret(text: string): boolean {
  if (text.length < SHORTEST) return false
  const parts = text.split(/[^A-Za-z0-9]+/)
  if (parts.every(part => part.length <= 2 || isOneCharacter(part))) return false
  return text.length > LONGEST_PHRASE || !parts.every(isWord)
}

/**
 * The same for what no server asks for without need: gateways' keys, passwords, cookies. Only plain words, numbers,
 * dates and versions are let through: `x-auth-type: bearer`, `consent=accepted`.
 */
export function isSensitive(text: string): boolean {
  if (text.length < SHORTEST || isOneCharacter(text)) return false
  if (/^[\d.:-]+$/.test(text)) return text.length >= 12 && /\d{9}/.test(text)
  return text.length >= LONGEST_WORD || !/^[a-z]+(?:[-_][a-z]+)*$/i.test(text)
}

/** Passwords of a scheme that says they are: shorter, and words too. */
export function isPassword(text: string): boolean {
  if (isSensitive(text)) return true
  return !DUMMY_PASSWORD.test(text) && (text.length >= SHORTEST || (text.length >= 6 && /\d/.test(text)))
}

const DUMMY_PASSWORD = /^(?:x+|password|undefined|anonymous|localhost|x-oauth-basic)$/i

function isWord(part: string): boolean {
  if (part.length <= 3 || isOneCharacter(part)) return true
  const [, letters = '', digits = ''] = /^([A-Za-z]*)(\d*)$/.exec(part) ?? []
  return letters.length + digits.length === part.length && isCount(digits) && canBeSpoken(letters)
}

function isOneCharacter(text: string): boolean {
  return text === (text[0] ?? '').repeat(text.length)
}

function isCount(digits: string): boolean {
  return digits.length <= 4 || '1234567890'.startsWith(digits) || isOneCharacter(digits)
}

function canBeSpoken(letters: string): boolean {
  if (letters.length <= 3) return true
  if (letters.length > LONGEST_WORD || !/[aeiouy]/i.test(letters) || /[^aeiouy]{6}/i.test(letters)) return false
  // Capitals in the middle begin words (`noKeyRequired`); in a key they stand anywhere.
  const words = letters.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? []
  return letters.length / words.length >= 3.5
}
