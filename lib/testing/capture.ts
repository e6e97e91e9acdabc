import type { RequestListener } from 'node:http'
import { syncBuiltinESMExports } from 'node:module'
import { Socket } from 'node:net'
import tls, { type ConnectionOptions } from 'node:tls'
import type { CapturedHosts } from './captured-hosts'
import { dialled } from './connect-arguments'
import { type LoopbackServers, openLoopbackServers } from './loopback-servers'
import { refuseOlder } from './older-connections'
import { patch } from './patch'
import { TakenSockets } from './taken-sockets'

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

/** The place that a connection was to, if it is to be taken over; undefined for all others. */
type PlaceOf = (
  options: ConnectionOptions,
  standardPort: number,
) => { readonly host: string; readonly port: number } | undefined

/**
 * Takes over the connections of this process to some hosts, whatever client makes them: they all end up in `tls.connect`
 * and `socket.connect`. Those come to a server of ours on loopback; all others are handed on untouched.
 */
export async function capture({ isOurs }: CapturedHosts, handle: RequestListener): Promise<Capture> {
  const servers = await openLoopbackServers(handle)
  const taken = new TakenSockets()
  let isThrough = false
  // An agent of node:http says that there is no path by null.
  const placeOf: PlaceOf = ({ host = 'localhost', port, path }, standardPort) => {
    const at = { host: urlHost(host), port: Number(port ?? standardPort) }
    return !isThrough && !path && isOurs(at.host, at.port) ? at : undefined
  }
  const undoPlain = takePlain(placeOf, servers, taken)
  const undoSecure = takeSecure(placeOf, servers, taken)
  const undoOlder = refuseOlder(
    options => placeOf(options, 443) !== undefined,
    socket => taken.has(socket),
  )
  syncBuiltinESMExports()
  return {
    originOf: socket => taken.originOf(socket),
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
      taken.destroy()
      await servers.close()
    },
  }
}

function takePlain(placeOf: PlaceOf, { plain }: LoopbackServers, taken: TakenSockets): () => void {
  return patch(
    Socket.prototype,
    'connect',
    original =>
      function (this: Socket, ...args: unknown[]) {
        const asked = dialled(args)
        const at = asked === undefined ? undefined : placeOf(asked.options, 80)
        if (asked === undefined || at === undefined) return Reflect.apply(original, this, args)
        taken.add(this, `http://${at.host}:${at.port}`)
        return Reflect.apply(original, this, [{ ...withoutTarget(asked.options), ...plain }, asked.done])
      },
  )
}

function takeSecure(placeOf: PlaceOf, { secure }: LoopbackServers, taken: TakenSockets): () => void {
  return patch(tls, 'connect', original => (...args: unknown[]) => {
    const asked = dialled(args)
    const at = asked === undefined ? undefined : placeOf(asked.options, 443)
    if (asked === undefined || at === undefined) return Reflect.apply(original, tls, args)
    asked.options.socket?.destroy()
    const socket: unknown = Reflect.apply(original, tls, [{ ...withoutTarget(asked.options), ...secure }, asked.done])
    if (socket instanceof Socket) taken.add(socket, `https://${at.host}:${at.port}`)
    return socket
  })
}

/** As URLs spell it. */
function urlHost(host: string): string {
  const name = host.toLowerCase().replace(/\.$/, '')
  return name.includes(':') && !name.startsWith('[') ? `[${name}]` : name
}

function withoutTarget(options: ConnectionOptions): ConnectionOptions {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !OF_TARGET.test(name)))
}
