import type { Json } from '../openai/json'
import type { Wire, WireSide } from '../openai/wire'
import { arrived } from './arrived'

/** An event of a tape: `data` is parsed where it is a JSON object or list, else the text as sent. */
interface TapeEvent {
  readonly event?: string
  readonly data: Json
}

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

function contentOf({ body, chunks }: WireSide): { body?: Json; events?: readonly TapeEvent[]; text?: string } {
  const text = body ?? arrived(chunks ?? [], Number.POSITIVE_INFINITY)
  if (text === '') return {}
  const events = chunks === undefined ? undefined : eventsOf(text)
  if (events !== undefined) return { events }
  const value = structured(text)
  return value === undefined ? { text } : { body: value }
}

/** Undefined where they would not give the text back. */
function eventsOf(text: string): readonly TapeEvent[] | undefined {
  const blocks = text.replaceAll('\r\n', '\n').split('\n\n')
  if (blocks.length < 2 || blocks.pop() !== '') return undefined
  const events = blocks.map(eventOf)
  return events.every(event => event !== undefined) ? events : undefined
}

function eventOf(block: string): TapeEvent | undefined {
  const [, event, data = ''] = /^(?:event: (.*)\n)?(data: .*(?:\ndata: .*)*)$/.exec(block) ?? []
  if (data === '') return undefined
  const text = data.replace(/^data: /gm, '')
  const value = text.includes('\n') ? undefined : structured(text)
  return { ...(event === undefined ? {} : { event }), data: value ?? text }
}

function structured(text: string): Json | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
