import { digest } from '../../digest'
import { pause } from '../../turns'
import type { Element } from './canonical'
import type { Prompt } from './prompt'

/**
 * A prompt in pieces: 32 bits of the hash of all of it up to the end of each, and each one's length in characters. This
 * is what is kept of it.
 */
export interface Pieces {
  readonly pieces: readonly number[]
  readonly sizes: readonly number[]
}

/** A prompt as hashes: of all of it up to the end of each piece, and up to each place where the model had answered. */
export interface Fingerprint {
  readonly kept: Pieces
  /** Up to the end of each answer in it, the latest first. */
  readonly ends: readonly string[]
  /** All of it with this behind it. */
  readonly with: (answer: readonly Element[]) => string
}

/** Hashed in one go: well under a millisecond. */
const PIECE = 16_384
/** Eight million characters at most, and 8 kB kept. */
const MOST_PIECES = 512
/** A request that goes on from a call goes on from one of the latest. */
const MOST_ENDS = 8

/** In slices. Undefined for a prompt over the bound: half a prompt is not known again. */
export async function fingerprint(prompt: Prompt, scope: string): Promise<Fingerprint | undefined> {
  const pieces: number[] = []
  const sizes: number[] = []
  const ends: string[] = []
  /** Goes on from a hash with pieces, and takes note of them. */
  const goOn = async (from: string, all: readonly string[]): Promise<string> => {
    let chain = from
    for (const piece of all) {
      if (pieces.length > MOST_PIECES) break
      const turn = pause()
      if (turn !== undefined) await turn
      chain = digest('sha1', chain + piece)
      // 32 bits with a sign take 8 bytes in an array; without, they would be made doubles.
      pieces.push(Number.parseInt(chain.slice(0, 8), 16) | 0)
      sizes.push(piece.length)
    }
    return chain
  }
  // A conversation goes on when its tools change: they are no part of what it is known again by.
  await goOn(scope, piecesOf(prompt.head))
  let chain = scope
  for (const [index, element] of prompt.elements.entries()) {
    const { answer } = element
    chain = await goOn(chain, piecesIn(element))
    if (pieces.length > MOST_PIECES) return undefined
    if (answer && prompt.elements[index + 1]?.answer !== true) ends.unshift(chain)
    if (ends.length > MOST_ENDS) ends.pop()
  }
  // Copies have no room to grow. Typed arrays of a few numbers are larger, and slower to make.
  return { kept: { pieces: pieces.slice(), sizes: sizes.slice() }, ends, with: answer => continued(chain, answer) }
}

function continued(prompt: string, answer: readonly Element[]): string {
  let chain = prompt
  for (const element of answer) for (const piece of piecesIn(element)) chain = digest('sha1', chain + piece)
  return chain
}

function piecesIn({ head, said }: Element): readonly string[] {
  return head.length + said.length <= PIECE ? [head + said] : [...piecesOf(head), ...piecesOf(said)]
}

function piecesOf(text: string): readonly string[] {
  if (text.length <= PIECE) return text === '' ? [] : [text]
  return Array.from({ length: Math.ceil(text.length / PIECE) }, (_, i) => text.slice(i * PIECE, (i + 1) * PIECE))
}

/** Of the earlier prompt the share, from its beginning, that the later one begins with too: what a cache could keep. */
export function prefixKept(earlier: Pieces, later: Pieces): number | undefined {
  let all = 0
  let kept = 0
  let isEqual = true
  for (const [index, size] of earlier.sizes.entries()) {
    isEqual &&= earlier.pieces[index] === later.pieces[index] && size === later.sizes[index]
    all += size
    if (isEqual) kept += size
  }
  return all === 0 ? undefined : Math.round((kept / all) * 1000) / 1000
}
