import { StringDecoder } from 'node:string_decoder'
import type { Decoded } from '../../transport/decode'
import type { Exchange } from '../../transport/exchange'
import type { Headers } from '../../transport/headers'
import type { Wire, WireChunk, WireSide } from '../wire'
import { isBinary } from './payload'
import type { DecodedBodies } from './read'

/** What passed, as it passed: credentials and all. It is to be filtered before anybody sees it. */
export function wireOf(exchange: Exchange, { sent, received }: DecodedBodies, isStream: boolean): Wire {
  const { method, origin, path, status, startedAt } = exchange
  const request = { method, url: `${origin}${path}`, ...side(exchange.requestHeaders(), sent) }
  if (status === undefined) return { request }
  const answer = side(exchange.responseHeaders(), received)
  if (!isStream || answer.body === undefined) return { request, response: { status, ...answer } }
  const { body: _, ...rest } = answer
  return { request, response: { status, ...rest, chunks: chunksOf(received, startedAt) } }
}

/** A form is `binary` too: its files are. */
const FORM = /^multipart\//

function side(headers: Headers, body: Decoded): WireSide {
  const type = headers.get('content-type')?.trim().toLowerCase() ?? ''
  const common = { headers: [...headers], bytes: body.size }
  if (body.size === 0) return common
  if (body.unreadable) return { ...common, withheld: 'unreadable' }
  if (isBinary(type) || FORM.test(type) || !isText(body.head)) return { ...common, withheld: 'binary' }
  const head = body.head.toString()
  const missing = body.size - body.head.length - body.tail.length
  return {
    ...common,
    body: head + body.tail.toString(),
    ...(missing > 0 ? { cut: { at: head.length, bytes: missing } } : {}),
  }
}

function isText(bytes: Buffer): boolean {
  return !bytes.subarray(0, 4096).includes(0)
}

/** A character whose bytes came in two chunks is in the second one. */
function chunksOf({ head, tail, marks }: Decoded, startedAt: number): WireChunk[] {
  const decoder = new StringDecoder('utf8')
  const chunks: WireChunk[] = []
  const { offsets, times } = marks
  for (let i = 0; i < offsets.length; i += 1) {
    const from = offsets[i] ?? 0
    if (from >= head.length) break
    const bytes = head.subarray(from, offsets[i + 1] ?? head.length)
    if (bytes.length > 0) chunks.push(chunk(times[i], startedAt, bytes.length, decoder.write(bytes)))
  }
  const rest = decoder.end()
  if (tail.length + rest.length > 0) {
    chunks.push(chunk(times.at(-1), startedAt, tail.length, rest + tail.toString()))
  }
  return chunks
}

function chunk(time: number | undefined, startedAt: number, bytes: number, text: string): WireChunk {
  return { ms: Math.round(((time ?? startedAt) - startedAt) * 100) / 100, bytes, text }
}
