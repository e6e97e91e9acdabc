import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listen } from '../local/listen'
import type { Tape } from '../local/tapes/tape-types'
import { whole } from './forward'
import { addPlayedHost } from './observed-hosts'
import { playTape, refuse } from './play-tape'
import { readTapes } from './read-tapes'
import { requestOf } from './request-of'
import type { TapeRequest } from './tape-difference'
import { TapeShelf } from './tape-shelf'

export interface PlayOptions {
  /**
   * 1: streams come in the time that they took when they were recorded; 2: twice as fast. Without it, and where the tape does
   * not tell the times, without pauses.
   */
  readonly speed?: number
}

/** A request that the player had. */
export interface PlayedCall {
  /** Without credentials. JSON is in `body`, a form in `form`. */
  readonly request: TapeRequest
  /** Name of the tape that answered; absent where there was none. */
  readonly tape?: string
}

export interface Player {
  /** `http://127.0.0.1:port` */
  readonly origin: string
  /** For the client: `new OpenAI({ baseURL: player.baseURL })`, or as `OPENAI_BASE_URL`. */
  readonly baseURL: string
  /** Every request so far, in the order in which they came. */
  readonly calls: readonly PlayedCall[]
  /**
   * Stops listening. Rejects with an Error if there was a request that no tape answers, with what the client was told: an
   * app may have got over it.
   */
  close(): Promise<void>
}

/**
 * Answers OpenAI calls of any client from tapes: a folder of them (with those in it), one file, or a list. It listens on
 * loopback at a free port; `observe` recognises it without being told.
 *
 * A tape answers its very request: the same method, path, query and body; headers, credentials and what a gateway puts
 * before `/v1` are not compared. Where a request was recorded several times, the answers come one after the other, the
 * last one again and again. Streams come event by event.
 *
 * Any other request is answered with 404, which SDKs do not retry; the error's message names the nearest tape and what is
 * not the same. Rejects with an Error that names what cannot be read, is no tape, or is one of a newer version; and where a
 * folder has no tapes.
 */
export async function play(tapes: string | readonly Tape[], { speed }: PlayOptions = {}): Promise<Player> {
  if (speed !== undefined && !(speed > 0)) throw new Error(`play(): speed is ${speed}; write 1 for the recorded times`)
  const shelf = new TapeShelf(readTapes(tapes))
  const calls: PlayedCall[] = []
  const missing: string[] = []
  const answer = async (asked: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await whole(asked)
    const request = requestOf({ method: asked.method ?? 'GET', url: asked.url ?? '/', headers: asked.headers, body })
    const tape = shelf.take(request)
    calls.push({ request, ...(tape === undefined ? {} : { tape: tape.name }) })
    if (tape !== undefined) return playTape(response, tape, speed)
    const message = shelf.missing(request)
    missing.push(message)
    refuse(response, message)
  }
  const server = createServer((request, response) => {
    response.on('error', () => {})
    answer(request, response).catch(() => response.destroy())
  })
  const port = await listen(server, 0)
  const forget = addPlayedHost(`127.0.0.1:${port}`)
  const origin = `http://127.0.0.1:${port}`
  return {
    origin,
    baseURL: `${origin}/v1`,
    calls,
    async close() {
      forget()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
      const [first] = missing.splice(0)
      if (first !== undefined) throw new Error(first)
    },
  }
}
