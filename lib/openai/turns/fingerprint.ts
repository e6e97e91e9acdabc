import { createHash, type Hash } from 'node:crypto'
import { pause } from '../../turns'
import type { Element } from './canonical'
import type { Prompt } from './prompt'

/** A prompt in pieces: 32 bits of each one's hash, and its length in characters. This is what is kept of it. */
export interface Pieces {
  readonly pieces: Uint32Array
  readonly sizes: Uint32Array
}

/** A prompt as hashes: of its pieces in order, and of all of it up to each place where the model had answered. */
export interface Fingerprint {
  readonly kept: Pieces
  /** Up to the end of each answer in it, the latest first. */
  readonly ends: readonly string[]
  /** All of it with this behind it. */
  readonly with: (answer: readonly Element[]) => string
}

/** Hashed in one go: well under a millisecond. */
const PIECE = 16_384
/** Eight million characters at most, and 4 kB kept. */
const MOST_PIECES = 512
/** A request that goes on from a call goes on from one of the latest. */
const MOST_ENDS = 8

/** In slices. Undefined for a prompt over the bound: half a prompt is not known again. */
export async function fingerprint(prompt: Prompt, scope: string): Promise<Fingerprint | undefined> {
  const chain = createHash('sha1').update(scope)
  const pieces: number[] = []
  const sizes: number[] = []
  const ends: string[] = []
  const add = async (text: string, into?: Hash): Promise<void> => {
    for (let from = 0; from < text.length && pieces.length <= MOST_PIECES; from += PIECE) {
      await pause()
      const digest = digestOf(text.slice(from, from + PIECE))
      into?.update(digest)
      pieces.push(digest.readUInt32LE(0))
      sizes.push(Math.min(PIECE, text.length - from))
    }
  }
  await add(prompt.head)
  for (const [index, { answer, text }] of prompt.elements.entries()) {
    await add(text, chain)
    if (pieces.length > MOST_PIECES) return undefined
    if (answer && prompt.elements[index + 1]?.answer !== true) ends.unshift(chain.copy().digest('base64'))
    if (ends.length > MOST_ENDS) ends.pop()
  }
  const kept = { pieces: Uint32Array.from(pieces), sizes: Uint32Array.from(sizes) }
  return { kept, ends, with: answer => continued(chain, answer) }
}

function continued(chain: Hash, answer: readonly Element[]): string {
  const hash = chain.copy()
  for (const { text } of answer) {
    for (let from = 0; from < text.length; from += PIECE) hash.update(digestOf(text.slice(from, from + PIECE)))
  }
  return hash.digest('base64')
}

function digestOf(text: string): Buffer {
  return createHash('sha1').update(text).digest()
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
