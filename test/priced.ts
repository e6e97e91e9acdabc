import { readConfig } from '../lib/config'
import { bill } from '../lib/openai/bill'
import type { Call } from '../lib/openai/call'
import type { Json } from '../lib/openai/json'
import { createPricer } from '../lib/openai/price'
import { readCall } from '../lib/openai/read/read'
import { createHosts } from '../lib/openai/recognise/hosts'
import { recognise } from '../lib/openai/recognise/recognise'
import type { TokenCounter } from '../lib/openai/tokens'
import { Budget } from '../lib/transport/budget'
import { Exchange } from '../lib/transport/exchange'

/** What was asked and answered. A text is sent as it stands; a list is a stream of events. */
export interface Told {
  readonly method?: string
  readonly url?: string
  readonly body?: Json
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly answer?: Json
  readonly events?: readonly Json[]
  /** Epoch milliseconds. */
  readonly at?: number
  /** The file of `INTERCEPTOR_PRICES`. */
  readonly prices?: string
  readonly aborted?: boolean
}

const ROOM = 1 << 24
const CHAT = 'https://api.openai.com/v1/chat/completions'
const encode = (text: string): Uint8Array => Buffer.from(text)

/** The calls whose tokens the product wanted to count. */
export const countedCalls: string[] = []
const COUNTER: TokenCounter = {
  complete: async ({ usage, model, family }) => {
    const isCounted = /^(?:chat\.completions|completions|responses)$/.test(family)
    if (!isCounted || (usage?.input !== undefined && usage.output !== undefined)) return undefined
    countedCalls.push(model ?? '')
    return {
      usage: { input: 100, output: 10, total: 110, ...usage },
      estimated: { prompt: true, completion: true },
      partial: [],
    }
  },
  flush: async () => {},
  stop: async () => {},
}

/** A call as every output is given it: recognised, read and priced by the product's own parts. */
export async function priced(told: Told): Promise<Call> {
  const { method = 'POST', url = CHAT, body = {}, at = Date.parse('2026-09-23T12:00:00Z') } = told
  const { origin, host, pathname, search } = new URL(url)
  const opening = { method, origin, path: pathname + search }
  const place = createHosts({ ...readConfig({}), hosts: [host] }).find(origin, opening.path)
  const recognised = place && recognise(place, opening)
  if (recognised === undefined) throw new Error(`not recognised: ${url}`)
  const exchange = new Exchange(opening, ROOM, new Budget(ROOM), () => {})
  exchange.requestHeaders = () => new Map([['content-type', 'application/json']])
  exchange.sent(encode(JSON.stringify(body)))
  receive(exchange, told)
  exchange.end(told.aborted === true ? 'aborted' : 'complete')
  const reading = await readCall(exchange, { ...recognised, start: { ...recognised.start, startedAt: at } }, ROOM)
  await bill(reading.call, reading, COUNTER, createPricer({ prices: told.prices }))
  return reading.call
}

function receive(exchange: Exchange, { status = 200, headers = {}, answer, events }: Told): void {
  const type = events === undefined ? 'application/json' : 'text/event-stream'
  exchange.head(status, () => new Map([['content-type', type], ...Object.entries(headers)]))
  if (events !== undefined)
    exchange.received(
      encode([...events.map(event => `data: ${JSON.stringify(event)}\n\n`), 'data: [DONE]\n\n'].join('')),
    )
  else if (answer !== undefined) exchange.received(encode(typeof answer === 'string' ? answer : JSON.stringify(answer)))
}

/** An answer of chat with a usage. */
export const chatAnswer = (model: string, usage: Json, more: Record<string, Json> = {}): Json => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model,
  choices: [{ index: 0, message: { role: 'assistant', content: 'Elbe' }, finish_reason: 'stop' }],
  usage,
  ...more,
})

/** A response with its output items and a usage. */
export const response = (model: string, usage: Json, output: Json[] = [], more: Record<string, Json> = {}): Json => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  status: 'completed',
  model,
  output,
  usage,
  ...more,
})

export const RESPONSES = 'https://api.openai.com/v1/responses'
