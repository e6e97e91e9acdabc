import { metrics, trace } from '@opentelemetry/api'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { type Handle, type Settings, start } from '../lib'
import { type OpenAIOptions, type OpenAIStandIn, startOpenAI } from '../lib/local/openai/openai'
import { type Collector, startCollector } from '../lib/local/receiver/otlp'
import type { OtlpPoint, OtlpSpan } from '../lib/local/receiver/otlp-json'

/** A stand-in OpenAI, a stand-in collector, the real SDK and a started interceptor, all in this process. */
export interface OtelWorld {
  readonly openai: OpenAIStandIn
  readonly collector: Collector
  readonly handle: Handle
  /** Makes one call and gives the one span of ours that it led to. */
  spanOf(call: () => Promise<unknown>): Promise<OtlpSpan>
  /** Makes calls and gives as many spans of ours, in the order of their start. */
  spansOf(count: number, calls: () => Promise<unknown>): Promise<OtlpSpan[]>
  /** Sends all metrics and gives the latest point of each name and set of attributes. */
  points(): Promise<readonly OtlpPoint[]>
  restart(settings: Settings): Promise<void>
  stop(): Promise<void>
}

const OURS = 'interceptor'

export async function startOtelWorld(settings: Settings = {}, options: OpenAIOptions = {}): Promise<OtelWorld> {
  const [openai, collector] = await Promise.all([startOpenAI(options), startCollector()])
  Object.assign(process.env, collector.env, { OTEL_SERVICE_NAME: 'shop', OTEL_NODE_RESOURCE_DETECTORS: 'none' })
  const sdk = new NodeSDK()
  sdk.start()
  const started = (more: Settings): Handle =>
    start({ outputs: ['otel'], hosts: [openai.host], exitTimeoutMs: 60_000, ...more })
  let handle = started(settings)
  const ours = (): OtlpSpan[] => collector.spans().filter(({ scope }) => scope.name === OURS)

  const spansOf = async (count: number, calls: () => Promise<unknown>): Promise<OtlpSpan[]> => {
    const before = ours().length
    await calls()
    await handle.flush()
    await collector.waitForSpans(() => ours().length >= before + count)
    const spans = ours().slice(before)
    if (spans.length !== count) throw new Error(`${count} calls gave ${spans.length} spans`)
    return spans.sort((a, b) => Number(a.start - b.start))
  }
  return {
    openai,
    collector,
    get handle() {
      return handle
    },
    spansOf,
    async spanOf(call) {
      const [span] = await spansOf(1, call)
      if (span === undefined) throw new Error('no span')
      return span
    },
    async points() {
      await handle.flush()
      const latest = new Map(collector.points().map(point => [point.name + JSON.stringify(point.attributes), point]))
      return [...latest.values()]
    },
    async restart(more) {
      await handle.stop()
      handle = started(more)
    },
    async stop() {
      await handle.stop()
      await sdk.shutdown()
      trace.disable()
      metrics.disable()
      await Promise.all([openai.close(), collector.close()])
    },
  }
}
