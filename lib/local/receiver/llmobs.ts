import type { IncomingHttpHeaders } from 'node:http'
import { isObject, type Json } from '../../openai/json'
import { Arrivals, type Condition } from './arrivals'
import { type LlmobsSpan, readLlmobsSpan } from './llmobs-span'
import { type ReceivedRequest, type Receiver, type ReceiverOptions, startReceiver } from './receiver'

/** What has arrived of LLM Observability, through an agent's proxy or straight. */
export interface Llmobs {
  spans(): readonly LlmobsSpan[]
  waitFor(condition: Condition<LlmobsSpan>, timeoutMs?: number): Promise<readonly LlmobsSpan[]>
  /** Every request, taken or not. */
  readonly posts: readonly LlmobsPost[]
  /** Why spans were not taken. */
  readonly rejected: readonly string[]
}

export interface LlmobsPost {
  readonly headers: IncomingHttpHeaders
  readonly bytes: number
  readonly spans: number
  readonly status: number
}

const PATH = '/api/v2/llmobs'
const PROXY = '/evp_proxy/v2'
const MOST_BYTES = 5 * 1_048_576

export class LlmobsTaker implements Llmobs {
  readonly #arrivals = new Arrivals<LlmobsSpan>('LLM Observability spans', showSpan)
  readonly posts: LlmobsPost[] = []
  readonly rejected: string[] = []

  spans(): readonly LlmobsSpan[] {
    return this.#arrivals.items
  }

  waitFor(condition: Condition<LlmobsSpan>, timeoutMs?: number): Promise<readonly LlmobsSpan[]> {
    return this.#arrivals.waitFor(condition, timeoutMs)
  }

  /** False for a request to another path. */
  take({ req, res, body }: ReceivedRequest): boolean {
    const { headers, url = '/' } = req
    if (!url.endsWith(PATH)) return false
    const spans = this.#read(headers, url, body)
    const status = typeof spans === 'number' ? spans : 202
    const taken = typeof spans === 'number' ? [] : spans
    this.posts.push({ headers, bytes: body.length, spans: taken.length, status })
    res.writeHead(status, { 'content-type': 'application/json' }).end('{}')
    this.#arrivals.add(...taken)
    return true
  }

  /** The spans, or the status that the request is answered with instead. */
  #read(headers: IncomingHttpHeaders, url: string, body: Buffer): LlmobsSpan[] | number {
    if (url !== PATH && url !== PROXY + PATH) return 404
    if (url === PATH && !headers['dd-api-key']) return 403
    if (url !== PATH && headers['x-datadog-evp-subdomain'] !== 'llmobs-intake') return 400
    if (body.length > MOST_BYTES) return 413
    const spans = spansOf(body)
    const bad = spans.filter(span => typeof span === 'string')
    this.rejected.push(...bad)
    return bad.length > 0 ? 400 : spans.filter(span => typeof span !== 'string')
  }
}

/** Of each event in the payload; a reason instead of one that is none. */
function spansOf(body: Buffer): (LlmobsSpan | string)[] {
  const events = parsed(body)
  if (events === undefined) return ['the payload is no JSON list']
  return events.flatMap(event => {
    if (!isObject(event) || event.event_type !== 'span' || event['_dd.stage'] !== 'raw') return ['no span event']
    return Array.isArray(event.spans) ? event.spans.map(readLlmobsSpan) : ['an event without spans']
  })
}

function parsed(body: Buffer): Json[] | undefined {
  try {
    const value: unknown = JSON.parse(body.toString())
    return Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

function showSpan({ name, status, duration }: LlmobsSpan): string {
  return `${name} ${status} ${duration / 1e6} ms`
}

/** A running stand-in for the intake itself, for apps without an agent. */
export interface LlmobsIntake extends Receiver, Llmobs {}

export async function startLlmobsIntake(options: ReceiverOptions = {}): Promise<LlmobsIntake> {
  const taker = new LlmobsTaker()
  const receiver = await startReceiver(options, received => {
    if (!taker.take(received)) received.res.writeHead(404).end()
  })
  return {
    ...receiver,
    spans: () => taker.spans(),
    waitFor: (condition, timeoutMs) => taker.waitFor(condition, timeoutMs),
    posts: taker.posts,
    rejected: taker.rejected,
  }
}
