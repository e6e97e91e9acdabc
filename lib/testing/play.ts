import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Tape } from '../local/tapes/tape-types'
import { type Capture, capture } from './capture'
import { capturedHosts } from './captured-hosts'
import { forward, whole } from './forward'
import { openOwnServer } from './own-server'
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
  /**
   * Hosts whose calls are answered, beside OpenAI's own and those of the environment (`OPENAI_BASE_URL`,
   * `AZURE_OPENAI_ENDPOINT`, `INTERCEPTOR_HOSTS`, as they are when `play` is called): origin, `host:port` or host. One
   * without a port means the ports 80 and 443.
   */
  readonly hosts?: readonly string[]
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
  /** For other processes, as `OPENAI_BASE_URL`; this one's clients need not be told. */
  readonly baseURL: string
  /** Every request so far, in the order in which they came. */
  readonly calls: readonly PlayedCall[]
  /**
   * Lets calls go where they went before. Rejects with an Error if there was a request that no tape answers, with what the client was told: an
   * app may have got over it.
   */
  close(): Promise<void>
}

/**
 * Answers OpenAI calls of any client from tapes: a folder of them (with those in it), one file, or a list. Until
 * `close`, no call of this process to OpenAI's hosts, or to those of the environment, leaves it: its connections are taken
 * over, whatever client makes them, and `observe` sees the calls as ever. All other traffic is as it was. Connections to these
 * hosts that are open are closed. Other processes and workers take `baseURL`.
 *
 * A tape answers its very request: the same method, path, query and body; headers, credentials and what a gateway puts
 * before `/v1` are not compared. Where a request was recorded several times, the answers come one after the other, the
 * last one again and again. Streams come event by event.
 *
 * Any other request is answered with 404, which SDKs do not retry; the error's message names the nearest tape and what is
 * not the same. Rejects with an Error that names what cannot be read, is no tape, or is one of a newer version; and where a
 * folder has no tapes.
 */
export async function play(tapes: string | readonly Tape[], options: PlayOptions = {}): Promise<Player> {
  const { speed, hosts = [] } = options
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
  const listener: RequestListener = (request, response) => {
    response.on('error', () => {})
    answer(request, response).catch(() => response.destroy())
  }
  const captured = capturedHosts(hosts)
  const taken: Capture = await capture(captured, (request, response) => {
    const origin = taken.originOf(request.socket)
    const isCall = origin === undefined || captured.find(origin, request.url ?? '/') !== undefined
    // Hosts of more than OpenAI calls: what is none goes where it went.
    if (isCall) listener(request, response)
    else forward(origin, request, response, { letThrough: taken.letThrough, isKept: false }).catch(() => {})
  })
  const server = await openOwnServer(listener)
  return {
    origin: server.origin,
    baseURL: `${server.origin}/v1`,
    calls,
    async close() {
      await taken.close()
      await server.close()
      const [first] = missing.splice(0)
      if (first !== undefined) throw new Error(first)
    },
  }
}
