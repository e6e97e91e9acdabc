import { once } from 'node:events'
import * as nodeHttp from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { Budget } from '../lib/transport/budget'
import { Exchange } from '../lib/transport/exchange'
import { http } from '../lib/transport/http'
import { IdleWatch } from '../lib/transport/idle'
import { undici } from '../lib/transport/undici'

/** Everything seen of one origin's exchanges, and how often each ended. */
export class Observer {
  readonly seen: Exchange[] = []
  readonly ends = new Map<Exchange, number>()
  readonly watch: IdleWatch
  readonly #undo: (() => void)[]
  readonly #waiting = new Set<() => void>()

  constructor(origin: string, { idleMs = 60_000, bodyBytes = 1 << 20, totalBytes = 1 << 26 } = {}) {
    this.watch = new IdleWatch(idleMs)
    const budget = new Budget(totalBytes)
    const open = (opening: ConstructorParameters<typeof Exchange>[0]): Exchange | undefined => {
      if (opening.origin !== origin) return undefined
      const exchange = new Exchange(opening, bodyBytes, budget, () => {
        this.watch.delete(exchange)
        this.ends.set(exchange, (this.ends.get(exchange) ?? 0) + 1)
        for (const wake of this.#waiting) wake()
      })
      this.watch.add(exchange)
      this.seen.push(exchange)
      return exchange
    }
    this.#undo = [undici(open, () => true), http(open, () => true)]
  }

  /** The first `count` exchanges, once all of them have ended. */
  async ended(count = 1): Promise<Exchange[]> {
    while (this.ends.size < count) await new Promise<void>(resolve => this.#waiting.add(resolve))
    return this.seen
  }

  stop(): void {
    for (const undo of this.#undo) undo()
  }
}

export type Handler = (request: nodeHttp.IncomingMessage, response: nodeHttp.ServerResponse) => void

export async function serve(
  handler: Handler,
): Promise<{ origin: string; sockets: Set<Socket>; close(): Promise<void> }> {
  const server = nodeHttp.createServer(handler).listen(0, '127.0.0.1')
  const sockets = new Set<Socket>()
  server.on('connection', socket => sockets.add(socket))
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sockets,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
