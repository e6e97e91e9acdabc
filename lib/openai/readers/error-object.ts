import { at, field, isObject, type Json, type JsonObject, num, str } from '../json'
import { asText } from './facts'
import type { BodyFailure } from './reader'

const LONGEST_MESSAGE = 4000
const LONGEST_WORD = 200
/** Error objects lie in one another: AWS's in a gateway's in OpenAI's. None is known to lie deeper. */
const DEEPEST = 5
/** Of a list of errors so many are looked at. */
const MOST_LISTED = 8

/**
 * Members that hold the error proper, the likeliest first. What such an error says of itself goes before what is said
 * around it, because the envelope's `type` and `code` are of the envelope.
 */
const INSIDE = ['error', 'Error', 'fault', 'exception', 'base_resp'] as const
/** Members that hold particulars, a text or more of an object: there it is the outer one that names the trouble. */
const PARTICULARS = ['message', 'detail', 'errors', 'details'] as const
/** Where the words stand. `Message` is AWS's, `msg` FastAPI's, `title` that of problem details (RFC 9457). */
const MESSAGES = [
  'message',
  'Message',
  'msg',
  'detail',
  'error_description',
  'error_message',
  'errorMessage',
  'error_msg',
  'status_msg',
  'description',
  'reason',
  'faultstring',
  'title',
] as const
const TYPES = ['type', '__type', 'error_type'] as const
const CODES = ['code', 'error_code', 'errorCode', 'Code'] as const
/** An HTTP status that is told in a body. */
const STATUSES = ['status', 'status_code', 'statusCode', 'code', 'http_status'] as const
/** Envelopes' own words, and what other languages' nothing looks like as a text. */
const NO_WORDS: ReadonlySet<string> = new Set(['error', 'None', 'null', 'undefined', 'about:blank'])

/**
 * The failure that an error object tells, in whatever form: OpenAI's, Azure's, a text, FastAPI's `detail`, Mistral's
 * object in `message`, AWS's `Message` and `__type`, Google's list, the flat one of vLLM, one in another. All texts are
 * bounded. Undefined where it says nothing: a job that is well has `error: {}`, or one whose members are null.
 */
export function errorObject(value: Json | undefined, depth = 0): BodyFailure | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : { message: bounded(value.trim()) }
  if (depth >= DEEPEST) return undefined
  if (Array.isArray(value)) return first(value, depth)
  return isObject(value) ? ofObject(value, depth) : undefined
}

function first(errors: readonly Json[], depth: number): BodyFailure | undefined {
  for (const error of errors.slice(0, MOST_LISTED)) {
    const failure = errorObject(error, depth + 1)
    if (failure !== undefined) return failure
  }
  return undefined
}

function ofObject(outer: JsonObject, depth: number): BodyFailure | undefined {
  const own = ofMembers(outer)
  const inside = firstIn(outer, INSIDE, depth)
  const particulars = firstIn(outer, PARTICULARS, depth)
  // `{ error: 'invalid_token', message: '…' }`: the error is a name where a message stands beside it.
  const named = typeof field(outer, 'error') === 'string' && own.message !== undefined
  const parts = named ? [own, codeOnly(inside), particulars] : [inside, own, particulars]
  const told = Object.assign({}, ...parts.reverse().filter(part => part !== undefined)) as Partial<BodyFailure>
  // A message that only particulars have, or only a name.
  const message = told.message ?? told.code ?? told.type
  return message === undefined ? undefined : { ...told, message }
}

function firstIn(outer: JsonObject, names: readonly string[], depth: number): BodyFailure | undefined {
  for (const name of names) {
    const failure = errorObject(field(outer, name), depth + 1)
    if (failure !== undefined) return failure
  }
  return undefined
}

/** A word as a code; a sentence is none. */
function codeOnly(failure: BodyFailure | undefined): Partial<BodyFailure> | undefined {
  return failure !== undefined && /^[\w.-]+$/.test(failure.message) ? { code: failure.message } : undefined
}

/** What an object says of itself, without looking into it. */
function ofMembers(error: JsonObject): Partial<BodyFailure> {
  const message = withRaw(firstOf(error, MESSAGES, texts), at(error, 'metadata', 'raw'))
  const type = firstOf(error, TYPES, word) ?? googleStatus(error.status)
  const code = firstOf(error, CODES, wordOrNumber) ?? word(field(field(error, 'innererror'), 'code')) ?? ownCode(error)
  const param = word(error.param) ?? placeOf(error.loc)
  const status = firstOf(error, STATUSES, statusCode)
  return {
    ...(message === undefined ? {} : { message: bounded(message) }),
    ...(type === undefined ? {} : { type }),
    ...(code === undefined ? {} : { code }),
    ...(param === undefined ? {} : { param }),
    ...(status === undefined ? {} : { status }),
  }
}

/** OpenRouter says of a provider's error that there was one; what it was is beside it, as it came. */
function withRaw(message: string | undefined, raw: Json | undefined): string | undefined {
  const more = str(raw)?.trim()
  return message === undefined || more === undefined || more === message ? message : `${message}: ${more}`
}

function firstOf<T>(
  error: JsonObject,
  names: readonly string[],
  read: (value: Json | undefined) => T | undefined,
): T | undefined {
  for (const name of names) {
    const found = read(field(error, name))
    if (found !== undefined) return found
  }
  return undefined
}

/** A text, or a list of them, as validators give it. */
function texts(value: Json | undefined): string | undefined {
  if (!Array.isArray(value)) return str(value)?.trim() || undefined
  const said = value.slice(0, MOST_LISTED).filter(item => typeof item === 'string')
  return said.join('; ') || undefined
}

/** What should be one word and may be anything: it goes on a tag as it is. AWS puts a namespace and `#` before. */
function word(value: Json | undefined): string | undefined {
  const text = str(value)
  if (text === undefined || NO_WORDS.has(text)) return undefined
  return text.slice(text.lastIndexOf('#') + 1).slice(0, LONGEST_WORD)
}

/** `RESOURCE_EXHAUSTED`; the status of a job is in small letters. */
function googleStatus(value: Json | undefined): string | undefined {
  const text = word(value)
  return text !== undefined && /^[A-Z_]+$/.test(text) ? text : undefined
}

function wordOrNumber(value: Json | undefined): string | undefined {
  return typeof value === 'number' ? asText(value) : word(value)
}

/** MiniMax's code stands where others have the HTTP status. */
function ownCode({ status_code: told }: JsonObject): string | undefined {
  return statusCode(told) === undefined ? wordOrNumber(told) : undefined
}

function statusCode(value: Json | undefined): number | undefined {
  const status = num(typeof value === 'string' && /^[45]\d\d$/.test(value) ? Number(value) : value)
  return status !== undefined && status >= 400 && status < 600 ? status : undefined
}

/** FastAPI's `loc`: `["body", "messages", 0]`. */
function placeOf(loc: Json | undefined): string | undefined {
  if (!Array.isArray(loc)) return undefined
  const steps = loc.slice(0, MOST_LISTED).filter(step => typeof step === 'string' || typeof step === 'number')
  return steps.join('.').slice(0, LONGEST_WORD) || undefined
}

function bounded(message: string): string {
  return message.slice(0, LONGEST_MESSAGE)
}
