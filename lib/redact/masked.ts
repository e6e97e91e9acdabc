import type { Scrub } from './scrub'
import type { Secret } from './secret'

/** What servers put in the place of a key's middle. */
const MASK = /[*•●∗]{2,}|x{4,}|#{4,}|\[?(?:…+|\.{3,})\]?/gi
const TOKEN = /[\w+/=.~%-]/
const LETTER = /[a-z0-9]/i
/** Further than this from the mask nobody shows a key. */
const FURTHEST = 64
/** The last four characters are what a fingerprint shows. */
const MOST_TAIL = 4

/** Three letters of a credential stand beside every mask in it; masks beside which there are none are passed over. */
const BESIDE = 3
const BUCKETS = 1 << 13

/**
 * Takes out a credential of which a text shows both ends, or more of one of them than a fingerprint does: `sk-abc***`,
 * `sk-abcde…wxyz`, `****0123wxyz`.
 */
export function createUnmask(secrets: readonly Secret[]): Scrub {
  const beside = new Uint8Array(BUCKETS)
  for (const end of secrets.flatMap(endsOf)) {
    for (let at = 0; at + BESIDE <= end.length; at += 1) beside[bucket(end, at)] = 1
  }
  const isBeside = (text: string, start: number, end: number): boolean =>
    beside[bucket(text, start - BESIDE)] === 1 || beside[bucket(text, end)] === 1
  return text => {
    let clean = ''
    let from = 0
    MASK.lastIndex = 0
    for (let mask = MASK.exec(text); mask !== null; mask = MASK.exec(text)) {
      if (!isBeside(text, mask.index, mask.index + mask[0].length)) continue
      const found = echoAround(text, mask, from, secrets)
      if (found === undefined) continue
      clean += text.slice(from, found.start) + found.shown
      from = found.end
      MASK.lastIndex = Math.max(from, MASK.lastIndex)
    }
    return from === 0 ? text : clean + text.slice(from)
  }
}

/** What of a credential may stand beside a mask. */
function endsOf({ value }: Secret): string[] {
  const most = FURTHEST + BESIDE
  return value.length <= 2 * most ? [value] : [value.slice(0, most), value.slice(-most)]
}

/** Outside of the text nothing stands. */
function bucket(text: string, at: number): number {
  const [a, b, c] = [text.charCodeAt(at), text.charCodeAt(at + 1), text.charCodeAt(at + 2)]
  return (a * 961 + b * 31 + c) & (BUCKETS - 1)
}

interface Echo {
  readonly start: number
  readonly end: number
  readonly shown: string
}

function echoAround(text: string, mask: RegExpExecArray, from: number, secrets: readonly Secret[]): Echo | undefined {
  const end = mask.index + mask[0].length
  const before = tokenBefore(text, mask.index, from)
  const after = tokenAfter(text, end)
  if (before.length < 3 && after.length <= MOST_TAIL) return undefined
  const least = leastHead(mask[0])
  for (const { value, shown } of secrets) {
    const head = headLength(before, value)
    const tail = tailLength(after, value)
    if (head >= least || tail > MOST_TAIL) return { start: mask.index - head, end: end + tail, shown }
  }
  return undefined
}

/** Sentences have dots too, and Markdown has pairs of stars. */
function leastHead(mask: string): number {
  if (/^\[?[.…]/.test(mask)) return 6
  return mask.length < 3 ? 4 : 3
}

function tokenBefore(text: string, at: number, from: number): string {
  const least = Math.max(from, at - FURTHEST)
  let start = at
  while (start > least && TOKEN.test(text[start - 1] ?? ' ')) start -= 1
  return text.slice(start, at)
}

function tokenAfter(text: string, at: number): string {
  const most = Math.min(text.length, at + FURTHEST)
  let end = at
  while (end < most && TOKEN.test(text[end] ?? ' ')) end += 1
  return text.slice(at, end)
}

/** How much of the end of a token is the beginning of the credential, from where a word may begin. */
function headLength(token: string, value: string): number {
  for (let start = 0; start < token.length; start += 1) {
    const begins = token[start] === value[0] && (start === 0 || !LETTER.test(token[start - 1] ?? ''))
    if (begins && value.startsWith(token.slice(start))) return token.length - start
  }
  return 0
}

/** How much of the beginning of a token is the end of the credential. */
function tailLength(token: string, value: string): number {
  const last = value.at(-1)
  for (let length = token.length; length > 0; length -= 1) {
    if (token[length - 1] === last && value.endsWith(token.slice(0, length))) return length
  }
  return 0
}
