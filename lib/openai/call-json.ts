import {
  type Call,
  type CallRecord,
  ESTIMATES,
  type Fact,
  type Facts,
  type RateLimit,
  type StreamFacts,
  type TraceIdentity,
} from './call'
import { isObject, type JsonObject } from './json'

/**
 * A call as JSON, version 1: the fields of `CallRecord` under their own names, but
 *
 * - maps are objects: `request.fields`, `request.content`, the same of `response`, and `rateLimits`;
 * - `trace.samplingId` is a decimal text, and `trace.kept` is what it says when asked: `true` or `false`.
 */
export function callToJson(call: Call | CallRecord): JsonObject {
  const {
    request,
    response,
    rateLimits,
    unparsed,
    trace,
    api,
    caller,
    usage,
    estimated,
    error,
    stream,
    turn,
    ...others
  } = call
  const { session: _, costDetails, ...rest } = others
  return {
    ...rest,
    version: 1,
    api: { ...api },
    caller: { ...caller },
    ...(trace === undefined ? {} : { trace: { ...trace, samplingId: String(trace.samplingId), kept: trace.kept() } }),
    request: factsToJson(request),
    response: factsToJson(response),
    ...(usage === undefined ? {} : { usage: { ...usage } }),
    ...(costDetails === undefined ? {} : { costDetails: detailsToJson(costDetails) }),
    ...(estimated === undefined ? {} : { estimated: { ...estimated } }),
    ...(error === undefined ? {} : { error: { ...error } }),
    ...(stream === undefined ? {} : { stream: streamToJson(stream) }),
    ...(turn === undefined ? {} : { turn: { ...turn, ...(turn.root && { root: { ...turn.root } }) } }),
    rateLimits: Object.fromEntries(Array.from(rateLimits, ([budget, limit]) => [budget, { ...limit }])),
    unparsed: [...unparsed],
  }
}

function streamToJson({ chunkGapsMs: _, ...stream }: StreamFacts): JsonObject {
  return { ...stream }
}

function detailsToJson({ parts, missing, ...rest }: NonNullable<Call['costDetails']>): JsonObject {
  return { ...rest, parts: { ...parts }, missing: [...missing] }
}

function factsToJson({ fields, content }: Facts): JsonObject {
  return { fields: Object.fromEntries(fields), content: Object.fromEntries(content) }
}

/** The call that `callToJson` wrote, or undefined for what it did not write. Fields that are not needed are believed. */
export function callFromJson(json: unknown): Call | undefined {
  if (!isCallJson(json)) return undefined
  const { version: _, request, response, rateLimits, trace, ...rest } = json
  return {
    ...rest,
    ...(trace === undefined ? {} : { trace: traceOf(trace) }),
    request: factsFromJson(request),
    response: factsFromJson(response),
    rateLimits: new Map(Object.entries(rateLimits)),
  }
}

interface FactsJson {
  readonly fields: Readonly<Record<string, Fact>>
  readonly content: Readonly<Record<string, string>>
}

interface TraceJson extends Omit<TraceIdentity, 'samplingId' | 'kept'> {
  readonly samplingId: string
  readonly kept: boolean
}

interface CallJson extends Omit<Call, 'request' | 'response' | 'rateLimits' | 'trace'> {
  readonly version: 1
  readonly request: FactsJson
  readonly response: FactsJson
  readonly rateLimits: Readonly<Record<string, RateLimit>>
  readonly trace?: TraceJson
}

const TEXTS = ['operation', 'endpoint', 'method', 'family'] as const
const NUMBERS = ['startedAt', 'durationMs'] as const
const OBJECTS = ['api', 'tags', 'http', 'caller', 'sample', 'rateLimits'] as const
/** A call need not have them; no reader expects null. */
const MAY_BE_OBJECTS = ['usage', 'error', 'stream', 'turn'] as const

/** All that every reader may count on. */
function isCallJson(json: unknown): json is CallJson {
  if (!isObject(json) || json.version !== 1) return false
  return (
    TEXTS.every(name => typeof json[name] === 'string') &&
    NUMBERS.every(name => typeof json[name] === 'number') &&
    OBJECTS.every(name => isObject(json[name])) &&
    MAY_BE_OBJECTS.every(name => json[name] === undefined || isObject(json[name])) &&
    isFactsJson(json.request) &&
    isFactsJson(json.response) &&
    typeof json.aborted === 'boolean' &&
    typeof json.truncated === 'boolean' &&
    Array.isArray(json.unparsed) &&
    (json.costDetails === undefined || isDetailsJson(json.costDetails)) &&
    (json.estimated === undefined || isEstimatedJson(json.estimated)) &&
    (json.trace === undefined || isTraceJson(json.trace))
  )
}

function isFactsJson(json: unknown): json is FactsJson {
  return isObject(json) && isObject(json.fields) && isObject(json.content)
}

function isDetailsJson(json: unknown): boolean {
  return isObject(json) && isObject(json.parts) && Array.isArray(json.missing)
}

function isEstimatedJson(json: unknown): boolean {
  if (!isObject(json)) return false
  const { estimate } = json
  return estimate === undefined || ESTIMATES.some(one => one === estimate)
}

function isTraceJson(json: unknown): json is TraceJson {
  return isObject(json) && typeof json.samplingId === 'string' && /^\d{1,20}$/.test(json.samplingId)
}

function factsFromJson({ fields, content }: FactsJson): Facts {
  return { fields: new Map(Object.entries(fields)), content: new Map(Object.entries(content)) }
}

function traceOf({ samplingId, kept, ...rest }: TraceJson): TraceIdentity {
  return { ...rest, samplingId: BigInt(samplingId), kept: () => kept }
}
