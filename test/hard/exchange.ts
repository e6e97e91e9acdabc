import { type Config, readConfig } from '../../lib/config'
import { bill } from '../../lib/openai/bill'
import type { Call } from '../../lib/openai/call'
import { callFromJson, callToJson } from '../../lib/openai/call-json'
import { createPricer } from '../../lib/openai/price'
import { readCall } from '../../lib/openai/read/read'
import { createHosts } from '../../lib/openai/recognise/hosts'
import { recognise } from '../../lib/openai/recognise/recognise'
import { createTokenCounter } from '../../lib/openai/tokens'
import { createContentFilter } from '../../lib/redact/content-filter'
import { CALL_TAGS } from '../../lib/sinks/call-tags'
import { encodeEntry } from '../../lib/sinks/intake/entry'
import { METRICS } from '../../lib/sinks/metrics'
import { Budget } from '../../lib/transport/budget'
import { Exchange } from '../../lib/transport/exchange'
import type { Outcome } from '../../lib/transport/outcome'

/** What passes on the wire in one exchange. */
export interface Wire {
  readonly method: string
  /** The whole URL. */
  readonly url: string
  readonly requestHeaders: ReadonlyMap<string, string>
  readonly request: Buffer
  readonly status: number
  readonly responseHeaders: ReadonlyMap<string, string>
  readonly response: Buffer
  readonly outcome: Outcome
}

const ROOM = 1 << 26
const counter = createTokenCounter()
// Without its thread, which would load an encoder for each: tokens are then estimated roughly, on this thread.
void counter.stop()

/** Everything that is made of an exchange after its end, up to what the outputs are given. Throws what any of it throws. */
export class Reading {
  readonly #config: Config
  readonly #filter

  constructor(settings: Partial<Config> = {}) {
    this.#config = { ...readConfig({}), ...settings }
    this.#filter = createContentFilter(this.#config)
  }

  /** `cuts` are the chunk borders of both bodies, as shares of their length. Nothing for what is no call. */
  async of(wire: Wire, cuts: readonly number[] = []): Promise<Call | undefined> {
    const { origin, host, pathname, search } = new URL(wire.url)
    const opening = { method: wire.method, origin, path: pathname + search }
    const place = createHosts({ ...this.#config, hosts: [host] }).find(origin, opening.path)
    const recognised = place && recognise(place, opening)
    if (recognised === undefined) return undefined
    const budget = new Budget(ROOM)
    const { maxBodyBytes } = this.#config
    const exchange = new Exchange(opening, maxBodyBytes, budget, () => {})
    exchange.requestHeaders = () => wire.requestHeaders
    for (const piece of cut(wire.request, cuts)) exchange.sent(piece)
    exchange.head(wire.status, () => wire.responseHeaders)
    for (const piece of cut(wire.response, cuts)) exchange.received(piece)
    exchange.end(wire.outcome)
    const reading = await readCall(exchange, recognised, maxBodyBytes)
    const call = await this.#filter.inTurns(reading.call, reading.headers.secrets)
    // A pricer knows containers again, which are paid for once: the same bytes are to cost the same.
    await bill(call, reading, counter, createPricer(this.#config))
    if (budget.used !== 0) throw new Error(`${budget.used} bytes of the budget are not given back`)
    return call
  }
}

/** A body in chunks. */
export function cut(body: Buffer, cuts: readonly number[]): Buffer[] {
  const borders = [0, ...cuts.map(share => Math.floor(share * body.length)).sort((a, b) => a - b), body.length]
  return borders.slice(1).map((end, i) => body.subarray(borders[i], end))
}

const MOST_ENTRY_BYTES = 900_000
const MOST_FACTS = 2_000

/** What the outputs make of a call. Throws where it is not by the book. */
export function checkOutputs(call: Call): void {
  for (const { request, response } of [call]) {
    const facts = request.fields.size + request.content.size + response.fields.size + response.content.size
    if (facts > MOST_FACTS) throw new Error(`${facts} facts`)
    for (const [name, value] of [...request.fields, ...response.fields, ...request.content, ...response.content]) {
      if (typeof value === 'string' ? value === '' : !Number.isFinite(value)) throw new Error(`${name} is ${value}`)
    }
  }
  for (const [name, read] of Object.entries(CALL_TAGS)) {
    const value = read(call)
    if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`${name} is ${value}`)
  }
  for (const { name, value } of METRICS) {
    const measured = value(call)
    if (measured !== undefined && (!Number.isFinite(measured) || measured < 0))
      throw new Error(`${name} is ${measured}`)
  }
  const json = callToJson(call)
  const entry = encodeEntry(json, MOST_ENTRY_BYTES)
  if (entry === undefined || entry.json.length > MOST_ENTRY_BYTES) throw new Error('no log entry can be made of it')
  if (callFromJson(JSON.parse(entry.json.toString())) === undefined) throw new Error('its JSON is no call')
}

/** A call without what the clock says, to be compared with another of the same bytes. */
export function timeless(call: Call | undefined): unknown {
  if (call === undefined) return undefined
  const { startedAt: _, durationMs: __, networkMs: ___, loopBusyMs: ____, stream, ...rest } = call
  return { ...rest, ...(stream === undefined ? {} : { events: stream.events }) }
}
