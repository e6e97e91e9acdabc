import { tally } from '../../counters'
import { guarded } from '../../guard'
import type { Budget } from '../../transport/budget'
import type { Exchange } from '../../transport/exchange'
import { FollowedSocket } from '../../transport/websocket/follow'
import type { CallStart } from '../call'
import { readHeaders } from '../read/headers'
import { httpOf, type ReadCall, type Recognised } from '../read/read'
import { type SocketFacts, sessionRecord, transcriptionRecord, turnRecord } from './records'
import { Session } from './session'

/** Where the records of a socket go. The session's own was begun with its handshake; its parts are its children. */
export interface SocketRecords {
  session(record: ReadCall): void
  part(record: ReadCall, session: CallStart): void
}

/** The sockets that are open, and what becomes of their messages. */
export class Sockets {
  readonly #open = new Set<FollowedSocket>()

  constructor(private readonly budget: Budget) {}

  /** False where the socket cannot be followed: then its handshake is all that is known of it. */
  follow(exchange: Exchange, recognised: Recognised, records: SocketRecords): boolean {
    const { socket } = exchange
    if (socket === undefined) return false
    try {
      const facts = socketFacts(exchange, recognised)
      const session = new Session({
        turn: (turn, end, at) => records.part(turnRecord(facts, session, turn, end, at), facts.start),
        transcription: heard => records.part(transcriptionRecord(facts, heard), facts.start),
      })
      const extensions = exchange.responseHeaders().get('sec-websocket-extensions')
      const followed = new FollowedSocket(socket, extensions, this.budget, {
        message: guarded('websocket.message', message => session.message(message)),
        ended: guarded('websocket.ended', end => {
          this.#open.delete(followed)
          session.closed(end)
          records.session(sessionRecord(facts, session, end))
        }),
      })
      this.#open.add(followed)
      return true
    } catch {
      tally('websocket.not_followed')
      return false
    }
  }

  get size(): number {
    return this.#open.size
  }

  /** Ends all that is open: the process ends, or we are asked to stop. */
  leaveAll(): void {
    for (const socket of this.#open) socket.leave()
  }

  /** Resolves when all that has passed is read. */
  async done(): Promise<void> {
    await Promise.all([...this.#open].map(socket => socket.done()))
  }
}

function socketFacts(exchange: Exchange, { start, path, pathModel, query }: Recognised): SocketFacts {
  const target = { origin: exchange.origin, query }
  return {
    start,
    openedAt: exchange.startedAt,
    http: httpOf(start.api.base, exchange, path),
    headers: readHeaders(exchange.requestHeaders(), exchange.responseHeaders(), start.startedAt, target),
    pathModel,
  }
}
