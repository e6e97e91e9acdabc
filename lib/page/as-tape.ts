import { parseEventStream } from '../local/tapes/event-stream'
import { parseLossless } from '../local/tapes/lossless'
import type { Content } from '../local/tapes/tape-types'
import type { Wire, WireSide } from '../openai/wire'
import { arrived } from './arrived'

/**
 * The exchange as a tape, the form that `interceptor/testing` plays. Undefined where it has no answer, or not all of a body
 * was kept or may be shown: it would answer something else.
 */
export function asTape({ request, response }: Wire): string | undefined {
  if (response === undefined || !isWhole(request) || !isWhole(response)) return undefined
  const tape = {
    source: 'copied from a page of interceptor',
    request: { method: request.method, url: request.url, headers: headersOf(request), ...contentOf(request) },
    response: { status: response.status, headers: headersOf(response), ...contentOf(response) },
  }
  return `${JSON.stringify(tape, null, 2)}\n`
}

function isWhole({ cut, withheld }: WireSide): boolean {
  return cut === undefined && withheld === undefined
}

/** The body is told decoded, and its length may be another. */
const OF_THE_WIRE = ['content-encoding', 'content-length', 'transfer-encoding', 'connection', 'keep-alive']

function headersOf({ headers }: WireSide): Readonly<Record<string, string>> {
  return Object.fromEntries(headers.filter(([name]) => !OF_THE_WIRE.includes(name) && !name.startsWith(':')))
}

function contentOf({ body, chunks, headers }: WireSide): Pick<Content, 'body' | 'events' | 'text'> {
  const text = body ?? arrived(chunks ?? [], Number.POSITIVE_INFINITY)
  if (text === '') return {}
  const events = chunks === undefined ? undefined : parseEventStream(text)
  if (events !== undefined) return { events }
  // A transcript may be the text "12.50".
  const isJson = headers.some(([name, type]) => name === 'content-type' && type.includes('json'))
  const value = isJson ? parseLossless(text) : undefined
  return value === undefined ? { text } : { body: value }
}
