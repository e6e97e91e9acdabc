import { type Attributes, metrics, trace } from '@opentelemetry/api'
import { tracing } from '@opentelemetry/sdk-node'
import * as assert from 'uvu/assert'
import type { Span } from '../lib/local/receiver/spans'
import { operationName } from '../lib/sinks/otel/conventions'

interface Measured {
  readonly name: string
  readonly value: number
  readonly attributes: Attributes
}

/** What the real SDK was given since it was cleared. */
export interface OtelRecord {
  spans(): readonly tracing.ReadableSpan[]
  readonly measured: readonly Measured[]
  /** Runs on each span that begins. */
  began: (span: tracing.Span) => void
  clear(): void
}

/** Registers an SDK that keeps what it is given in memory. */
export function recordOtel(): OtelRecord {
  const exporter = new tracing.InMemorySpanExporter()
  const began: tracing.SpanProcessor = {
    onStart: span => record.began(span),
    onEnd() {},
    forceFlush: async () => {},
    shutdown: async () => {},
  }
  const spanProcessors = [began, new tracing.SimpleSpanProcessor(exporter)]
  trace.setGlobalTracerProvider(new tracing.BasicTracerProvider({ spanProcessors }))
  const measured: Measured[] = []
  const createHistogram = (name: string) => ({
    record: (value: number, attributes: Attributes) => measured.push({ name, value, attributes }),
  })
  metrics.setGlobalMeterProvider({ getMeter: () => ({ createHistogram }) as never })
  const record: OtelRecord = {
    began() {},
    spans: () => exporter.getFinishedSpans(),
    measured,
    clear() {
      exporter.reset()
      measured.length = 0
    },
  }
  return record
}

/** Of both spans, where they have another name. */
const PAIRS: Readonly<Record<string, string>> = {
  'openai.request.model': 'gen_ai.request.model',
  'openai.response.model': 'gen_ai.response.model',
  'openai.response.usage.prompt_tokens': 'gen_ai.usage.input_tokens',
  'openai.response.usage.completion_tokens': 'gen_ai.usage.output_tokens',
  'openai.response.usage.cached_tokens': 'gen_ai.usage.cache_read.input_tokens',
  'openai.response.usage.cache_write_tokens': 'gen_ai.usage.cache_creation.input_tokens',
  'openai.response.usage.reasoning_tokens': 'gen_ai.usage.reasoning.output_tokens',
  'error.type': 'openai.error.class',
  'openai.error.kind': 'openai.error.kind',
  'openai.response.cost.usd': 'openai.response.cost.usd',
  'out.host': 'server.address',
  'network.destination.port': 'server.port',
  'openai.request.endpoint': 'openai.request.endpoint',
  'openai.user.api_key': 'openai.user.api_key',
}

/** Model, operation, tokens, cost, error and duration of one call are the same; tells how much was compared. */
export function assertOtelAgrees({ spans, measured }: OtelRecord, datadog: Span): number {
  const [span, more] = spans()
  if (span === undefined || more !== undefined) throw new Error(`${spans().length} spans of OpenTelemetry`)
  const { attributes } = span
  const isFetched = attributes['gen_ai.operation.name'] === 'fetch_response'
  let compared = 0
  for (const [theirs, ours] of Object.entries(PAIRS)) {
    if (isFetched && ours.includes('usage')) continue
    const told: string | number | undefined = datadog.metrics[theirs] ?? datadog.meta[theirs]
    assert.is(String(attributes[ours]), String(told), ours)
    compared += 1
  }
  for (const [name, value] of Object.entries(attributes)) {
    const told = datadog.metrics[name] ?? datadog.meta[name]
    // The class of the error on one, its code on the other.
    if (told === undefined || name === 'error.type') continue
    assert.is(String(value), String(told), name)
    compared += 1
  }
  assert.is(attributes['gen_ai.operation.name'], operationName(datadog.resource))
  assert.is(span.status.code === 2, datadog.error === 1)
  const duration = span.duration[0] * 1e9 + span.duration[1]
  // An epoch in milliseconds has no finer place in a double than a quarter of a microsecond.
  assert.ok(Math.abs(duration - datadog.duration) < 2000, `${duration} ${datadog.duration}`)
  return compared + assertMeasured(measured, attributes, duration)
}

function assertMeasured(measured: readonly Measured[], attributes: Attributes, duration: number): number {
  const measuredOf = (name: string, type?: string): number | undefined =>
    measured.find(each => each.name === name && (type === undefined || each.attributes['gen_ai.token.type'] === type))
      ?.value
  const seconds = measuredOf('gen_ai.client.operation.duration') ?? Number.NaN
  assert.ok(Math.abs(seconds * 1e9 - duration) < 2000)
  for (const type of ['input', 'output']) {
    const tokens = measuredOf('gen_ai.client.token.usage', type)
    // What was counted here is in no metric.
    if (tokens !== undefined) assert.is(tokens, attributes[`gen_ai.usage.${type}_tokens`])
  }
  for (const { attributes: shared } of measured) {
    for (const name of ['gen_ai.operation.name', 'gen_ai.provider.name', 'gen_ai.request.model', 'error.type']) {
      if (shared[name] !== undefined) assert.is(shared[name], attributes[name], name)
    }
  }
  return measured.length
}
