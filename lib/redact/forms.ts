import type { Secret } from './secret'

/** A way in which a credential may be written, its letters small. */
export interface Form {
  readonly text: string
  readonly shown: string
  /** So much of its beginning is no secret: `sk-ant-api03-`, the header of a web token. */
  readonly common: number
  /** So many of its characters, from anywhere in it, are the credential. */
  readonly least: number
}

/** Of a form that has one character for each of the credential, or nearly. */
export const LEAST = 12
/** Nobody encodes a cookie of kilobytes by the letter, and it would take as much again to look for. */
const LONGEST_BY_LETTER = 256

/** Of a longer credential (a cookie of a megabyte) the beginning and the end stand for it. */
const LONGEST = 5_120
/** Of all credentials of a call: as much as most servers take of headers. Each has some ten forms. */
const MOST_CHARACTERS = 16_384
const HEADS_SHARE = 0.8

/** So much of each credential is looked for, that of all of them it is not more than can be kept. */
export function longestLookedFor(secrets: readonly Secret[]): number {
  const lengths = secrets.map(({ value }) => Math.min(value.length, LONGEST)).sort((a, b) => a - b)
  let left = MOST_CHARACTERS
  for (const [n, length] of lengths.entries()) {
    const share = Math.floor(left / (lengths.length - n))
    if (length > share) return share
    left -= length
  }
  return LONGEST
}

export function formsOf({ value, shown }: Secret, longest: number): Form[] {
  const head = Math.ceil(longest * HEADS_SHARE)
  const bounded = value.length > longest ? [value.slice(0, head), value.slice(head - longest)] : [value]
  return bounded.flatMap((part, n) => {
    const common = n === 0 ? commonPrefix(part) : 0
    const texts = new Map([[folded(part), common]])
    for (const text of encodings(part)) if (!texts.has(folded(text))) texts.set(folded(text), 0)
    const forms = [...texts].map(([text, length]): Form => ({ text, shown, common: length, least: LEAST }))
    return part.length > LONGEST_BY_LETTER ? forms : [...forms, byLetter(part, shown)]
  })
}

/** Every letter percent-encoded, `%73%6b…`: three characters for one. */
function byLetter(value: string, shown: string): Form {
  const text = Buffer.from(value).toString('hex').replace(/../g, '%$&')
  return { text, shown, common: 3 * commonPrefix(value), least: 3 * LEAST }
}

function commonPrefix(value: string): number {
  const header = /^eyJ[\w-]*\./.exec(value)
  const prefix = header ?? /^(?:[a-z]{1,10}\d{0,2}[-_]){1,3}/i.exec(value)
  return prefix === null || prefix[0].length === value.length ? 0 : prefix[0].length
}

function encodings(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1)
  const utf8 = Buffer.from(value)
  return [
    percentEncoded(value),
    // An address that is a parameter of another.
    percentEncoded(percentEncoded(value)),
    json,
    json.replaceAll('/', '\\/'),
    ...[0, 1, 2].flatMap(shift => base64At(utf8, shift)),
    utf8.toString('hex'),
  ]
}

/** A lone surrogate, which a cut may leave, has no percent-encoding. */
function percentEncoded(value: string): string {
  return encodeURIComponent(value.replace(/\p{Cs}/gu, '\uFFFD'))
}

/**
 * Base64 of the value where it stands inside a longer one (`user:` before a password): the characters that depend on
 * nothing but the value.
 */
function base64At(value: Buffer, shift: number): string[] {
  const encoded = Buffer.concat([Buffer.alloc(shift), value])
    .toString('base64')
    .replace(/=+$/, '')
  const whole = encoded.slice(shift === 0 ? 0 : shift + 1, Math.floor(((shift + value.length) * 8) / 6))
  return [whole, whole.replaceAll('+', '-').replaceAll('/', '_')].filter(text => text.length >= 8)
}

function folded(text: string): string {
  return text.replace(/[A-Z]+/g, capitals => capitals.toLowerCase())
}
