import { codeOf, isTimeout, property } from '../../transport/outcome'
import type { CallError, ErrorKind } from '../call'
import { str } from '../json'
import { errorObject } from '../readers/error-object'
import type { BodyFailure, Payload } from '../readers/reader'
import { kindOf } from './error-kind'
import { parseJson } from './payload'
import { parseEvents } from './sse'

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
  [405, { class: 'APIStatusError', kind: 'invalid_request' }],
  [409, { class: 'ConflictError', kind: 'conflict' }],
  [406, { class: 'APIStatusError', kind: 'invalid_request' }],
  [410, { class: 'APIStatusError', kind: 'not_found' }],
  [411, { class: 'APIStatusError', kind: 'invalid_request' }],
  [413, { class: 'APIStatusError', kind: 'invalid_request' }],
  [415, { class: 'APIStatusError', kind: 'invalid_request' }],
  [414, { class: 'APIStatusError', kind: 'invalid_request' }],
  [422, { class: 'UnprocessableEntityError', kind: 'invalid_request' }],
  [429, { class: 'RateLimitError', kind: 'rate_limit' }],
  [431, { class: 'APIStatusError', kind: 'invalid_request' }],
  [451, { class: 'APIStatusError', kind: 'permission' }],
  // Groq's own: flex has no room.
  [498, { class: 'APIStatusError', kind: 'server' }],
])

const LONGEST_MESSAGE = 4000
const MOST_FRAMES = 50
/** A page of a proxy is not read further for its title. */
const MOST_MARKUP = 4 * 1024

/** An answer with an error status. */
export function httpError(status: number, answer: Payload): CallError {
  const failure = failureOf(answer) ?? { message: `HTTP ${status}` }
  const kind = kindOf(failure, told => statusRow(told).kind, status, 'other')
  return callError(statusRow(status).class, kind, failure)
}

const SERVER_STATUS: StatusRow = { class: 'InternalServerError', kind: 'server' }
const OTHER_STATUS: StatusRow = { class: 'APIStatusError', kind: 'other' }

function statusRow(status: number): StatusRow {
  return BY_STATUS.get(status) ?? (status >= 500 ? SERVER_STATUS : OTHER_STATUS)
}

/** A failure told in the body of a 200: an event in mid-stream, a choice, a background response that failed. */
export function bodyError(failure: BodyFailure, streamed: boolean): CallError {
  const kind = kindOf(failure, told => statusRow(told).kind, undefined, streamed ? 'stream' : 'other')
  return callError('APIError', kind, failure)
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
    ...ifTold('stack', framesOf(error)),
    ...(code === undefined ? {} : { code }),
  }
}

/** What an error answer says, in whatever form: JSON, a text, a page of a proxy, an event of a stream. */
function failureOf(answer: Payload): BodyFailure | undefined {
  if (answer.kind === 'json') return errorObject(answer.value)
  if (answer.kind !== 'text') return undefined
  const text = answer.text.trim()
  if (/^(?:event|data):/.test(text)) {
    const [event] = parseEvents(Buffer.from(`${text.slice(0, MOST_MARKUP)}\n\n`))
    return event && errorObject(parseJson(event.data) ?? event.data)
  }
  return errorObject(text.startsWith('<') ? wordsOf(text.slice(0, MOST_MARKUP)) : text)
}

/** A page's title, else its words. */
function wordsOf(markup: string): string {
  const title = /<title[^>]*>([^<]*)</i.exec(markup)?.[1]?.trim()
  const words =
    title || markup.replace(/<(?:style|script)\b[\s\S]*?<\/(?:style|script)>/gi, ' ').replace(/<[^<>]*>/g, ' ')
  return words.replace(/\s+/g, ' ').trim()
}

function callError(name: string, kind: ErrorKind, { message, type, code, param }: BodyFailure): CallError {
  return { class: name, kind, message, ...ifTold('type', type), ...ifTold('code', code), ...ifTold('param', param) }
}

function ifTold<K extends string>(key: K, value: string | undefined): { [P in K]?: string } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: string }
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
