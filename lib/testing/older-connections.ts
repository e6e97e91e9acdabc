import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Agent } from 'node:http'
import type { Socket } from 'node:net'
import { isObject } from '../openai/json'
import { patch } from './patch'

type Address = { readonly host: string; readonly port?: number }

/** Every socket that an undici has connected since this module was loaded, as long as something else holds it. */
const connected = new Map<WeakRef<Socket>, Address>()

subscribe('undici:client:connected', message => {
  if (!isObject(message) || !isObject(message.connectParams)) return
  const { hostname, port, protocol } = message.connectParams
  const { socket } = message
  if (typeof hostname !== 'string' || !isSocket(socket)) return
  for (const known of connected.keys()) if (known.deref()?.destroyed !== false) connected.delete(known)
  connected.set(new WeakRef(socket), { host: hostname, port: Number(port) || (protocol === 'http:' ? 80 : 443) })
})

/**
 * Connections that were open before are not used for calls any more: undici's are closed now, those of node:http before the
 * next request would take them. Gives the undo.
 */
export function refuseOlder(isOurs: (address: Address) => boolean, isTaken: (socket: Socket) => boolean): () => void {
  for (const [known, address] of connected) {
    const socket = known.deref()
    if (socket !== undefined && isOurs(address) && !isTaken(socket)) socket.destroy()
  }
  const undoAgent = patch(
    Agent.prototype,
    'addRequest',
    original =>
      function (this: Agent, ...args: unknown[]) {
        const free = isObject(args[1]) ? (this.freeSockets[this.getName(args[1])] ?? []) : []
        for (const socket of free) if (isOlder(args[1], socket)) socket.destroy()
        return Reflect.apply(original, this, args)
      },
  )
  const isOlder = (options: unknown, socket: Socket): boolean => {
    if (!isObject(options) || typeof options.host !== 'string') return false
    const port = Number(options.port ?? options.defaultPort)
    return isOurs({ host: options.host, ...(port > 0 ? { port } : {}) }) && !isTaken(socket)
  }
  const onHeaders = (message: unknown): void => {
    if (!isObject(message) || !isObject(message.request) || !isSocket(message.socket)) return
    const { hostname, port, protocol } = new URL(String(message.request.origin))
    if (!isOurs({ host: hostname, port: Number(port) || (protocol === 'http:' ? 80 : 443) })) return
    if (!isTaken(message.socket))
      message.socket.destroy(new Error('this connection was open before play() or record()'))
  }
  subscribe('undici:client:sendHeaders', onHeaders)
  return () => {
    undoAgent()
    unsubscribe('undici:client:sendHeaders', onHeaders)
  }
}

function isSocket(value: unknown): value is Socket {
  return isObject(value) && typeof value.destroy === 'function'
}
