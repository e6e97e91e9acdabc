import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Agent, ClientRequest, IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { guarded } from '../guard'
import { ClassShadows, type See } from './class-shadows'
import { absoluteForm, type Exchange, type Opening } from './exchange'
import { type Headers, headersFromObject, headersFromPairs, headersFromText } from './headers'
import { isTimeout, outcomeOf } from './outcome'
import { bufferedBody } from './outgoing'
import { shadow, type Undo } from './shadow'
import type { Open, Transport } from './transport'

interface Message {
  readonly request: ClientRequest
  readonly response?: IncomingMessage
  readonly error?: unknown
}

interface Tapped {
  readonly exchange: Exchange
  /** Of what is watched until the exchange has ended. */
  readonly undos: Undo[]
  /** Why the app destroyed the request, once it has: sockets report that as a reset, too. */
  left?: { reason: unknown }
}

/** Observes `node:http` and `node:https`. */
export const http: Transport = (open: Open): Undo => {
  const requests = new ClassShadows<Tapped>(() => ofRequest)
  const responses = new ClassShadows<AnsweredBy>(() => ofResponse)
  /**
   * Asked once: Node 20 shows a request a second time when it gets its socket, in the context of whoever had that
   * before. There a request that its maker keeps from us would no longer look so.
   */
  const asked = new WeakSet<ClientRequest>()
  const live = new Set<Exchange>()

  const created = (request: ClientRequest, port?: unknown): Tapped | undefined => {
    // A proxy's CONNECT names our host, and carries a call that is seen by itself.
    if (request.method === 'CONNECT' || asked.has(request)) return undefined
    asked.add(request)
    const exchange = open(openingOf(request, port))
    if (exchange === undefined) return undefined
    exchange.requestHeaders = () => requestHeadersOf(request)
    const tap: Tapped = { exchange, undos: [] }
    tap.undos.push(requests.watch(request, tap))
    exchange.untap = () => {
      for (const undo of tap.undos.splice(0)) undo()
      live.delete(exchange)
    }
    live.add(exchange)
    return tap
  }

  /** Fires when the head has arrived, before the app's `response` event. */
  const responded = ({ request, response }: Message): void => {
    const tap = requests.of(request)
    if (tap === undefined || response === undefined || tap.exchange.state.is === 'ended') return
    tap.exchange.head(response.statusCode ?? 0, () => headersFromPairs(response.rawHeaders))
    tap.undos.push(responses.watch(response, { tap, response }))
  }

  const failed = ({ request, error }: Message): void => {
    const tap = requests.of(request)
    tap?.exchange.end(...outcomeOfRequest(tap, error))
  }

  const undos = [
    onMessage('http.client.response.finish', responded),
    onMessage('http.client.request.error', failed),
    onCreated(created),
  ]
  return () => {
    for (const undo of undos) undo()
    for (const exchange of live) exchange.untap()
    requests.undo()
    responses.undo()
  }
}

/** A socket closed by the app's own `destroy` is reported as a reset by the peer: believe the app. */
function outcomeOfRequest(tap: Tapped, error: unknown): ['aborted' | 'failed', unknown] {
  if (tap.left !== undefined) return [isTimeout(tap.left.reason) ? 'failed' : 'aborted', tap.left.reason ?? error]
  return [outcomeOf(error) === 'failed' ? 'failed' : 'aborted', error]
}

function onMessage(name: string, handle: (message: Message) => void): Undo {
  const subscriber = guarded(name, (message: unknown) => handle(message as Message))
  subscribe(name, subscriber)
  return () => unsubscribe(name, subscriber)
}

/**
 * Node 22.12 tells of a new request on a channel. Node 20 has none: there the two functions that every request passes are
 * patched, both of them, since each misses a case of the other (agents with an `addRequest` of their own, requests
 * without an agent). Which Node this is shows by itself: the first event on the channel takes the patches off.
 */
function onCreated(created: (request: ClientRequest, port?: unknown) => Tapped | undefined): Undo {
  const patches = [
    shadow(Agent.prototype, 'addRequest', (request, options) => {
      if (request instanceof ClientRequest) created(request, optionOf(options, 'port'))
    }),
    shadow(ClientRequest.prototype, 'onSocket', function () {
      const tap = this instanceof ClientRequest ? created(this) : undefined
      // What the app wrote before there was a socket went past our shadows.
      if (tap !== undefined) for (const chunk of bufferedBody(this as ClientRequest)) tap.exchange.sent(chunk)
    }),
  ]
  const unpatch = (): void => {
    for (const undo of patches.splice(0)) undo()
  }
  const unlisten = onMessage('http.client.request.created', ({ request }) => {
    unpatch()
    created(request)
  })
  return () => {
    unlisten()
    unpatch()
  }
}

const ofRequest: Readonly<Record<string, See<Tapped>>> = {
  write: ({ exchange }, chunk, encoding) => sent(exchange, chunk, encoding),
  end({ exchange }, chunk, encoding) {
    sent(exchange, chunk, encoding)
    exchange.requestSent()
  },
  // No channel tells of an upgrade.
  emit({ exchange }, event, response, socket) {
    if (event !== 'upgrade' || !(response instanceof IncomingMessage)) return
    exchange.switched(response.statusCode ?? 101, () => headersFromPairs(response.rawHeaders), socket as Duplex)
  },
  destroy(tap, reason) {
    tap.left ??= { reason }
  },
}

function sent(exchange: Exchange, chunk: unknown, encoding: unknown): void {
  if (typeof chunk === 'function' || chunk === undefined || chunk === null) return
  exchange.sent(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : undefined)
}

interface AnsweredBy {
  readonly tap: Tapped
  readonly response: IncomingMessage
}

const ofResponse: Readonly<Record<string, See<AnsweredBy>>> = {
  push({ tap: { exchange }, response }, chunk, encoding) {
    if (chunk !== null) exchange.received(chunk, encoding as BufferEncoding | undefined)
    else exchange.end(response.complete ? 'complete' : 'failed')
  },
  _destroy({ tap, response }, error) {
    if (!response.complete) tap.exchange.end(...outcomeOfRequest(tap, error))
  },
}

function openingOf(request: ClientRequest, port: unknown): Opening {
  const { method, path } = request
  if (!path.startsWith('/')) return { method, ...absoluteForm(path) }
  const origin = `${request.protocol}//${authorityOf(request, port)}`
  const socketPath = socketPathOf(request)
  return {
    method,
    origin,
    path,
    ...(socketPath === undefined ? {} : { socketPath }),
    // Only asked of a request to one of our hosts.
    get asksForSocket() {
      return requestHeadersOf(request).get('upgrade')?.toLowerCase() === 'websocket'
    },
  }
}

/** Of the request's own options, or of its agent's: an agent puts its own into every request. */
function socketPathOf(request: ClientRequest): string | undefined {
  const path =
    optionOf(request, 'socketPath') ?? optionOf(optionOf(optionOf(request, 'agent'), 'options'), 'socketPath')
  return typeof path === 'string' && path !== '' ? path : undefined
}

/**
 * As they go on the wire, once they are written; before that, as they are set. Headers given as a list are written at
 * once and cannot be read back by `getHeaders`, which has none of them.
 */
function requestHeadersOf(request: ClientRequest): Headers {
  const written = optionOf(request, '_header')
  return typeof written === 'string' ? headersFromText(written) : headersFromObject(request.getHeaders())
}

/** The `host` header says the port too. */
function authorityOf(request: ClientRequest, port: unknown): string {
  const header = requestHeadersOf(request).get('host')
  if (header !== undefined && header !== '') return header
  const host = request.host.includes(':') ? `[${request.host}]` : request.host
  return port === undefined ? host : `${host}:${String(port)}`
}

function optionOf(options: unknown, name: string): unknown {
  return typeof options === 'object' && options !== null ? Reflect.get(options, name) : undefined
}
