import { codeOf, isTimeout, property } from '../../transport/outcome'
import type { CallError, ErrorKind } from '../call'
import { at, field, isObject, type Json, num, str } from '../json'
import type { BodyFailure } from '../readers/reader'

interface StatusRow {
  readonly class: string
  readonly kind: ErrorKind
}

/** OpenAI's error classes by HTTP status, as its SDKs name them. */
const BY_STATUS: ReadonlyMap<number, StatusRow> = new Map([
  [400, { class: 'BadRequestError', kind: 'invalid_request' }],
  [401, { class: 'AuthenticationError', kind: 'auth' }],
  [402, { class: 'APIStatusError', kind: 'quota' }],
  [403, { class: 'PermissionDeniedError', kind: 'permission' }],
  [404, { class: 'NotFoundError', kind: 'not_found' }],
  [408, { class: 'APITimeoutError', kind: 'timeout' }],
  [409, { class: 'ConflictError', kind: 'conflict' }],
  [422, { class: 'UnprocessableEntityError', kind: 'invalid_request' }],
  [429, { class: 'RateLimitError', kind: 'rate_limit' }],
])

/** Codes and types that say more than the status: one status stands for several troubles. */
const BY_CODE: ReadonlyMap<string, ErrorKind> = new Map<string, ErrorKind>([
  ['insufficient_quota', 'quota'],
  ['billing_hard_limit_reached', 'quota'],
  ['billing_not_active', 'quota'],
  ['credit_balance_exhausted', 'quota'],
  ['rate_limit_exceeded', 'rate_limit'],
  ['rate_limit_error', 'rate_limit'],
  ['slow_down', 'rate_limit'],
  ['context_length_exceeded', 'context_length'],
  ['content_filter', 'content_filter'],
  ['content_policy_violation', 'content_filter'],
  ['image_content_policy_violation', 'content_filter'],
  ['moderation_blocked', 'content_filter'],
  ['ResponsibleAIPolicyViolation', 'content_filter'],
  ['invalid_api_key', 'auth'],
  ['authentication_error', 'auth'],
  ['model_not_found', 'not_found'],
  ['server_error', 'server'],
  ['server_is_overloaded', 'server'],
  ['service_unavailable_error', 'server'],
])

const CONTEXT_LENGTH = /maximum context length|context window|prompt is too long/i
const LONGEST_MESSAGE = 4000
const MOST_FRAMES = 50
const LONGEST_WORD = 200

/** An answer with an error status. */
export function httpError(status: number, body: Json | undefined): CallError {
  const row = BY_STATUS.get(status) ?? (status >= 500 ? SERVER : OTHER)
  const failure = failureOf(body) ?? { message: `HTTP ${status}` }
  return errorOf(row.class, kindOf(failure, row.kind), failure)
}

const SERVER: StatusRow = { class: 'InternalServerError', kind: 'server' }
const OTHER: StatusRow = { class: 'APIStatusError', kind: 'other' }

/** A failure told in the body of a 200: an event in mid-stream, a background response that failed. */
export function bodyError(failure: BodyFailure, streamed: boolean): CallError {
  return errorOf('APIError', kindOf(failure, streamed ? 'stream' : 'other'), failure)
}

/** No answer, or not all of it: the network, a timeout. */
export function networkError(error: unknown): CallError {
  const code = codeOf(error)
  const message = messageOf(error)
  const timedOut = isTimeout(error)
  return {
    class: timedOut ? 'APITimeoutError' : 'APIConnectionError',
    kind: timedOut ? 'timeout' : 'connection',
    message: code === undefined || message.includes(code) ? message : `${code}: ${message}`,
    ...named('stack', framesOf(error)),
    ...(code === undefined ? {} : { code }),
  }
}

/**
 * The error object in its many dresses: OpenAI's, Azure's without a type, a bare text, FastAPI's `detail` (a text or a
 * list), Anthropic's and a list around it (Google).
 */
export function failureOf(body: Json | undefined): BodyFailure | undefined {
  const outer = Array.isArray(body) ? body[0] : body
  const told = field(outer, 'error') ?? field(outer, 'detail') ?? field(outer, 'message')
  const error = Array.isArray(told) ? told[0] : told
  if (typeof error === 'string') return { message: error.slice(0, LONGEST_MESSAGE) }
  if (!isObject(error)) return undefined
  const inner = at(error, 'innererror', 'code')
  return {
    message: (str(error.message) ?? str(error.msg) ?? 'unknown error').slice(0, LONGEST_MESSAGE),
    ...named('type', word(error.type)),
    ...named('code', word(error.code) ?? numberAsText(error.code) ?? word(inner)),
    ...named('param', word(error.param)),
  }
}

function kindOf({ type, code, message }: BodyFailure, otherwise: ErrorKind): ErrorKind {
  const told = BY_CODE.get(code ?? '') ?? BY_CODE.get(type ?? '')
  if (told !== undefined) return told
  return otherwise === 'invalid_request' && CONTEXT_LENGTH.test(message) ? 'context_length' : otherwise
}

function errorOf(name: string, kind: ErrorKind, { message, type, code, param }: BodyFailure): CallError {
  return { class: name, kind, message, ...named('type', type), ...named('code', code), ...named('param', param) }
}

function named<K extends string>(key: K, value: string | undefined): { [P in K]?: string } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: string }
}

/** What should be one and may be anything: it goes on a tag as it is. */
function word(value: unknown): string | undefined {
  return str(value)?.slice(0, LONGEST_WORD)
}

function numberAsText(value: unknown): string | undefined {
  const n = num(value)
  return n === undefined ? undefined : String(n)
}

/** What is thrown may be anything that the app has made. */
function messageOf(error: unknown): string {
  const message = typeof error === 'string' ? error : str(property(error, 'message'))
  return (message || 'connection lost').slice(0, LONGEST_MESSAGE)
}

/** Where it happened. The message in front is left out: it is content, filtered by itself, and would get past that. */
function framesOf(error: unknown): string | undefined {
  const stack = str(property(error, 'stack')) ?? ''
  const message = str(property(error, 'message')) ?? ''
  const frames = stack.replace(message, '').match(/^ +at .*$/gm) ?? []
  if (frames.length === 0) return undefined
  return [str(property(error, 'name')) ?? 'Error', ...frames.slice(0, MOST_FRAMES)].join('\n')
}
