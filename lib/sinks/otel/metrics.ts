import type { Attributes, Context, Histogram, MeterProvider } from '@opentelemetry/api'
import type { Call } from '../../openai/call'
import { globalApi } from './api'
import { isFetched, operationName, providerName, SECONDS, TOKENS } from './conventions'
import { errorType } from './error-type'
import type { Hold } from './hold'
import { meterOf, registered } from './providers'
import { failed, inSdk } from './troubles'

interface Measured {
  readonly value: number
  readonly attributes?: Attributes
}

/** One histogram; the README's table is made from these. */
export interface OtelMetric {
  readonly name: string
  readonly unit: 's' | '{token}'
  readonly buckets: readonly number[]
  readonly about: string
  /** Attributes beside the shared ones. */
  readonly own?: readonly string[]
  readonly when: string
  measure(call: Call): readonly Measured[]
}

const NONE: readonly Measured[] = []

export const OTEL_METRICS: readonly OtelMetric[] = [
  {
    name: 'gen_ai.client.operation.duration',
    unit: 's',
    buckets: SECONDS,
    about: 'How long an operation took.',
    own: ['error.type'],
    when: 'every call',
    measure(call) {
      const type = errorType(call)
      return [{ value: call.durationMs / 1000, ...(type === undefined ? {} : { attributes: { 'error.type': type } }) }]
    },
  },
  {
    name: 'gen_ai.client.token.usage',
    unit: '{token}',
    buckets: TOKENS,
    about: 'Tokens of the prompt and of the completion.',
    own: ['gen_ai.token.type'],
    when: 'the server told its usage: what was counted here is on the span alone',
    measure: tokens,
  },
  {
    name: 'gen_ai.client.operation.time_to_first_chunk',
    unit: 's',
    buckets: SECONDS,
    about: 'From the request to the first event of a stream.',
    when: 'a stream had an event',
    measure: ({ stream }) => (stream?.firstEventMs === undefined ? NONE : [{ value: stream.firstEventMs / 1000 }]),
  },
  {
    name: 'gen_ai.client.operation.time_per_output_chunk',
    unit: 's',
    buckets: SECONDS,
    about: 'Between two events of a stream.',
    when: 'each event of a stream after the first; of more than 512 of them every 2nd, every 4th, and so on',
    measure: ({ stream }) => stream?.chunkGapsMs?.map(ms => ({ value: ms / 1000 })) ?? NONE,
  },
]

/** The conventions leave tokens out that nobody billed, as long as the user has not asked for counting. */
function tokens({ usage, estimated, operation }: Call): readonly Measured[] {
  if (usage === undefined || isFetched(operation)) return NONE
  const { input, output } = usage
  return [
    ...(input === undefined || estimated?.prompt ? [] : [ofType('input', input)]),
    ...(output === undefined || estimated?.completion ? [] : [ofType('output', output)]),
  ]
}

function ofType(type: 'input' | 'output', value: number): Measured {
  return { value, attributes: { 'gen_ai.token.type': type } }
}

/** Of every metric. */
export const SHARED = [
  'gen_ai.operation.name',
  'gen_ai.provider.name',
  'gen_ai.request.model',
  'gen_ai.response.model',
  'server.address',
  'server.port',
] as const

function sharedAttributes({ operation, api, model, responseModel, http }: Call): Attributes {
  return {
    'gen_ai.operation.name': operationName(operation),
    'gen_ai.provider.name': providerName(api),
    ...(model === undefined ? {} : { 'gen_ai.request.model': model }),
    ...(responseModel === undefined ? {} : { 'gen_ai.response.model': responseModel }),
    ...(http.host === '' ? {} : { 'server.address': http.host, 'server.port': http.port }),
  }
}

type Instruments = readonly (readonly [metric: OtelMetric, histogram: Histogram])[]

/** The histograms of whichever meter provider is registered now. */
export class Histograms {
  #of: MeterProvider | undefined
  #instruments: Instruments = []

  constructor(private readonly hold: Hold) {}

  /** At a call's start: the app may shut the provider down as soon as the call has ended. */
  prepare(): void {
    const { metrics } = globalApi()
    if (metrics === this.#of) return
    this.#of = metrics
    this.#instruments = metrics === undefined ? [] : instrumentsOf(metrics)
    if (metrics !== undefined) inSdk('meter', () => this.hold.on(registered(metrics)))
  }

  /** `context` is that of the call's span, for exemplars. */
  record(call: Call, context: Context | undefined): void {
    this.prepare()
    if (this.#instruments.length === 0) return
    const shared = sharedAttributes(call)
    for (const [{ measure }, histogram] of this.#instruments) {
      for (const { value, attributes } of measure(call)) {
        const all = attributes === undefined ? shared : { ...shared, ...attributes }
        inSdk('histogram', () => histogram.record(value, all, context))
      }
    }
  }
}

function instrumentsOf(provider: MeterProvider): Instruments {
  const meter = inSdk('meter', () => meterOf(provider))
  if (typeof meter?.createHistogram !== 'function') {
    failed('meter', new TypeError('it has no histograms'))
    return []
  }
  return OTEL_METRICS.flatMap(metric => {
    const { name, unit, about, buckets } = metric
    const options = { unit, description: about, advice: { explicitBucketBoundaries: [...buckets] } }
    const histogram = inSdk('meter', () => meter.createHistogram(name, options))
    return typeof histogram?.record === 'function' ? [[metric, histogram] as const] : []
  })
}
