import { randomBytes } from 'node:crypto'
import http, { type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { syncBuiltinESMExports } from 'node:module'
import { Socket } from 'node:net'
import tls, { type ConnectionOptions } from 'node:tls'
import { listen } from '../local/listen'
import type { CapturedHosts } from './captured-hosts'
import { dialled } from './connect-arguments'
import { refuseOlder } from './older-connections'
import { patch } from './patch'

export interface Capture {
  /** Where a request was going to: `https://api.openai.com:443`. Undefined for one that was sent to the server itself. */
  originOf(socket: Socket): string | undefined
  /** What is connected in `fn` itself goes where it is meant to. */
  letThrough<T>(fn: () => T): T
  close(): Promise<void>
}

/** They are about the server that was meant, or would keep the connection from ours. */
const OF_TARGET =
  /^(host|port|path|socket|lookup|family|hints|localAddress|localPort|autoSelectFamily.*|secureContext|session|ciphers|ca|cert|key|pfx|crl|(min|max)Version|checkServerIdentity)$/

/**
 * Takes over the connections of this process to some hosts, whatever client makes them: they all end up in `tls.connect`
 * and `socket.connect`. Those come to a server of ours on loopback; all others are handed on untouched. TLS is real, by a
 * key that both sides share instead of a certificate.
 */
export async function capture({ isOurs }: CapturedHosts, handle: RequestListener): Promise<Capture> {
  const psk = randomBytes(32)
  const pskCallback = () => ({ psk, identity: 'interceptor' })
  const plain = http.createServer(handle)
  const secure = createTlsServer({ pskCallback: () => psk, ciphers: 'PSK', ALPNProtocols: ['http/1.1'] }, handle)
  const ports = { http: await listen(plain, 0), https: await listen(secure, 0) }
  const origins = new Map<number, string>()
  const taken = new Set<Socket>()
  let isThrough = false

  // An agent of node:http says that there is no path by null.
  const placeOf = ({ host = 'localhost', port, path }: ConnectionOptions, standard: number) => {
    const at = { host: urlHost(host), port: Number(port ?? standard) }
    return !isThrough && !path && isOurs(at.host, at.port) ? at : undefined
  }
  const remember = (socket: Socket, origin: string): void => {
    taken.add(socket)
    socket.once('close', () => taken.delete(socket))
    socket.prependOnceListener('connect', () => {
      const { localPort = 0 } = socket
      origins.set(localPort, origin)
      socket.once('close', () => origins.delete(localPort))
    })
  }
  const undoPlain = patch(
    Socket.prototype,
    'connect',
    original =>
      function (this: Socket, ...args: unknown[]) {
        const asked = dialled(args)
        const at = asked === undefined ? undefined : placeOf(asked.options, 80)
        if (asked === undefined || at === undefined) return Reflect.apply(original, this, args)
        remember(this, `http://${at.host}:${at.port}`)
        const options = { ...withoutTarget(asked.options), host: '127.0.0.1', port: ports.http }
        return Reflect.apply(original, this, [options, asked.done])
      },
  )
  const undoSecure = patch(tls, 'connect', original => (...args: unknown[]) => {
    const asked = dialled(args)
    const at = asked === undefined ? undefined : placeOf(asked.options, 443)
    if (asked === undefined || at === undefined) return Reflect.apply(original, tls, args)
    asked.options.socket?.destroy()
    const ours = {
      host: '127.0.0.1',
      port: ports.https,
      pskCallback,
      ciphers: 'PSK',
      checkServerIdentity: () => undefined,
    }
    const socket: unknown = Reflect.apply(original, tls, [{ ...withoutTarget(asked.options), ...ours }, asked.done])
    if (socket instanceof Socket) remember(socket, `https://${at.host}:${at.port}`)
    return socket
  })
  const undoOlder = refuseOlder(
    options => placeOf(options, 443) !== undefined,
    socket => taken.has(socket),
  )
  syncBuiltinESMExports()
  return {
    originOf: ({ remotePort = 0 }) => origins.get(remotePort),
    letThrough(fn) {
      isThrough = true
      try {
        return fn()
      } finally {
        isThrough = false
      }
    },
    async close() {
      for (const undo of [undoOlder, undoSecure, undoPlain]) undo()
      syncBuiltinESMExports()
      // Clients must not find them in their pools: the server's end would be told them a turn later.
      for (const socket of taken) socket.destroy()
      for (const server of [plain, secure]) {
        server.closeAllConnections()
        await new Promise(resolve => server.close(resolve))
      }
    },
  }
}

/** As URLs spell it. */
function urlHost(host: string): string {
  const name = host.toLowerCase().replace(/\.$/, '')
  return name.includes(':') && !name.startsWith('[') ? `[${name}]` : name
}

function withoutTarget(options: ConnectionOptions): ConnectionOptions {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !OF_TARGET.test(name)))
}
