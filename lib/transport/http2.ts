import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ClientHttp2Stream } from 'node:http2'
import { guarded } from '../guard'
import type { Exchange, Opening } from './exchange'
import { headersFromObject } from './headers'
import { isTimeout, outcomeOf } from './outcome'
import { shadow, type Undo } from './shadow'
import type { Open, Transport } from './transport'

interface Message {
  readonly stream: ClientHttp2Stream
  readonly headers?: Readonly<Record<string, unknown>>
  /** One chunk, or with `writev` a list of those that were written together. */
  readonly data?: unknown
  readonly writev?: boolean
  readonly encoding?: unknown
  readonly error?: unknown
}

interface Tapped {
  readonly exchange: Exchange
  /** Why the app closed the stream, once it has. */
  left?: { reason: unknown }
}

/**
 * Observes `node:http2` where the runtime tells of its streams (22.23, 24 and 26; not 20). undici's own HTTP/2 is told
 * by undici, and left out here.
 */
export const http2: Transport = (open: Open): Undo => {
  const tapped = new WeakMap<ClientHttp2Stream, Tapped>()
  const live = new Set<Exchange>()

  const channels: Record<string, (message: Message) => void> = {
    created({ stream, headers = {} }) {
      if (headers[':method'] === 'CONNECT' || isUndicis(stream)) return
      const exchange = open(openingOf(headers))
      if (exchange === undefined) return
      exchange.requestHeaders = () => headersFromObject(headers)
      const tap: Tapped = { exchange }
      const undo = tapStream(stream, tap)
      exchange.untap = () => {
        undo()
        live.delete(exchange)
      }
      tapped.set(stream, tap)
      live.add(exchange)
    },
    bodyChunkSent({ stream, data, writev, encoding }) {
      const exchange = tapped.get(stream)?.exchange
      if (exchange === undefined) return
      if (!writev) exchange.sent(data, bufferEncoding(encoding))
      else if (Array.isArray(data))
        for (const { chunk, encoding } of data) exchange.sent(chunk, bufferEncoding(encoding))
    },
    bodySent: ({ stream }) => tapped.get(stream)?.exchange.requestSent(),
    finish({ stream, headers = {} }) {
      const status = Number(headers[':status'])
      tapped.get(stream)?.exchange.head(status, () => headersFromObject(headers))
    },
    error({ stream, error }) {
      const tap = tapped.get(stream)
      tap?.exchange.end(...outcomeOfStream(tap, error))
    },
    close({ stream }) {
      const tap = tapped.get(stream)
      tap?.exchange.end(...outcomeOfStream(tap, new StreamReset(stream.rstCode)))
    },
  }

  const undos = Object.entries(channels).map(([name, handle]) => onMessage(`http2.client.stream.${name}`, handle))
  return () => {
    for (const undo of undos) undo()
    for (const exchange of live) exchange.untap()
  }
}

/** The server took the stream back before the answer was whole. */
class StreamReset extends Error {
  readonly code = 'ERR_HTTP2_STREAM_ERROR'

  constructor(code: number) {
    super(`the stream was reset with code ${code}`)
  }
}

function onMessage(name: string, handle: (message: Message) => void): Undo {
  const subscriber = guarded(name, (message: unknown) => handle(message as Message))
  subscribe(name, subscriber)
  return () => unsubscribe(name, subscriber)
}

function tapStream(stream: ClientHttp2Stream, tap: Tapped): Undo {
  const leave = (reason: unknown): void => {
    // The runtime destroys it too, once the server has closed it.
    if (!stream.closed) tap.left ??= { reason }
  }
  const undos = [
    shadow(stream, 'push', (chunk, encoding) => {
      if (chunk !== null) tap.exchange.received(chunk, bufferEncoding(encoding))
      // A stream that is reset is given an end as well.
      else if (stream.rstCode === 0 && tap.left === undefined) tap.exchange.end('complete')
    }),
    shadow(stream, 'close', () => leave(undefined)),
    shadow(stream, 'destroy', leave),
  ]
  return () => {
    for (const undo of undos) undo()
  }
}

/** A connection that fails destroys its streams, with an error that has a code; the app's own has none, or an abort's. */
function outcomeOfStream({ left }: Tapped, error: unknown): ['aborted' | 'failed', unknown] {
  if (left === undefined) return [outcomeOf(error) === 'failed' ? 'failed' : 'aborted', error]
  const reason = left.reason ?? undefined
  if (reason === undefined) return ['aborted', error]
  return [isTimeout(reason) || outcomeOf(reason) === 'failed' ? 'failed' : 'aborted', reason]
}

function openingOf(headers: Readonly<Record<string, unknown>>): Opening {
  const { ':method': method = 'GET', ':scheme': scheme = 'https', ':path': path = '/' } = headers
  const authority = headers[':authority'] ?? headers.host ?? ''
  return { method: String(method), origin: `${String(scheme)}://${String(authority)}`, path: String(path) }
}

/** undici hangs its client on each of its sessions (5 to 8, and the one inside Node). */
function isUndicis({ session }: ClientHttp2Stream): boolean {
  if (session === undefined) return false
  return Object.getOwnPropertySymbols(session).some(({ description }) => description === 'client')
}

function bufferEncoding(encoding: unknown): BufferEncoding | undefined {
  return typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : undefined
}
