import { fingerprint } from '../openai/read/headers'

/** Shorter keys are words (`none`, `ollama`, `EMPTY`) that texts may well contain. */
const SHORTEST = 8
/** So much of a key's beginning is the key, though it be cut; less may be the prefix that all keys of a kind share. */
const TELLING = 12
/** What stands for a key's middle, and how much of the beginning must go before it: sentences have dots too. */
const MASKS = [
  { mask: /[*•]{2,}/y, least: 2 },
  { mask: /…|\.{3,}/y, least: 6 },
]

/**
 * Takes the call's own keys out of a text that echoes them: in full, percent-encoded, cut after more than their kind's
 * prefix, or masked in the middle as OpenAI does (`Incorrect API key provided: sk-ab******cdef`). What stays is what
 * the span's tag shows, `sk-...` and four characters.
 */
export function scrubSecret(text: string, secrets: readonly string[]): string {
  return secrets.filter(({ length }) => length >= SHORTEST).reduce(scrubOne, text)
}

function scrubOne(text: string, secret: string): string {
  const shown = fingerprint(secret)
  const encoded = encodeURIComponent(secret)
  const whole = text.replaceAll(secret, () => shown).replaceAll(encoded, () => shown)
  return scrubParts(whole, secret, shown)
}

/** Replaces what begins like the key, whether masked or cut. */
function scrubParts(text: string, secret: string, shown: string): string {
  let clean = ''
  let from = 0
  const head = secret.slice(0, 2)
  for (let at = text.indexOf(head); at >= 0; at = text.indexOf(head, Math.max(at + 1, from))) {
    const end = partEnd(text, at, secret, shown)
    if (end === undefined) continue
    clean += text.slice(from, at) + shown
    from = end
  }
  return from === 0 ? text : clean + text.slice(from)
}

function partEnd(text: string, at: number, secret: string, shown: string): number | undefined {
  if (text.startsWith(shown, at)) return undefined
  let end = at
  while (end - at < secret.length && text[end] === secret[end - at]) end += 1
  const masked = maskEnd(text, end, end - at)
  if (masked !== undefined) return masked + tailLength(text, masked, secret)
  return end - at >= TELLING ? end : undefined
}

function maskEnd(text: string, at: number, matched: number): number | undefined {
  for (const { mask, least } of MASKS) {
    mask.lastIndex = at
    if (matched >= least && mask.test(text)) return mask.lastIndex
  }
  return undefined
}

/** How much of the text from `at` is the end of the key. */
function tailLength(text: string, at: number, secret: string): number {
  for (let length = Math.min(secret.length, text.length - at, 16); length > 0; length -= 1) {
    if (text.startsWith(secret.slice(-length), at)) return length
  }
  return 0
}
