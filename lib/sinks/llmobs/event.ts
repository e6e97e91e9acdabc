import type { Config } from '../../config'
import type { Call } from '../../openai/call'
import type { JsonObject } from '../../openai/json'
import type { LlmobsParent } from '../../tracer/llmobs-parent'
import type { TurnRoots } from '../turn-roots'
import { message } from './message'
import { metricsOf } from './metrics'
import type { ModelOperation } from './operations'
import { placeOf } from './place'
import { promptOf } from './prompt'
import { providerOf } from './provider'
import { tagsOf } from './tags'
import { toolDefinitions } from './tools'

/** What a span says that the call does not. */
export interface EventParts {
  readonly operation: ModelOperation
  readonly config: Config
  readonly parent: LlmobsParent | undefined
  readonly roots: TurnRoots<LinkTarget>
}

/** Where a link leads: ids of LLM Observability, not of APM. */
export interface LinkTarget {
  readonly trace_id: string
  readonly span_id: string
}

const NANOSECONDS = 1e6
/** The tag of `withTags` that joins calls into a session. */
const SESSION = 'session_id'

/** One call as a span of LLM Observability, as Datadog's own tracer sends it. */
export function llmobsEvent(call: Call, { operation, config, parent, roots }: EventParts): JsonObject {
  const place = placeOf(call, parent, config.llmobsSampleRate)
  const root = roots.rootOf(call.turn, () => ({ trace_id: place.traceId, span_id: place.spanId }))
  const sessionId = call.tags[SESSION] ?? parent?.sessionId ?? conversationOf(call)
  const mlApp = parent?.mlApp ?? config.llmobsMlApp ?? config.service ?? call.trace?.service ?? 'openai'
  return {
    trace_id: place.traceId,
    span_id: place.spanId,
    parent_id: place.parentId,
    name: `${providerOf(call).client}.${call.operation}`,
    tags: tagsOf({ call, config, mlApp, sessionId }),
    start_ns: Math.round(call.startedAt * NANOSECONDS),
    duration: Math.round(call.durationMs * NANOSECONDS),
    status: call.error === undefined ? 'ok' : 'error',
    meta: metaOf(call, operation, parent, config),
    metrics: metricsOf(call),
    _dd: {
      span_id: place.spanId,
      ...(place.apmTraceId === undefined ? {} : { trace_id: place.apmTraceId, apm_trace_id: place.apmTraceId }),
      ...(place.sampleRate === undefined ? {} : { sample_rate: place.sampleRate }),
      ...(place.samplingDecision === undefined ? {} : { sampling_decision: place.samplingDecision }),
    },
    ...(sessionId === undefined ? {} : { session_id: sessionId }),
    ...(root === undefined ? {} : { span_links: [{ ...root, attributes: FROM_ITS_ANSWER }] }),
  }
}

/** What the root answered is a part of what this call asks. */
const FROM_ITS_ANSWER = { from: 'output', to: 'input' }

/** As the server names it. */
function conversationOf({ request, response }: Call): string | undefined {
  const named = ['conversation', 'conversation.id', 'thread_id']
  const ids = [request, response].flatMap(({ fields }) => named.map(name => fields.get(name)))
  return ids.filter(id => typeof id === 'string' && id !== '').map(String)[0]
}

function metaOf(
  call: Call,
  { kind, input, output }: ModelOperation,
  parent: LlmobsParent | undefined,
  { captureContent }: Config,
): JsonObject {
  const { error, parameters = {}, sample } = call
  const tools = toolDefinitions(sample.tools ?? sample.functions)
  const prompt = kind === 'llm' ? promptOf(call) : undefined
  return {
    'span.kind': kind,
    ...(kind === 'retrieval'
      ? {}
      : { model_name: call.responseModel ?? call.model ?? 'custom', model_provider: providerOf(call).name }),
    input: { ...input(call), ...(prompt === undefined ? {} : { prompt }) },
    output: output(call) ?? (kind === 'llm' && error !== undefined && captureContent ? NO_ANSWER : {}),
    ...(Object.keys(parameters).length === 0 ? {} : { metadata: { ...parameters } }),
    ...(tools.length === 0 ? {} : { tool_definitions: tools }),
    ...attribution(parent),
    ...(error === undefined
      ? {}
      : { 'error.type': error.class, 'error.message': error.message, 'error.stack': error.stack ?? '' }),
  }
}

/** As Datadog's own spans show it. */
const NO_ANSWER = { messages: [message('', '')] }

/** Whose work the call was a part of, where that was an agent's. */
function attribution(parent: LlmobsParent | undefined): JsonObject {
  const agent = parent?.agent
  return agent === undefined
    ? {}
    : { agent_attribution: { pagent_name: agent.name ?? null, pagent_span_id: agent.spanId } }
}
