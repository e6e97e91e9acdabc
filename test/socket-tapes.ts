import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { type WebSocket as Socket, WebSocketServer } from 'ws'
import { listen } from '../lib/local/listen'
import { TAPES } from '../lib/local/tapes/tape'
import type { JsonObject } from '../lib/openai/json'

/** A session on a socket: what each side sent, in order. */
export interface SocketTape {
  readonly source: string
  readonly url: string
  readonly close: { by: 'client' | 'server'; code: number }
  readonly frames: readonly { client?: JsonObject; server?: JsonObject }[]
}

/** What a client needs to be able to: every WebSocket of the world can. */
export interface SocketClient {
  send(text: string): void
  close(code: number): void
  onMessage(take: (text: string) => void): void
  opened: Promise<unknown>
  closed: Promise<unknown>
}

export function socketTape(name: string): SocketTape {
  return JSON.parse(readFileSync(join(TAPES, 'sockets', `${name}.json`), 'utf8'))
}

export interface SocketServer {
  readonly origin: string
  /** The tape that the next session is played from. */
  play(tape: SocketTape): void
  /** Closes every socket without a close frame. */
  cut(): void
  close(): Promise<void>
}

/** Plays the server's side of tapes. With `deflate`, permessage-deflate is agreed to where the client offers it. */
export async function startSocketServer(deflate = true): Promise<SocketServer> {
  let tape: SocketTape | undefined
  const http = createServer((_, response) => response.writeHead(401).end('{"error":{"message":"no"}}'))
  const server = new WebSocketServer({ server: http, perMessageDeflate: deflate && { threshold: 0 } })
  server.on('connection', socket => {
    if (tape !== undefined) playServer(socket, tape)
  })
  const port = await listen(http, 0)
  const cut = (): void => {
    for (const socket of server.clients) socket.terminate()
  }
  return {
    origin: `127.0.0.1:${port}`,
    play(next) {
      tape = next
    },
    cut,
    async close() {
      cut()
      server.close()
      http.close()
      await once(http, 'close')
    },
  }
}

function playServer(socket: Socket, { frames, close }: SocketTape): void {
  let at = 0
  const go = (): void => {
    for (; at < frames.length && frames[at]?.server !== undefined; at += 1)
      socket.send(JSON.stringify(frames[at]?.server))
    if (at === frames.length && close.by === 'server') socket.close(close.code)
  }
  socket.on('message', () => {
    at += 1
    go()
  })
  go()
}

/** Plays the client's side, each frame when all before it has arrived. Resolves when the socket is closed. */
export async function playClient(client: SocketClient, { frames, close }: SocketTape): Promise<string[]> {
  const received: string[] = []
  await client.opened
  let at = 0
  const go = (): void => {
    for (; at < frames.length && frames[at]?.client !== undefined; at += 1)
      client.send(JSON.stringify(frames[at]?.client))
    if (at === frames.length && close.by === 'client') client.close(close.code)
  }
  client.onMessage(text => {
    received.push(text)
    at += 1
    go()
  })
  go()
  await client.closed
  return received
}
