/**
 * Paths that the Datadog Agent, Datadog's intakes and OpenTelemetry collectors answer at, and neither OpenAI nor its
 * like: of what is sent there by whom. The agent's are those of its own `/info` (7.60), the tracer's those of dd-trace
 * 5.132 and 6.21.
 */
const RECEIVERS: readonly (readonly [sent: string, path: RegExp])[] = [
  [
    'traces, statistics, remote configuration',
    /^\/v(?:0\.\d+|1\.0)\/(?:traces|stats|pipeline_stats|config|services)\b/,
  ],
  ['telemetry', /^\/telemetry\/proxy\//],
  ['LLM Observability, CI, whatever goes through the agent', /^\/evp_proxy\/v\d+\//],
  ['profiles', /^\/profiling\/v1\//],
  ['metrics over HTTP', /^\/dogstatsd\/v\d+\/proxy\b/],
  ['dynamic instrumentation', /^\/(?:debugger|symdb|tracer_flare|openlineage)\//],
  ['what the agent can do', /^\/info$/],
  ['logs, the older way', /^\/v1\/input\b/],
  ['logs, spans, telemetry, profiles straight to an intake', /^\/api\/(?:v\d[\d.]*|intake|unstable)\//],
  ['OTLP', /^\/v1(?:development)?\/(?:traces|metrics|logs|profiles)$/],
  ['OTLP over gRPC', /^\/opentelemetry\.proto\.collector\./],
]

/** One look instead of eleven: it is asked on the app's stack. */
const ANY = new RegExp(RECEIVERS.map(([, path]) => path.source).join('|'))

/** Is it a receiver's, by its form alone? The path without a query. */
export function isReceiversPath(path: string): boolean {
  return ANY.test(path)
}
