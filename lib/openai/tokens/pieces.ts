/**
 * Tokenizers are quadratic in the length of a run without breaks (100 KB of one letter: 17 s), so they are given short
 * pieces. Counts rise by at most 0.25 % where a piece has to end inside a token.
 */
export const PIECE_LENGTH = 2_000
/** The same of runs without breaks: 3 instead of 12 µs a character, and up to 1 % more tokens. */
const RUN_LENGTH = 512
/** What every encoding takes for one word, however long: letters, signs, spaces. */
const RUN = new RegExp(`[\\p{L}\\p{M}]{${RUN_LENGTH}}|[^\\s\\p{L}\\p{M}\\p{N}]{${RUN_LENGTH}}|\\s{${RUN_LENGTH}}`, 'u')

/** How far back from a piece's end a place is looked for that no token spans. */
const LOOK_BACK = 400

const SPACE = 32

/** Cuts a text between words where it can, and never inside a surrogate pair. */
export function* pieces(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = pieceEnd(text, start)
    yield text.slice(start, end)
    start = end
  }
}

function pieceEnd(text: string, start: number): number {
  const end = start + PIECE_LENGTH
  const run = RUN.exec(text.slice(start, end))
  if (run !== null) return wholePair(text, start + run.index + run[0].length)
  if (end >= text.length) return text.length
  for (let i = end; i > end - LOOK_BACK; i--) if (betweenWords(text, i)) return i
  return wholePair(text, end)
}

/** Every encoding splits `one two` into `one` and ` two` before it looks for tokens. */
function betweenWords(text: string, i: number): boolean {
  return text.charCodeAt(i) === SPACE && isLetter(text.charCodeAt(i - 1)) && isLetter(text.charCodeAt(i + 1))
}

function isLetter(code: number): boolean {
  const lower = code | 32
  return lower >= 97 && lower <= 122
}

/** `i`, or one less where it would part a pair. */
function wholePair(text: string, i: number): number {
  const high = text.charCodeAt(i - 1)
  return high >= 0xd800 && high <= 0xdbff ? i - 1 : i
}

export interface Sample {
  readonly parts: readonly string[]
  /** By what a count of the parts is multiplied. */
  readonly scale: number
}

/** Evenly spread windows of a text, about `most` characters of it together; the text itself where it is not longer. */
export function sample(text: string, most: number): Sample {
  if (text.length <= most) return { parts: [text], scale: 1 }
  const windows = Math.max(1, Math.floor(most / PIECE_LENGTH))
  const step = text.length / windows
  const parts = Array.from({ length: windows }, (_, i) => {
    const start = wholePair(text, Math.floor(i * step))
    return text.slice(start, wholePair(text, start + PIECE_LENGTH))
  })
  return { parts, scale: text.length / parts.reduce((sum, part) => sum + part.length, 0) }
}
