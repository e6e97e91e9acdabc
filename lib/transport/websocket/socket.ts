import type { Duplex } from 'node:stream'
import { shadow, type Undo } from '../shadow'

/** Who sent some bytes: the app's side or the server's. */
export type Side = 'client' | 'server'

export interface SocketSight {
  /** The chunk may be the app's own memory: copy what is kept. */
  bytes(side: Side, chunk: Uint8Array): void
  closed(): void
}

/**
 * Looks at a socket that an upgrade has handed over. What the server sent is taken where the app gets it, at the `data`
 * event: bytes that came with the 101 are unshifted before the app has the socket, and pass there too, which they do
 * not at `push`. Nothing is read or listened to: neither flow nor listener counts change.
 */
export function tapSocket(socket: Duplex, sight: SocketSight): Undo {
  const sent = (chunk: unknown, encoding: unknown): void => {
    if (typeof chunk === 'string') sight.bytes('client', Buffer.from(chunk, bufferEncoding(encoding)))
    else if (chunk instanceof Uint8Array) sight.bytes('client', chunk)
  }
  const undos = [
    shadow(socket, 'emit', (event, chunk) => {
      if (event === 'data' && chunk instanceof Uint8Array) sight.bytes('server', chunk)
      else if (event === 'close') sight.closed()
    }),
    shadow(socket, 'write', sent),
    shadow(socket, 'end', sent),
  ]
  return () => {
    for (const undo of undos) undo()
  }
}

function bufferEncoding(encoding: unknown): BufferEncoding {
  return typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8'
}
