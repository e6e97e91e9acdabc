import type { Config } from '../../config'
import type { Call, RateLimit } from '../../openai/call'
import { spends } from '../../openai/price/spends'

/** A tag that every metric of a call carries, if its value is known. */
export interface Tag<Name extends string = string> {
  readonly name: Name
  readonly about: string
  value(call: Call, config: Config): string | undefined
}

const SHARED = [
  {
    name: 'version',
    about: '`DD_VERSION`, else the tracer’s',
    value: (call, config) => config.version ?? call.trace?.version,
  },
  { name: 'env', about: '`DD_ENV`, else the tracer’s', value: (call, config) => config.env ?? call.trace?.env },
  {
    name: 'service',
    about: '`DD_OPENAI_SERVICE`, else `DD_SERVICE`, else the tracer’s',
    value: (call, config) => config.openaiService ?? config.service ?? call.trace?.service,
  },
  { name: 'openai.request.model', about: 'model asked for', value: call => call.model },
  { name: 'openai.request.endpoint', about: 'path with ids as `*`', value: call => call.endpoint },
  { name: 'openai.request.method', about: 'HTTP method', value: call => call.method },
  { name: 'openai.organization.id', about: 'as asked with', value: call => call.caller.organizationId },
  { name: 'openai.organization.name', about: 'as answered', value: call => call.caller.organizationName },
  { name: 'openai.user.api_key', about: '`sk-...` and its last four characters', value: call => call.caller.key },
  { name: 'error', about: '`1` if the call failed, else `0`', value: call => (call.error ? '1' : '0') },
  { name: 'error_type', about: 'error class, if it failed', value: call => call.error?.class },
] as const satisfies readonly Tag[]

export type TagName = (typeof SHARED)[number]['name']

/** The one table of shared tags, in the order they are sent; the README's is made from it. */
export const TAGS: readonly Tag[] = SHARED

export type MetricType = 'distribution' | 'count' | 'gauge'

export interface Metric<Name extends string = string, Own extends string = string> {
  /** Without the prefix `openai.`. */
  readonly name: Name
  readonly type: MetricType
  readonly unit: string
  readonly when: string
  /** Beside the shared tags. */
  readonly tags?: Readonly<Record<Own, (call: Call) => string | undefined>>
  value(call: Call): number | undefined
}

export const PREFIX = 'openai.'

const METRIC_ROWS = [
  {
    name: 'request.duration',
    type: 'distribution',
    unit: 'nanosecond',
    when: 'every call, once',
    value: call => Math.round(call.durationMs * 1e6),
  },
  {
    name: 'request.error',
    type: 'count',
    unit: 'error',
    when: 'a call failed',
    tags: { error_kind: call => call.error?.kind },
    value: call => one(call.error !== undefined),
  },
  {
    name: 'request.retry',
    type: 'count',
    unit: 'request',
    when: 'an attempt past a call’s first: calls are requests less these',
    value: call => one(isRetry(call) !== undefined),
  },
  {
    name: 'request.incomplete',
    type: 'count',
    unit: 'request',
    when: 'an answer is not whole though HTTP succeeded',
    tags: { reason: call => call.incomplete },
    value: call => one(call.incomplete !== undefined),
  },
  {
    name: 'request.aborted',
    type: 'count',
    unit: 'request',
    when: 'the app left the call before its end',
    value: call => one(call.aborted),
  },
  tokens('tokens.prompt', 'usage is known or counted', call => call.usage?.input, promptEstimated),
  tokens('tokens.completion', 'usage is known or counted', call => call.usage?.output, completionEstimated),
  tokens('tokens.total', 'usage is known or counted', call => call.usage?.total, anyEstimated),
  tokens('tokens.cached', 'part of the prompt came from the cache', call => call.usage?.cachedInput, promptEstimated),
  tokens('tokens.reasoning', 'part of the completion was reasoning', call => call.usage?.reasoningOutput, anyEstimated),
  audioTokens('prompt', call => call.usage?.audioInput, promptEstimated),
  audioTokens('completion', call => call.usage?.audioOutput, completionEstimated),
  {
    name: 'cost.usd',
    type: 'distribution',
    unit: 'dollar',
    when: 'every part of the cost is known',
    // The last two only where there is something to tell, so that a plain call's series stays one.
    tags: {
      'openai.estimated': anyEstimated,
      'openai.response.cost.source': call => call.costDetails?.source,
      reason: call => call.incomplete,
      retry: isRetry,
    },
    value: call => (spends(call.operation) ? call.cost : undefined),
  },
  milliseconds(
    'request.time_to_first_token',
    'a stream carried what can be shown, its reasoning included',
    call => call.stream?.firstTokenMs,
  ),
  milliseconds('request.time_to_first_content', 'a stream carried some of the answer', c => c.stream?.firstContentMs),
  milliseconds(
    'request.time_per_output_token',
    'a stream’s tokens came in two events or more; hidden reasoning is left out',
    call => call.stream?.perOutputTokenMs,
  ),
  milliseconds(
    'request.longest_gap',
    'a stream had more than one event; heartbeats and empty chunks are none',
    call => call.stream?.longestGapMs,
  ),
  {
    name: 'request.chunks',
    type: 'distribution',
    unit: 'event',
    when: 'the answer was a stream',
    value: call => call.stream?.events,
  },
  milliseconds('request.server_processing', 'the server said what it took', call => call.processingMs),
  milliseconds(
    'request.network',
    'the server said what it took, and the app’s thread was free',
    call => call.networkMs,
  ),
  gauge('ratelimit.requests', 'request', 'x-ratelimit-limit-requests', 'requests', limit => limit.limit),
  gauge('ratelimit.tokens', 'token', 'x-ratelimit-limit-tokens', 'tokens', limit => limit.limit),
  gauge('ratelimit.remaining.requests', 'request', 'x-ratelimit-remaining-requests', 'requests', l => l.remaining),
  gauge('ratelimit.remaining.tokens', 'token', 'x-ratelimit-remaining-tokens', 'tokens', limit => limit.remaining),
  gauge('ratelimit.reset.requests', 'second', 'x-ratelimit-reset-requests', 'requests', resetSeconds),
  gauge('ratelimit.reset.tokens', 'second', 'x-ratelimit-reset-tokens', 'tokens', resetSeconds),
] as const satisfies readonly Metric[]

type MetricRow = (typeof METRIC_ROWS)[number]
export type MetricName = MetricRow['name']
/** Tags that only some metrics have. */
export type OwnTagName = MetricRow extends infer R
  ? R extends { readonly tags?: infer T }
    ? keyof T & string
    : never
  : never

/**
 * The one table of metrics; the README's and the dashboards are made from it. Names, types and units must not change:
 * the dashboards of others read them too.
 */
export const METRICS: readonly Metric<MetricName>[] = METRIC_ROWS

/** Zero counts are not sent, and neither are those that an operation only reads again. */
function tokens<Name extends string>(
  name: Name,
  when: string,
  count: (call: Call) => number | undefined,
  estimated: (call: Call) => string,
): Metric<Name, 'openai.estimated'> {
  const value = (call: Call) => (spends(call.operation) ? count(call) || undefined : undefined)
  return { name, type: 'distribution', unit: 'token', when, tags: { 'openai.estimated': estimated }, value }
}

function audioTokens(
  side: string,
  count: (call: Call) => number | undefined,
  estimated: (call: Call) => string,
): Metric<'tokens.audio', 'openai.estimated' | 'side'> {
  const tags = { 'openai.estimated': estimated, side: () => side }
  return { ...tokens('tokens.audio', `part of the ${side} was audio`, count, estimated), tags }
}

function milliseconds<Name extends string>(
  name: Name,
  when: string,
  value: (call: Call) => number | undefined,
): Metric<Name, never> {
  const rounded = (call: Call) => thousandths(value(call))
  return { name, type: 'distribution', unit: 'millisecond', when, value: rounded }
}

function gauge<Name extends string>(
  name: Name,
  unit: string,
  header: string,
  budget: string,
  value: (limit: RateLimit) => number | undefined,
): Metric<Name, 'out.host'> {
  const read = (call: Call) => {
    const limit = call.rateLimits.get(budget)
    return limit && value(limit)
  }
  // Two deployments would overwrite each other's.
  const tags = { 'out.host': (call: Call) => call.http.host }
  return { name, type: 'gauge', unit, when: `\`${header}\` was answered`, tags, value: read }
}

function resetSeconds({ resetMs }: RateLimit): number | undefined {
  return thousandths(resetMs === undefined ? undefined : resetMs / 1000)
}

function thousandths(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value * 1000) / 1000
}

function one(yes: boolean): 1 | undefined {
  return yes ? 1 : undefined
}

/** Of an attempt past a call's first. */
function isRetry({ attempt = 1 }: Call): string | undefined {
  return attempt > 1 ? 'true' : undefined
}

function promptEstimated({ estimated }: Call): string {
  return String(estimated?.prompt ?? false)
}

function completionEstimated({ estimated }: Call): string {
  return String(estimated?.completion ?? false)
}

function anyEstimated({ estimated }: Call): string {
  return String((estimated?.prompt || estimated?.completion) ?? false)
}
