import { type Context, contextHere } from '../context-here'
import { guarded } from '../guard'
import { shadow, type Undo } from './shadow'

/** Whose context a request is created in: the caller's own, another's while its own is known, or nobody can say. */
export type Whose = 'callers' | 'unknown' | Context

/** Where undici's copies keep the process's dispatcher: 5 to 7, and 8. */
const GLOBAL_DISPATCHERS = [Symbol.for('undici.globalDispatcher.1'), Symbol.for('undici.globalDispatcher.2')]

/** The file of undici (5; 6 and later) that has the class which every dispatcher extends. */
const BASE_FILE = /[\\/]lib[\\/](?:dispatcher[\\/])?dispatcher-base\.js$/

/** Frames that show a request being taken off a queue, and not asked for by the app. */
const TAKEN_FROM_QUEUE = /\bonDrain\b|kOnDrain|\[onDrain\]|\[drain\]/i
const FRAMES = 12

/**
 * Remembers in whose context a dispatcher was asked. undici 5 to 7 create the requests that wait in a limited Agent or
 * Pool when a connection gets free, in the context of whoever used it before: of 8 calls over 2 connections, 2 were
 * right. `dispatch` is public, is called before any queue, and gets the same handler that the request has later: 8 of 8
 * with fetch, request, retry and other interceptors, on 5, 6 and 7, Node's own and from npm. undici 8 needs none of it.
 *
 * The class is found by Node's own dispatcher and in the cache of loaded modules. A copy that is bundled into the app
 * and not the global dispatcher is not found: there the stack tells that a request was waiting, and nothing is guessed.
 */
export class Callers {
  readonly #known = new WeakMap<object, Context>()
  readonly #patched = new Map<object, Undo>()
  #modules = 0

  /** `concerns`: may a request to this origin be ours? Each request of the process would be too much. */
  constructor(private readonly concerns: (origin: string) => boolean) {
    this.#find()
  }

  /** Asked at a request's creation. `handlers`: the request's own, and what that wraps. */
  whose(handlers: readonly object[]): Whose {
    const known = handlers.map(handler => this.#known.get(handler)).find(context => context !== undefined)
    if (known !== undefined) return known
    this.#find()
    return wasWaiting() ? 'unknown' : 'callers'
  }

  undo(): void {
    for (const undo of this.#patched.values()) undo()
    this.#patched.clear()
  }

  #find(): void {
    for (const key of GLOBAL_DISPATCHERS) this.#patch(baseOf(Reflect.get(globalThis, key)))
    const files = Object.keys(require.cache)
    if (files.length === this.#modules) return
    this.#modules = files.length
    for (const file of files) if (BASE_FILE.test(file)) this.#patch(prototypeOf(require.cache[file]?.exports))
  }

  #patch(base: object | undefined): void {
    if (base === undefined || this.#patched.has(base)) return
    const asked = guarded('dispatch', (options: unknown, handler: unknown) => this.#asked(options, handler))
    this.#patched.set(base, shadow(base, 'dispatch', asked))
  }

  /** The first to ask is the app; a queue, a retry or an interceptor asks again later with the same handler. */
  #asked(options: unknown, handler: unknown): void {
    if (typeof handler !== 'object' || handler === null || this.#known.has(handler)) return
    const origin = originOf(options)
    if (origin === undefined || this.concerns(origin)) this.#known.set(handler, contextHere())
  }
}

/** A client for one origin is asked without naming it. */
function originOf(options: unknown): string | undefined {
  const origin: unknown = typeof options === 'object' && options !== null ? Reflect.get(options, 'origin') : undefined
  return origin === undefined || origin === null ? undefined : String(origin)
}

/** The prototype whose `dispatch` all kinds of dispatchers share; the last one of the chain only throws. */
function baseOf(dispatcher: unknown): object | undefined {
  let found: object | undefined
  let abstract: object | undefined
  for (let proto = parentOf(dispatcher); proto !== undefined && proto !== Object.prototype; proto = parentOf(proto)) {
    if (!Object.hasOwn(proto, 'dispatch')) continue
    found = abstract
    abstract = proto
  }
  return found
}

function parentOf(value: unknown): object | undefined {
  return typeof value === 'object' && value !== null ? (Object.getPrototypeOf(value) ?? undefined) : undefined
}

function prototypeOf(value: unknown): object | undefined {
  return typeof value === 'function' && typeof value.prototype?.dispatch === 'function' ? value.prototype : undefined
}

function wasWaiting(): boolean {
  const before = Error.stackTraceLimit
  // Set so that nothing is thrown where an app has frozen it.
  Reflect.set(Error, 'stackTraceLimit', FRAMES)
  const { stack } = new Error()
  Reflect.set(Error, 'stackTraceLimit', before)
  return typeof stack === 'string' && TAKEN_FROM_QUEUE.test(stack)
}
