import type { Socket } from 'node:net'

/** Connections that were taken over, and where each was going to. */
export class TakenSockets {
  readonly #sockets = new Set<Socket>()
  /** By the local port, which is the remote one at the server. */
  readonly #origins = new Map<number, string>()

  add(socket: Socket, origin: string): void {
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    socket.prependOnceListener('connect', () => {
      const { localPort = 0 } = socket
      this.#origins.set(localPort, origin)
      socket.once('close', () => this.#origins.delete(localPort))
    })
  }

  has(socket: Socket): boolean {
    return this.#sockets.has(socket)
  }

  /** Of a connection as its server sees it. */
  originOf({ remotePort = 0 }: Socket): string | undefined {
    return this.#origins.get(remotePort)
  }

  destroy(): void {
    for (const socket of this.#sockets) socket.destroy()
  }
}
