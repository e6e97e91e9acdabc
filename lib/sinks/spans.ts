import type { Span, Tracer } from 'dd-trace'
import type { Config } from '../config'
import { tally } from '../counters'
import type { Call, CallStart, Fact, Facts, TraceIdentity, Usage } from '../openai/call'
import { withoutContent } from '../redact/content-filter'
import { followAgent } from '../tracer/agent-posts'
import { agentUrl, liveAgentUrl } from '../tracer/agent-url'
import { flushTracer } from '../tracer/flush'
import { identityOf } from '../tracer/identity'
import { inAnotherProcess } from '../tracer/in-another-process'
import { addLink } from '../tracer/link'
import { member } from '../tracer/member'
import { CALL_TAGS, type TagValue, USAGE_TAGS } from './call-tags'
import { sampled } from './sampling'
import type { CallEnd, Sink } from './sink'
import { charsShown, spanText } from './text'
import { ROOT_LINK } from './turn-roots'

/**
 * Spans through dd-trace. The span begins with the call, so that its trace stays open for it, and gets its tags when
 * the call has ended; both its times are the exchange's own.
 */
export function createSpanSink(config: Config, tracer: Tracer): Sink {
  /** Spans of sessions, for their parts. */
  const sessions = new WeakMap<CallStart, Span>()
  const unfollow = followAgent(() => liveAgentUrl(tracer) ?? agentUrl(process.env))
  return {
    open(start) {
      const parent = start.session === undefined ? tracer.scope().active() : sessions.get(start.session)
      const span = startSpan(config, tracer, start, parent ?? null)
      if (start.outlives === true) sessions.set(start, span)
      const trace = identityOf(tracer, span)
      if (trace === undefined && recordsNothing(span)) return () => {}
      if (trace !== undefined) start.trace = trace
      return spanEnd(config, span, trace)
    },
    flush: () => flushTracer(tracer),
    stop: () => flushTracer(tracer).finally(unfollow),
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

/** Of a tracer that is off or not started: it takes tags and forgets them (45 µs a call). */
function recordsNothing(span: Span): boolean {
  return member(span, '_noopTracer') !== undefined
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
  const end = (call: Call): void => {
    // A span that is never finished would hold back its whole trace.
    try {
      span.addTags(spanTags(call, config, trace))
      if (call.turn?.root !== undefined) addLink(span, call.turn.root, ROOT_LINK)
    } finally {
      span.finish(call.startedAt + call.durationMs)
      tally('calls.delivered.spans')
    }
  }
  // Whether the trace is kept may yet change.
  return Object.assign(end, { textChars: () => (config.spanSampleRate === 0 ? 0 : charsShown(config.spanCharLimit)) })
}

const CALL_ENTRIES: readonly (readonly [tag: string, read: (call: Call) => TagValue])[] = Object.entries(CALL_TAGS)
const USAGE_ENTRIES = Object.entries(USAGE_TAGS).map(
  ([key, tag]) => [key as keyof Usage, `openai.response.usage.${tag}`] as const,
)

/** All tags of an ended call. */
function spanTags(whole: Call, config: Config, trace: TraceIdentity | undefined): Record<string, Fact> {
  // Sampled at a rate of zero content is off, and error messages may echo it.
  const call = config.spanSampleRate === 0 ? withoutContent(whole, config.metricTags) : whole
  // The app's tags wait for the end, and the operation is told again: only now is it known which credentials they echo.
  const tags: Record<string, Fact> = { ...call.tags, ...ownTags(config, call) }
  const withContent = trace?.kept() === true && sampled(trace.samplingId, config.spanSampleRate)
  addFacts(tags, 'openai.request.', call.request, withContent ? config.spanCharLimit : undefined)
  addFacts(tags, 'openai.response.', call.response, withContent ? config.spanCharLimit : undefined)
  for (const [tag, read] of CALL_ENTRIES) addTag(tags, tag, read(call))
  if (call.usage !== undefined) for (const [key, tag] of USAGE_ENTRIES) addTag(tags, tag, call.usage[key])
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
