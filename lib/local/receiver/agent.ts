import { Arrivals, type Condition } from './arrivals'
import { type Llmobs, LlmobsTaker } from './llmobs'
import { type ReceivedRequest, type Receiver, type ReceiverOptions, startReceiver } from './receiver'
import { decodeV04, decodeV05, type Span } from './spans'

/** A running stand-in for the Datadog Agent's trace intake. */
export interface Agent extends Receiver {
  /** All spans so far, of whichever trace. */
  spans(): readonly Span[]
  waitFor(condition: Condition<Span>, timeoutMs?: number): Promise<readonly Span[]>
  /** What came through its proxy for LLM Observability. */
  readonly llmobs: Llmobs
  /** The paths that were asked, in order: `/v0.4/traces`, `/telemetry/proxy/…`. */
  readonly paths: readonly string[]
}

type TraceDecoder = (payload: Uint8Array) => Span[]

const TRACE_DECODERS: Record<string, TraceDecoder> = { '/v0.4/traces': decodeV04, '/v0.5/traces': decodeV05 }

/**
 * What the real agent says of itself, without `/v0.6/stats`: a tracer that finds it counts in place of the agent and
 * may send fewer spans.
 */
const INFO = {
  version: '7.60.0',
  endpoints: ['/v0.4/traces', '/v0.5/traces', '/telemetry/proxy/'],
  client_drop_p0s: false,
  span_meta_structs: true,
}

export interface AgentOptions extends ReceiverOptions {
  /** `false`: an agent of before there was one. */
  evpProxy?: boolean
}

function infoOf(evpProxy: boolean): typeof INFO {
  return evpProxy ? { ...INFO, endpoints: [...INFO.endpoints, '/evp_proxy/v2/'] } : INFO
}

export async function startAgent(options: AgentOptions = {}): Promise<Agent> {
  const { evpProxy = true } = options
  const llmobs = new LlmobsTaker()
  const arrivals = new Arrivals<Span>('spans', showSpan)
  const paths: string[] = []
  const receiver = await startReceiver(options, received => {
    const path = (received.req.url ?? '/').replace(/\?.*$/, '')
    paths.push(path)
    if (evpProxy && llmobs.take(received)) return
    takeTraces(path, received, arrivals, evpProxy)
  })
  return {
    ...receiver,
    spans: () => arrivals.items,
    waitFor: (condition, timeoutMs) => arrivals.waitFor(condition, timeoutMs),
    llmobs,
    paths,
  }
}

function takeTraces(path: string, { res, body }: ReceivedRequest, arrivals: Arrivals<Span>, evpProxy: boolean): void {
  const decoder = TRACE_DECODERS[path]
  if (path === '/info') return void res.end(JSON.stringify(infoOf(evpProxy)))
  if (path.startsWith('/telemetry/proxy/')) return void res.end('{}')
  if (!decoder) return void res.writeHead(404).end()
  try {
    arrivals.add(...decoder(body))
    res.end(JSON.stringify({ rate_by_service: { 'service:,env:': 1 } }))
  } catch (cause) {
    res.writeHead(400).end(String(cause))
  }
}

function showSpan({ name, resource, service, error, duration }: Span): string {
  return `${service} ${name} ${resource} ${duration / 1e6} ms${error ? ' error' : ''}`
}
