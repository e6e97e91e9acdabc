import { createServer } from 'node:http'
import { listen } from '../local/listen'
import { type Received, receive } from '../local/openai/received'
import { failureReply, reply } from '../local/openai/reply'
import { loadTapes, type Tape } from '../local/tapes/tape'
import { addPlayedHost } from './observed-hosts'
import { requestOf } from './request-of'
import type { TapeRequest } from './tape-difference'
import { TapeShelf } from './tape-shelf'

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
 * Answers OpenAI calls of any client from tapes: a folder of them (with those in it), or a list. It listens on loopback at a
 * free port; `observe` recognises it without being told.
 *
 * A tape answers its very request: the same method, path, query and body; headers, credentials and what a gateway puts
 * before `/v1` are not compared. Where a request was recorded several times, the answers come one after the other, the
 * last one again and again. Streams come as they were recorded, without pauses.
 *
 * Any other request is answered with 404, which SDKs do not retry; the error's message names the nearest tape and what is
 * not the same. Rejects with an Error that names a tape that cannot be read.
 */
export async function play(tapes: string | readonly Tape[]): Promise<Player> {
  const shelf = new TapeShelf(typeof tapes === 'string' ? loadTapes(tapes) : tapes)
  const calls: PlayedCall[] = []
  const missing: string[] = []
  const answerOf = (received: Received): Parameters<typeof reply>[2] => {
    const request = requestOf(received)
    const tape = shelf.take(request)
    calls.push({ request, ...(tape === undefined ? {} : { tape: tape.name }) })
    if (tape !== undefined) return [tape]
    missing.push(shelf.missing(request))
    return []
  }
  const server = createServer((request, response) => {
    const received = receive(request, response)
    response.on('error', () => {})
    received.complete
      .then(async () => {
        const [tape] = answerOf(received)
        if (tape !== undefined) await reply(response, received, [tape], { tape: tape.name })
        else {
          const { status, headers, pieces } = failureReply(404, missing.at(-1) ?? '', 'unrecorded_request')
          response.writeHead(status, headers).end(Buffer.concat(pieces))
        }
      })
      .catch(() => response.destroy())
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
