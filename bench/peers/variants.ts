/** One way to run the client. */
export interface Variant {
  readonly name: string
  readonly about: string
  /** Modules that are loaded before the client. */
  readonly load: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** What has to be found at the sinks for each call; more is no fault. */
  readonly emits: readonly Emitted[]
}

/** Kinds of things that the sinks count. */
export type Emitted = 'dd.span' | 'dd.openai' | 'statsd.duration' | 'statsd.tokens' | 'otlp.span' | 'otlp.metric'

const TRACED = { load: ['dd-trace/init'], env: {} } as const

/** `floor` is run before and after each group of the others; `control` is the same again, among them. */
export const FLOOR: Variant = { name: 'floor', about: 'nothing', load: [], env: {}, emits: [] }

export const VARIANTS: readonly Variant[] = [
  { ...FLOOR, name: 'control', about: 'nothing, again' },
  {
    ...TRACED,
    name: 'dd-off',
    about: 'dd-trace, `openai` plugin off',
    env: { DD_TRACE_DISABLED_PLUGINS: 'openai' },
    emits: ['dd.span'],
  },
  // Its metrics go out every 10 s only: those of a shorter process are lost, and spare it their sending.
  { ...TRACED, name: 'dd-on', about: 'dd-trace, plugin on', emits: ['dd.span', 'dd.openai'] },
  { name: 'otel', about: 'OpenTelemetry instrumentation-openai', load: ['./otel'], env: {}, emits: ['otlp.span'] },
  { name: 'openinference', about: 'OpenInference', load: ['./openinference'], env: {}, emits: ['otlp.span'] },
  {
    name: 'ours',
    about: 'interceptor, spans and metrics',
    load: ['interceptor/register'],
    env: {},
    emits: ['dd.span', 'dd.openai', 'statsd.duration', 'statsd.tokens'],
  },
  {
    name: 'ours-metrics',
    about: 'interceptor, metrics alone',
    load: ['interceptor/register'],
    env: { DD_TRACE_ENABLED: 'false' },
    emits: ['statsd.duration', 'statsd.tokens'],
  },
]
