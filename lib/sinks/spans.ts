import type { Span, Tracer } from 'dd-trace'
import type { Config } from '../config'
import type { Call, CallStart, Fact, Facts, TraceIdentity, Usage } from '../openai/call'
import { withoutContent } from '../redact/content-filter'
import { flushTracer } from '../tracer/flush'
import { identityOf } from '../tracer/identity'
import { inAnotherProcess } from '../tracer/in-another-process'
import { isRedirect } from '../transport/redirect'
import { sampled } from './sampling'
import type { CallEnd, Sink } from './sink'
import { spanText } from './text'

type TagValue = string | number | undefined

/**
 * Every tag that is not one of a reader's facts, by its name on the span. Strings are `meta`, numbers are `metrics`.
 * The dashboards are made from these names; what each means stands in `lib/local/docs/span-tags.ts`, and so in the README.
 */
export const CALL_TAGS = {
  'openai.request.endpoint': call => call.endpoint,
  'openai.request.method': call => call.method,
  'openai.request.model': call => call.model,
  'openai.request.provider': call => call.api.provider,
  'openai.request.stream': call => (call.stream === undefined ? undefined : 'true'),
  'openai.request.id': call => call.caller.requestId,
  'openai.request.redirects': call => call.redirects,
  'openai.request.redirected_from': call => call.redirectedFrom,
  'openai.response.redirected': call => (isRedirect(call.http.status) ? 'true' : undefined),
  'openai.context': call => call.context,
  'openai.request.client': call => call.caller.client,
  'openai.request.attempt': call => call.attempt,
  'openai.request.retry_after_ms': call => call.retryAfterMs,
  'openai.request.retry_wait_ms': call => call.retryWaitMs,
  'openai.request.prompt_tokens_estimated': call =>
    call.stream === undefined || call.usage === undefined ? undefined : Number(call.estimated?.prompt ?? false),
  'openai.api_base': call => call.api.base,
  'openai.api_type': call => call.api.type,
  'openai.api_version': call => call.api.version,
  'openai.organization.id': call => call.caller.organizationId,
  'openai.organization.name': call => call.caller.organizationName,
  'openai.project.id': call => call.caller.project,
  'openai.user.api_key': call => call.caller.key,
  'openai.response.model': call => call.responseModel,
  'openai.response.processing_ms': call => call.processingMs,
  'openai.response.network_ms': call => call.networkMs,
  'openai.response.time_to_first_event_ms': call => call.stream?.firstEventMs,
  'openai.response.time_to_first_token_ms': call => call.stream?.firstTokenMs,
  'openai.response.time_per_output_token_ms': call => call.stream?.perOutputTokenMs,
  'openai.response.longest_gap_ms': call => call.stream?.longestGapMs,
  'openai.response.chunks': call => call.stream?.events,
  'openai.response.aborted': call => (call.aborted ? 'true' : undefined),
  'openai.response.incomplete': call => call.incomplete,
  'openai.response.truncated': call => (call.truncated ? 'true' : undefined),
  'openai.response.unparsed': call => call.unparsed.join(',') || undefined,
  'openai.response.cost.usd': call => call.cost,
  'openai.response.usage.estimated': call => (call.estimated === undefined ? undefined : 1),
  'openai.error.kind': call => call.error?.kind,
  'openai.error.type': call => call.error?.type,
  'openai.error.code': call => call.error?.code,
  'openai.error.param': call => call.error?.param,
  'error.type': call => call.error?.class,
  'error.message': call => call.error?.message,
  'error.stack': call => call.error?.stack,
  'http.method': call => call.method,
  'http.url': call => call.http.url,
  'http.status_code': call => call.http.status,
  'out.host': call => call.http.host,
  'network.destination.port': call => call.http.port,
} satisfies Readonly<Record<string, (call: Call) => TagValue>>

export type CallTag = keyof typeof CALL_TAGS

/** `openai.response.usage.*` */
export const USAGE_TAGS: Readonly<Record<keyof Usage, string>> = {
  input: 'prompt_tokens',
  output: 'completion_tokens',
  total: 'total_tokens',
  cachedInput: 'cached_tokens',
  cacheWriteInput: 'cache_write_tokens',
  audioInput: 'input_audio_tokens',
  imageInput: 'input_image_tokens',
  textInput: 'input_text_tokens',
  reasoningOutput: 'reasoning_tokens',
  audioOutput: 'output_audio_tokens',
  imageOutput: 'output_image_tokens',
  textOutput: 'output_text_tokens',
  acceptedPrediction: 'accepted_prediction_tokens',
  rejectedPrediction: 'rejected_prediction_tokens',
  seconds: 'seconds',
}

/**
 * Spans through dd-trace. The span begins with the call, so that its trace stays open for it, and gets its tags when
 * the call has ended; both its times are the exchange's own.
 */
export function createSpanSink(config: Config, tracer: Tracer): Sink {
  /** Spans of sessions, for their parts. */
  const sessions = new WeakMap<CallStart, Span>()
  return {
    open(start) {
      const parent = start.session === undefined ? tracer.scope().active() : sessions.get(start.session)
      const span = startSpan(config, tracer, start, parent ?? null)
      if (start.outlives === true) sessions.set(start, span)
      const trace = identityOf(tracer, span)
      if (trace !== undefined) start.trace = trace
      return spanEnd(config, span, trace)
    },
    flush: () => flushTracer(tracer),
    stop: () => flushTracer(tracer),
  }
}

function startSpan(config: Config, tracer: Tracer, start: CallStart, parent: Span | null): Span {
  const detached = start.outlives === true || start.session !== undefined
  const childOf = parent !== null && detached ? inAnotherProcess(tracer, parent) : parent
  return tracer.startSpan('openai.request', {
    startTime: start.startedAt,
    ...(childOf === null ? {} : { childOf }),
    tags: ownTags(config, start),
  })
}

function ownTags(config: Config, { operation }: CallStart): Record<string, Fact> {
  return {
    'resource.name': operation,
    'span.type': 'openai',
    'span.kind': 'client',
    component: 'openai',
    '_dd.measured': 1,
    ...unifiedTags(config),
  }
}

/** What was set in code goes before what the tracer has from the environment, as it does on metrics and logs. */
function unifiedTags({ openaiService, service, env, version }: Config): Record<string, string> {
  const name = openaiService ?? service
  return {
    ...(name === undefined ? {} : { 'service.name': name }),
    ...(env === undefined ? {} : { env }),
    ...(version === undefined ? {} : { version }),
  }
}

function spanEnd(config: Config, span: Span, trace: TraceIdentity | undefined): CallEnd {
  return call => {
    // A span that is never finished would hold back its whole trace.
    try {
      span.addTags(spanTags(call, config, trace))
    } finally {
      span.finish(call.startedAt + call.durationMs)
    }
  }
}

/** All tags of an ended call. */
function spanTags(whole: Call, config: Config, trace: TraceIdentity | undefined): Record<string, Fact> {
  // Sampled at a rate of zero content is off, and error messages may echo it.
  const call = config.spanSampleRate === 0 ? withoutContent(whole, config.metricTags) : whole
  // The app's tags wait for the end, and the operation is told again: only now is it known which credentials they echo.
  const tags: Record<string, Fact> = { ...call.tags, ...ownTags(config, call) }
  const withContent = trace?.kept() === true && sampled(trace.samplingId, config.spanSampleRate)
  addFacts(tags, 'openai.request.', call.request, withContent ? config.spanCharLimit : undefined)
  addFacts(tags, 'openai.response.', call.response, withContent ? config.spanCharLimit : undefined)
  for (const [tag, read] of Object.entries(CALL_TAGS)) addTag(tags, tag, read(call))
  for (const [key, tag] of Object.entries(USAGE_TAGS)) {
    addTag(tags, `openai.response.usage.${tag}`, call.usage?.[key as keyof Usage])
  }
  for (const [budget, { limit, remaining, resetMs }] of call.rateLimits) {
    addTag(tags, `openai.organization.ratelimit.${budget}.limit`, limit)
    addTag(tags, `openai.organization.ratelimit.${budget}.remaining`, remaining)
    addTag(tags, `openai.organization.ratelimit.${budget}.reset`, resetMs)
  }
  return tags
}

function addFacts(tags: Record<string, Fact>, prefix: string, facts: Facts, limit: number | undefined): void {
  for (const [key, value] of facts.fields) addTag(tags, prefix + key, value)
  if (limit === undefined) return
  for (const [key, value] of facts.content) tags[prefix + key] = spanText(value, limit)
}

function addTag(tags: Record<string, Fact>, tag: string, value: TagValue): void {
  if (value !== undefined && value !== '' && !Number.isNaN(value)) tags[tag] = value
}
