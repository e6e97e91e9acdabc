import type { ServerResponse } from 'node:http'
import type { Transform } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import * as zlib from 'node:zlib'
import type { AnswerEncoding, Fault } from './answer'

interface Codec {
  /** What `content-encoding` says. */
  name: string
  whole(bytes: Buffer): Buffer
  stream(): Transform & zlib.Zlib
}

const CODECS: Record<Exclude<AnswerEncoding, 'identity'>, Codec> = {
  gzip: { name: 'gzip', whole: zlib.gzipSync, stream: zlib.createGzip },
  deflate: { name: 'deflate', whole: zlib.deflateSync, stream: zlib.createDeflate },
  'deflate-raw': { name: 'deflate', whole: zlib.deflateRawSync, stream: zlib.createDeflateRaw },
  br: { name: 'br', whole: zlib.brotliCompressSync, stream: zlib.createBrotliCompress },
}

/** The `content-encoding` of an encoding, undefined for `identity`. */
export function encodingName(encoding: AnswerEncoding): string | undefined {
  return encoding === 'identity' ? undefined : CODECS[encoding].name
}

export function encodeWhole(bytes: Buffer, encoding: AnswerEncoding): Buffer {
  return encoding === 'identity' ? bytes : CODECS[encoding].whole(bytes)
}

/** Compresses piece by piece: each can be decoded when it has arrived, as servers of streams do. */
export function encodePieces(pieces: AsyncIterable<Buffer>, encoding: AnswerEncoding): AsyncIterable<Buffer> {
  if (encoding === 'identity') return pieces
  const codec = CODECS[encoding].stream()
  feed(pieces, codec).catch(cause => codec.destroy(cause))
  return codec
}

async function feed(pieces: AsyncIterable<Buffer>, codec: Transform & zlib.Zlib): Promise<void> {
  for await (const piece of pieces) {
    if (codec.destroyed) return
    codec.write(piece)
    codec.flush()
  }
  codec.end()
}

/** Pieces with a wait between them, until the client has gone. */
export async function* paced(pieces: Iterable<Buffer>, delayMs: number, gone: AbortSignal): AsyncGenerator<Buffer> {
  let first = true
  for (const piece of pieces) {
    if (delayMs > 0 && !first) await sleep(delayMs, undefined, { signal: gone }).catch(() => {})
    if (gone.aborted) return
    first = false
    yield piece
  }
}

export function* slices(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** Writes the body as far as the fault lets it, and ends or breaks the exchange. */
export async function deliver(
  res: ServerResponse,
  chunks: AsyncIterable<Buffer>,
  count: { bytesWritten: number },
  fault?: Fault,
): Promise<void> {
  let left = fault?.afterBytes ?? Number.POSITIVE_INFINITY
  if (left <= 0) res.flushHeaders()
  for await (const chunk of chunks) {
    if (left <= 0 || res.destroyed) break
    const sent = chunk.subarray(0, left)
    await write(res, sent)
    count.bytesWritten += sent.length
    left -= sent.length
  }
  if (fault) breakOff(res, fault)
  else res.end()
}

/** Resolves when the kernel has the bytes, or never will: a reset must not overtake them. */
function write(res: ServerResponse, chunk: Buffer): Promise<unknown> {
  return new Promise(resolve => res.write(chunk, resolve))
}

export function breakOff(res: ServerResponse, { kind }: Fault): void {
  if (kind === 'truncate') res.socket?.end()
  else if (kind === 'reset') reset(res)
}

/** Only a plain TCP socket can send RST; a TLS one is destroyed. */
function reset({ socket }: ServerResponse): void {
  if (socket && 'encrypted' in socket) socket.destroy()
  else socket?.resetAndDestroy()
}
