import * as zlib from 'node:zlib'
import type { Body } from './body'

/** A body after its content encodings are taken off. */
export interface Decoded {
  readonly head: Buffer
  /** What was kept of the end, where bytes are missing in between. */
  readonly tail: Buffer
  /** Bytes are missing: over the bound, or cut off by the decoder's bound. */
  readonly truncated: boolean
  /** What was kept last is the end of what was received. */
  readonly endKept: boolean
  /** An encoding is unknown or the bytes do not follow it: nothing could be decoded. */
  readonly unreadable: boolean
  /** Decoded bytes in all, as far as they are known. */
  readonly size: number
  /** Gives back what the decoded bytes took from the budget. */
  release(): void
  /** When the byte at an offset of `head` arrived, on the monotonic clock. */
  arrivedAt(offset: number): number | undefined
  /** The same for `tail`. */
  tailArrivedAt(offset: number): number | undefined
  /** Where in the decoded bytes each wire chunk begins, and when it came: for as many as were noted. */
  readonly marks: Marks
}

interface Decoder {
  create(): zlib.Gunzip | zlib.Inflate | zlib.InflateRaw | zlib.BrotliDecompress
}

/** A truncated body gives what is there, instead of an error. */
const SYNC: zlib.ZlibOptions = { finishFlush: zlib.constants.Z_SYNC_FLUSH }
const BROTLI: zlib.BrotliOptions = { finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH }

/** Decompressing stops when so many times the kept bytes have come out: a bomb costs some milliseconds of a thread. */
const MOST_OUTPUT = 16

/**
 * Takes the content encodings off, in zlib's thread pool. Of the output `limit` bytes are kept like those of any body,
 * as head and tail and out of the same budget: usage stands at the end of an answer, compressed or not.
 */
export async function decode(body: Body, contentEncoding: string | undefined, limit: number): Promise<Decoded> {
  const { head, tail, missing } = body.handOver()
  const marks = { offsets: body.markOffsets, times: body.markTimes }
  const encodings = encodingsOf(contentEncoding)
  if (encodings.length === 0 || head.length === 0) return plain(body.size, head, tail, missing, marks)

  // After a gap nothing can be decompressed: the head is all there is.
  const input = missing > 0 ? head : Buffer.concat([head, tail])
  let decoded: Inflated = { head: input, tail: NOTHING, size: input.length, missing: 0, marks, stopped: false }
  const outputs: Body[] = []
  const emptyBody = (): Body => {
    const output = body.another(limit)
    outputs.push(output)
    return output
  }
  const release = (): void => {
    for (const output of outputs) output.release()
  }
  for (const encoding of encodings.reverse()) {
    const decoder = decoderOf(encoding, decoded.head)
    if (decoder === 'none') continue
    const next = decoder === 'unknown' ? undefined : await inflate(decoded, decoder, emptyBody)
    if (next === undefined) {
      release()
      return unreadable(body.size)
    }
    decoded = next
  }
  const plainly = plain(decoded.size, decoded.head, decoded.tail, decoded.missing, decoded.marks)
  const isCut = missing > 0 || decoded.stopped
  return { ...plainly, truncated: plainly.truncated || isCut, endKept: plainly.endKept && !isCut, release }
}

const NOTHING = Buffer.alloc(0)

export interface Marks {
  readonly offsets: readonly number[]
  readonly times: readonly number[]
}

function plain(size: number, head: Buffer, tail: Buffer, missing: number, marks: Marks): Decoded {
  const whole = missing === 0 && tail.length > 0
  const tailStart = size - tail.length
  return {
    head: whole ? Buffer.concat([head, tail]) : head,
    tail: whole ? tail.subarray(0, 0) : tail,
    truncated: missing > 0,
    endKept: missing === 0 || tail.length > 0,
    unreadable: false,
    size,
    release: () => {},
    arrivedAt: offset => timeAt(marks, offset),
    tailArrivedAt: offset => timeAt(marks, tailStart + offset),
    marks,
  }
}

function unreadable(size: number): Decoded {
  return { ...plain(size, Buffer.alloc(0), Buffer.alloc(0), 0, { offsets: [], times: [] }), unreadable: true }
}

/** The time of the last chunk that begins at or before `offset`. */
function timeAt({ offsets, times }: Marks, offset: number): number | undefined {
  let low = 0
  let high = offsets.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((offsets[middle] ?? 0) <= offset) low = middle + 1
    else high = middle
  }
  return times[low - 1]
}

/** When the chunks that begin there arrived. */
export function timesBetween({ offsets, times }: Marks, from: number, to: number): number[] {
  return times.filter((_, i) => (offsets[i] ?? to) >= from && (offsets[i] ?? to) < to)
}

function encodingsOf(header: string | undefined): string[] {
  return (header ?? '')
    .split(',')
    .map(name => name.trim().toLowerCase())
    .filter(name => name !== '' && name !== 'identity')
}

/** Looks at the bytes too: servers declare an encoding and then do not apply it. */
function decoderOf(encoding: string, bytes: Buffer): Decoder | 'none' | 'unknown' {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return bytes[0] === 0x1f && bytes[1] === 0x8b ? { create: () => zlib.createGunzip(SYNC) } : 'none'
    case 'deflate':
      if (isZlib(bytes)) return { create: () => zlib.createInflate(SYNC) }
      return looksLikeText(bytes) ? 'none' : { create: () => zlib.createInflateRaw(SYNC) }
    case 'br':
      return looksLikeText(bytes) ? 'none' : { create: () => zlib.createBrotliDecompress(BROTLI) }
    case 'zstd':
      return zstd(bytes)
    default:
      return 'unknown'
  }
}

function isZlib(bytes: Buffer): boolean {
  const [first = 0, second = 0] = bytes
  return (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0
}

/** JSON or events, which no compressed body begins with in practice. */
function looksLikeText(bytes: Buffer): boolean {
  return /^\s*(?:[[{]["\s[{\]}]|data:|event:)/.test(bytes.toString('latin1', 0, 16))
}

/** zstd came with Node 22.15. */
function zstd(bytes: Buffer): Decoder | 'none' | 'unknown' {
  if (bytes.length >= 4 && bytes.readUInt32LE(0) !== 0xfd2fb528) return 'none'
  const create: unknown = Reflect.get(zlib, 'createZstdDecompress')
  return typeof create === 'function' ? { create: () => create() } : 'unknown'
}

interface Inflated {
  readonly head: Buffer
  readonly tail: Buffer
  readonly size: number
  readonly missing: number
  readonly marks: Marks
  /** More came out than is decompressed: what was kept last is not the end. */
  readonly stopped: boolean
}

/** A damaged body is decoded again in so many pieces. */
const PIECES = 256

/**
 * Takes one encoding off. Undefined where nothing comes out of something. Of the write in which the damage is, zlib gives
 * nothing: how much of a damaged body can be read would depend on how it was cut on the wire. So it is decoded once
 * more, in pieces that depend on its length alone.
 */
async function inflate(
  { head: bytes, marks }: Inflated,
  decoder: Decoder,
  emptyBody: () => Body,
): Promise<Inflated | undefined> {
  let output = emptyBody()
  const limit = MOST_OUTPUT * Math.max(output.limit, bytes.length)
  const cuts = marks.offsets.length > 0 ? marks.offsets : [0]
  const { offsets, damaged } = await feed(bytes, cuts, decoder.create(), output, limit)
  if (damaged) {
    output.release()
    output = emptyBody()
    await feed(bytes, equalPieces(bytes.length), decoder.create(), output, limit)
  }
  if (output.size === 0 && bytes.length > 0) return undefined
  const stopped = output.size > limit
  const { head, tail, missing } = output.handOver()
  return {
    head,
    tail: stopped ? NOTHING : tail,
    size: output.size,
    missing: stopped ? missing + tail.length : missing,
    marks: { offsets, times: marks.times },
    stopped,
  }
}

function equalPieces(length: number): number[] {
  const size = Math.max(1, Math.ceil(length / PIECES))
  return Array.from({ length: Math.ceil(length / size) }, (_, i) => i * size)
}

interface Fed {
  /** How far the output had got before each piece. */
  readonly offsets: readonly number[]
  /** The bytes do not follow the encoding. */
  readonly damaged: boolean
}

/**
 * Feeds the decoder chunk by chunk as they came on the wire and notes how far its output has got after each: that is
 * when the decoded bytes arrived.
 */
function feed(
  bytes: Buffer,
  cuts: readonly number[],
  decoder: ReturnType<Decoder['create']>,
  output: Body,
  limit: number,
): Promise<Fed> {
  return new Promise(resolve => {
    const offsets: number[] = []
    let damaged = false
    decoder.on('data', (chunk: Buffer) => {
      output.add(chunk, 0)
      if (output.size > limit) decoder.destroy()
    })
    decoder.on('error', () => {
      damaged = true
      decoder.destroy()
    })
    decoder.on('close', () => resolve({ offsets, damaged }))
    const next = (i: number): void => {
      if (decoder.destroyed) return
      const start = cuts[i]
      if (start === undefined || start >= bytes.length) {
        decoder.end()
        return
      }
      offsets.push(output.size)
      decoder.write(bytes.subarray(start, i + 1 < cuts.length ? cuts[i + 1] : bytes.length), () => next(i + 1))
    }
    next(0)
  })
}
