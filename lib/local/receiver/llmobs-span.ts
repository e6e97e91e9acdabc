import { isObject, type Json, type JsonObject } from '../../openai/json'

/** A span of LLM Observability as it came, its shape checked. */
export interface LlmobsSpan {
  readonly trace_id: string
  readonly span_id: string
  /** `undefined` at the root of its trace. */
  readonly parent_id: string
  readonly name: string
  readonly tags: readonly string[]
  /** Nanoseconds since the epoch. */
  readonly start_ns: number
  readonly duration: number
  readonly status: string
  readonly meta: JsonObject
  readonly metrics: Readonly<Record<string, number>>
  readonly session_id?: string
  readonly span_links?: readonly JsonObject[]
  readonly collection_errors?: readonly string[]
  readonly _dd: JsonObject
}

const KINDS: readonly Json[] = 'llm agent workflow task tool embedding retrieval experiment'.split(' ')

const isText = (value: Json | undefined): boolean => typeof value === 'string'
const isTexts = (value: Json | undefined): boolean => Array.isArray(value) && value.every(isText)
const isNumber = (value: Json | undefined): boolean => typeof value === 'number' && Number.isFinite(value)
const isMaybe = (is: Check) => (value: Json | undefined) => value === undefined || is(value)
const isDecimal = (value: Json | undefined): boolean => typeof value === 'string' && /^\d{1,20}$/.test(value)
const isMessages = (value: Json | undefined): boolean => Array.isArray(value) && value.every(isMessage)
const isDocuments = (value: Json | undefined): boolean =>
  Array.isArray(value) && value.every(each => isObject(each) && isText(each.text))

type Check = (value: Json | undefined) => boolean

/** What is wrong with a span, by the shape that Datadog's own tracer sends (dd-trace 5.132). */
const SPAN: Readonly<Record<string, Check>> = {
  trace_id: value => typeof value === 'string' && /^(?:[0-9a-f]{32}|\d{1,39})$/.test(value),
  span_id: isDecimal,
  parent_id: value => isDecimal(value) || value === 'undefined',
  name: value => isText(value) && value !== '',
  tags: value => isTexts(value) && Array.isArray(value) && value.every(tag => String(tag).includes(':')),
  start_ns: value => isNumber(value) && Number(value) > 1e18,
  duration: value => isNumber(value) && Number(value) >= 0,
  status: value => value === 'ok' || value === 'error',
  meta: isObject,
  metrics: value => isObject(value) && Object.values(value).every(isNumber),
  session_id: isMaybe(isText),
  span_links: isMaybe(value => Array.isArray(value) && value.every(isLink)),
  collection_errors: isMaybe(isTexts),
  _dd: isObject,
}

const SIDE: Readonly<Record<string, Check>> = {
  messages: isMaybe(isMessages),
  documents: isMaybe(isDocuments),
  value: isMaybe(isText),
  prompt: isMaybe(isObject),
}

const META: Readonly<Record<string, Check>> = {
  'span.kind': value => KINDS.includes(value ?? null),
  model_name: isMaybe(isText),
  model_provider: isMaybe(isText),
  input: isObject,
  output: isObject,
  metadata: isMaybe(isObject),
  agent_attribution: isMaybe(isObject),
  tool_definitions: value =>
    value === undefined || (Array.isArray(value) && value.every(tool => isObject(tool) && isText(tool.name))),
  'error.type': isMaybe(isText),
  'error.message': isMaybe(isText),
  'error.stack': isMaybe(isText),
}

const MESSAGE: Readonly<Record<string, Check>> = {
  role: isMaybe(isText),
  content: isMaybe(isText),
  tool_id: isMaybe(isText),
  tool_calls: value => value === undefined || (Array.isArray(value) && value.every(isToolCall)),
  tool_results: value => value === undefined || (Array.isArray(value) && value.every(isToolResult)),
  audio_parts: isMaybe(Array.isArray),
  image_parts: isMaybe(Array.isArray),
}

function isMessage(value: Json): boolean {
  return isObject(value) && wrongIn(value, MESSAGE) === undefined
}

function isToolCall(value: Json): boolean {
  return isObject(value) && isText(value.name) && isMaybe(isObject)(value.arguments) && isMaybe(isText)(value.tool_id)
}

function isToolResult(value: Json): boolean {
  return isObject(value) && isText(value.result) && isMaybe(isText)(value.tool_id)
}

function isLink(value: Json): boolean {
  return (
    isObject(value) &&
    SPAN.trace_id?.(value.trace_id) === true &&
    isDecimal(value.span_id) &&
    isObject(value.attributes)
  )
}

/** The first member that is not as it should be, or that nobody knows. */
function wrongIn(value: JsonObject, checks: Readonly<Record<string, Check>>): string | undefined {
  const unknown = Object.keys(value).find(name => !Object.hasOwn(checks, name))
  return unknown ?? Object.keys(checks).find(name => checks[name]?.(value[name]) !== true)
}

/** The span, or the reason why it is none. */
export function readLlmobsSpan(value: Json | undefined): LlmobsSpan | string {
  if (!isObject(value)) return 'no span'
  const { meta } = value
  const wrong =
    wrongIn(value, SPAN) ??
    (isObject(meta) ? prefixed('meta', wrongIn(meta, META)) : undefined) ??
    (isObject(meta) && isObject(meta.input) ? prefixed('meta.input', wrongIn(meta.input, SIDE)) : undefined) ??
    (isObject(meta) && isObject(meta.output) ? prefixed('meta.output', wrongIn(meta.output, SIDE)) : undefined)
  return isSpan(value, wrong) ? value : `${wrong} is not by the book`
}

function prefixed(path: string, name: string | undefined): string | undefined {
  return name === undefined ? undefined : `${path}.${name}`
}

function isSpan(value: JsonObject, wrong: string | undefined): value is JsonObject & LlmobsSpan {
  return wrong === undefined && isObject(value.meta)
}
