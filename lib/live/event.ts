import type { Call } from '../openai/call'
import { callFromJson, callToJson } from '../openai/call-json'
import { isObject, type JsonObject } from '../openai/json'
import type { Wire } from '../openai/wire'

/**
 * A session is what one run of `interceptor <command>` saw, as a list of events. Each is one JSON object on one line
 * (NDJSON). The same lines are posted by the observed processes, kept by `--save`, read by `interceptor open`, and fed to
 * the page. There `event` tells which it is:
 *
 * - `session`: first line. The version of this format, what was run and when.
 * - `open`: a call has begun. What is known then, which is little: the model is, where the path names it.
 * - `call`: a call has ended. `call` is the record as `callToJson` writes it; `wire` is what passed, bounded and without
 *   secrets. Calls come in the order of their ends, and a call may come without its `open`.
 * - `lost`: so many calls ended and could not be told: a queue was full, a record was too large.
 * - `foreign`: a request to a host that is not recognised, though it looks like an API of this kind; once for each.
 * - `end`: last line. How the program ended. Missing where the session was killed, or still runs.
 *
 * `at` and `startedAt` are epoch milliseconds, with fractions. `id` is unique in a session. Fields may be added under the same
 * version, and a reader passes over events that it does not know; a file of a higher version is refused.
 */
export type SessionEvent = SessionStarted | CallOpened | CallEnded | CallsLost | ForeignRequest | SessionEnded

export const SESSION_VERSION = 1

export interface SessionStarted {
  readonly event: 'session'
  readonly version: typeof SESSION_VERSION
  readonly startedAt: number
  /** Program and arguments, without keys; without content, the program alone. */
  readonly command: readonly string[]
  /** Version of this package, and of Node. */
  readonly interceptor: string
  readonly node: string
}

/** Who makes a call. */
export interface CallingProcess {
  readonly pid: number
  /** Of a worker thread; 0 is the main one. */
  readonly thread: number
  /** File name of the script, where there is one. */
  readonly script?: string
}

/** An async context of the app's that a call is made in. Known of two kinds only; calls of other code have none. */
export interface CallingContext {
  /** Unique in a session. */
  readonly id: string
  /** What the app began with an HTTP request that it answers, or in a function that it gave to `withTags`. */
  readonly by: 'request' | 'tags'
  /** Of a request: `POST /ask`, what looks like an id as `*`, without the query. */
  readonly name?: string
  /** Of the request; with `tags`, of the first call. */
  readonly startedAt: number
}

export interface CallOpened {
  readonly event: 'open'
  readonly id: string
  readonly at: number
  readonly process: CallingProcess
  readonly context?: CallingContext
  /** `id` of the socket's session that it is a part of. */
  readonly partOf?: string
  readonly operation: string
  readonly host: string
  readonly model?: string
}

export interface CallEnded {
  readonly event: 'call'
  readonly id: string
  readonly process: CallingProcess
  /** As in its `open`. */
  readonly context?: CallingContext
  readonly partOf?: string
  readonly call: Call
  readonly wire?: Wire
}

export interface CallsLost {
  readonly event: 'lost'
  readonly at: number
  readonly process: CallingProcess
  readonly calls: number
  /** In a few words: `the queue was full`. */
  readonly why: string
}

export interface ForeignRequest {
  readonly event: 'foreign'
  readonly at: number
  readonly process: CallingProcess
  readonly method: string
  /** `host:port`, as `INTERCEPTOR_HOSTS` would name it. */
  readonly host: string
  /** Without the query. */
  readonly path: string
}

export interface SessionEnded {
  readonly event: 'end'
  readonly at: number
  readonly exitCode?: number
  readonly signal?: string
}

/** An event as a JSON object: what `JSON.stringify` makes of it is its line. */
export function eventToJson(event: SessionEvent): JsonObject {
  const json = event.event === 'call' ? { ...event, call: callToJson(event.call) } : event
  // Every field of an event is JSON already; interfaces have no index signature to say so.
  return { ...json } as unknown as JsonObject
}

/** What a line says: an event, or what is wrong with it. Fields that nobody needs to rely on are believed. */
export type EventReading = SessionEvent | 'no event' | 'unknown event' | 'newer version'

export function eventFromJson(json: unknown): EventReading {
  if (!isObject(json) || typeof json.event !== 'string') return 'no event'
  if (!Object.hasOwn(NEEDED, json.event)) return 'unknown event'
  if (json.event === 'session' && Number(json.version) > SESSION_VERSION) return 'newer version'
  const call = json.event === 'call' ? callFromJson(json.call) : undefined
  const event: unknown = call === undefined ? json : { ...json, call }
  return isEvent(event) ? event : 'no event'
}

type Kind = SessionEvent['event']
type Type = 'string' | 'number' | 'object' | 'list'

/** What each event must have to be shown. */
const NEEDED: Readonly<Record<Kind, Readonly<Record<string, Type>>>> = {
  session: { version: 'number', startedAt: 'number', command: 'list' },
  open: { id: 'string', at: 'number', operation: 'string', host: 'string', process: 'object' },
  call: { id: 'string', call: 'object', process: 'object' },
  lost: { calls: 'number', why: 'string' },
  foreign: { method: 'string', host: 'string', path: 'string' },
  end: { at: 'number' },
}

function isEvent(event: unknown): event is SessionEvent {
  if (typeof event !== 'object' || event === null) return false
  const kind: unknown = Reflect.get(event, 'event')
  if (typeof kind !== 'string' || !isKind(kind)) return false
  if (kind === 'call' && !(objectAt(event, 'call')?.rateLimits instanceof Map)) return false
  return Object.entries(NEEDED[kind]).every(([name, type]) => isOfType(Reflect.get(event, name), type))
}

function objectAt(event: object, name: string): Record<string, unknown> | undefined {
  const value: unknown = Reflect.get(event, name)
  return isObject(value) ? value : undefined
}

function isKind(event: string): event is Kind {
  return Object.hasOwn(NEEDED, event)
}

function isOfType(value: unknown, type: Type): boolean {
  if (type === 'list') return Array.isArray(value)
  if (type === 'object') return isObject(value)
  return typeof value === type
}
