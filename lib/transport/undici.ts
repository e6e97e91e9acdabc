import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { debuglog } from 'node:util'
import type { Context } from '../context-here'
import { guarded } from '../guard'
import { Callers, type Whose } from './callers'
import { absoluteForm, type Exchange, type Opening } from './exchange'
import { outcomeOf } from './outcome'
import type { Undo } from './shadow'
import type { Transport } from './transport'
import { headersIn, requestHeaders, requestShadows, type UndiciRequest } from './undici-requests'

interface Message {
  readonly request: UndiciRequest
  readonly response?: { readonly statusCode: number; readonly headers: unknown }
  readonly error?: unknown
}

/**
 * Observes undici, the npm package and the one inside Node (global `fetch`) alike: both publish to the same channels.
 * Bodies are not on the channels before undici 7.11, so the callbacks of its requests are shadowed on all.
 */
export const undici: Transport = (open, concerns): Undo => {
  const callers = new Callers(concerns)
  const requests = requestShadows()
  const live = new Set<Exchange>()

  const channels = {
    'undici:request:create': ({ request }: Message) => {
      if (!isOrdinary(request)) return
      const exchange = open(new UndiciOpening(request, callers))
      if (exchange === undefined) return
      exchange.requestHeaders = () => requestHeaders(request)
      const unwatch = requests.watch(request, exchange)
      exchange.untap = () => {
        unwatch()
        live.delete(exchange)
      }
      live.add(exchange)
    },
    'undici:request:headers': ({ request, response }: Message) => {
      if (response === undefined) return
      const exchange = requests.of(request)
      if (exchange === undefined) return
      // A list of undici's own, that interceptors change in place: `decompress` takes the encoding out of it.
      const headers = Array.isArray(response.headers) ? [...response.headers] : response.headers
      exchange.head(response.statusCode, () => headersIn(headers))
    },
    'undici:request:trailers': ({ request }: Message) => requests.of(request)?.end('complete'),
    'undici:request:error': ({ request, error }: Message) => {
      requests.of(request)?.end(outcomeOf(error), error)
    },
  }

  const { 'undici:request:create': created, ...later } = channels
  const undos: Undo[] = []
  const listenToAnswers = (): void => {
    for (const [name, handle] of Object.entries(later)) undos.push(onMessage(name, handle))
  }
  // undici 7 and 8 print what NODE_DEBUG asks for only where nobody listened to answers when they were loaded; the
  // first request shows that it has been.
  let isDebugged = ['undici', 'fetch', 'websocket'].some(section => debuglog(section).enabled)
  if (!isDebugged) listenToAnswers()
  undos.push(
    onMessage('undici:request:create', message => {
      if (isDebugged) listenToAnswers()
      isDebugged = false
      created(message)
    }),
  )
  return () => {
    for (const undo of undos) undo()
    callers.undo()
    requests.undo()
    for (const exchange of live) exchange.untap()
  }
}

function onMessage(name: string, handle: (message: Message) => void): Undo {
  const subscriber = guarded(name, (message: unknown) => handle(message as Message))
  subscribe(name, subscriber)
  return () => unsubscribe(name, subscriber)
}

/** A proxy's CONNECT has an event of its own, and carries a call that has one too. */
function isOrdinary({ method, upgrade }: UndiciRequest): boolean {
  return method !== 'CONNECT' && (!upgrade || upgrade === 'websocket')
}

/** A class for its method: a closure for each request of the process would be most of what a foreign one costs. */
class UndiciOpening implements Opening {
  readonly method: string
  readonly origin: string
  readonly path: string
  readonly #request: UndiciRequest
  readonly #callers: Callers

  constructor(request: UndiciRequest, callers: Callers) {
    const { origin, path } = request.path.startsWith('/') ? request : absoluteForm(request.path)
    this.method = request.method
    this.origin = typeof origin === 'string' ? origin : origin.origin
    this.path = path
    this.#request = request
    this.#callers = callers
  }

  get asksForSocket(): boolean {
    return this.#request.upgrade === 'websocket'
  }

  /** The context at `create` may be that of whoever freed the connection. */
  get whose(): Whose {
    const handlers = handlersOf(this.#request)
    const [handler] = handlers
    return isContext(handler) ? handler : this.#callers.whose(handlers)
  }
}

/** The request's handler, which for `undici.request` and `stream` knows the caller's context, and what that wraps. */
function handlersOf(request: UndiciRequest): object[] {
  const handler = handlerOf(request)
  return handler === undefined ? [] : [handler, ...objectsOf(handler).map(([, inner]) => inner)]
}

/** The one symbol of a request's class, once it was found; each copy of undici has its own. */
let handlerSymbol: symbol | undefined

function handlerOf(request: UndiciRequest): object | undefined {
  if (handlerSymbol === undefined || !(handlerSymbol in request)) {
    handlerSymbol = Object.getOwnPropertySymbols(request).find(({ description }) => description === 'handler')
  }
  const handler: unknown = handlerSymbol === undefined ? undefined : Reflect.get(request, handlerSymbol)
  return typeof handler === 'object' && handler !== null ? handler : undefined
}

function objectsOf(holder: object): [name: string | undefined, value: object][] {
  return Object.getOwnPropertySymbols(holder).flatMap(symbol => {
    const value: unknown = Reflect.get(holder, symbol)
    return typeof value === 'object' && value !== null ? [[symbol.description, value]] : []
  })
}

function isContext(value: object | undefined): value is Context {
  return value !== undefined && 'runInAsyncScope' in value
}
