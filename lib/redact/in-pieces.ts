import { pause } from '../turns'
import { LONGEST_MATCH } from './key-shapes'
import type { Pattern } from './patterns'

/** The dearest text known costs the dearest pattern 0.25 µs a character: 4 ms. */
const PIECE = 16_384
/** So far around a cut the patterns must find the same with it as without it. */
const AROUND = 512
/** How many places are tried, each further from the piece's end. */
const MOST_TRIED = 8
/** Cut out where no place will do: a text of nothing but secrets. */
const LEFT_OUT = 64
const BEGIN = '-----BEGIN '
const END = '-----END '
const DASHES = '-----'

/**
 * A text of any length without what a pattern finds in it, in pieces and slices. A piece ends at a space where nothing
 * that the pattern finds goes across, so that the pieces give what the whole would give.
 */
export async function cleanInPieces(text: string, pattern: Pattern, piece = PIECE): Promise<string> {
  if (text.length <= piece) return pattern(text)
  let clean = ''
  for (let from = 0; from < text.length; ) {
    const wanted = from + piece
    const cut = wanted >= text.length ? text.length : cutBefore(text, from, wanted, pattern)
    clean += pattern(text.slice(from, cut ?? wanted))
    from = cut ?? wanted + LEFT_OUT
    if (cut === undefined) clean += '[redacted]'
    await pause()
  }
  return clean
}

function cutBefore(text: string, from: number, end: number, pattern: Pattern): number | undefined {
  const least = from + Math.floor((end - from) / 2)
  let at = end
  for (let tried = 0; tried < MOST_TRIED && at > least; tried += 1) {
    const key = privateKeyAround(text, from, at)
    if (key !== undefined && key.begin <= least) return key.end
    at = key?.begin ?? at
    const space = lastSpace(text, at, least)
    // A text without spaces is cut anywhere, if the patterns agree.
    at = space ?? at
    if (!goesAcross(text, at, pattern)) return at
    at -= space === undefined ? LEFT_OUT : 1
  }
  return undefined
}

/** A private key is many lines: no place for a cut, and its end may be one. */
function privateKeyAround(text: string, from: number, at: number): { begin: number; end: number } | undefined {
  const back = Math.max(from, at - LONGEST_MATCH)
  const found = text.slice(back, at + BEGIN.length).lastIndexOf(BEGIN)
  if (found < 0) return undefined
  const begin = back + found
  const most = text.slice(begin, begin + LONGEST_MATCH)
  const last = most.indexOf(END)
  const close = last < 0 ? -1 : most.indexOf(DASHES, last + DASHES.length)
  const end = begin + (close < 0 ? most.length : close + DASHES.length)
  return begin < at && at < end ? { begin, end } : undefined
}

function lastSpace(text: string, before: number, least: number): number | undefined {
  for (let at = before; at > Math.max(least, before - AROUND); at -= 1) {
    const code = text.charCodeAt(at)
    if (code === 0x20 || code === 0x0a) return at
  }
  return undefined
}

function goesAcross(text: string, at: number, pattern: Pattern): boolean {
  const before = text.slice(Math.max(0, at - AROUND), at)
  const after = text.slice(at, at + AROUND)
  return pattern(before + after) !== pattern(before) + pattern(after)
}
