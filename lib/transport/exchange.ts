import type { Duplex } from 'node:stream'
import { Body } from './body'
import type { Budget } from './budget'
import type { Whose } from './callers'
import type { Headers } from './headers'
import { isTimersAbort, type Outcome } from './outcome'
import { isRedirect } from './redirect'
import type { Undo } from './shadow'

type State = { is: 'open' } | { is: 'ended'; outcome: Outcome; error: unknown; at: number }

/** What a transport knows of a request when it is made. */
export interface Opening {
  readonly method: string
  /** Scheme, host and port as the client named them. */
  readonly origin: string
  /** With the query. */
  readonly path: string
  /** It asks for a WebSocket, which may live much longer than what asked for it. */
  readonly asksForSocket?: boolean
  /** Whose context the current one is, where it may be another's. */
  readonly whose?: Whose
  /** Of the Unix socket that it goes over, where the client tells. */
  readonly socketPath?: string
}

/** A request through a plain proxy names the whole URL where others name the path; so does undici 8's ProxyAgent. */
export function absoluteForm(url: string): { origin: string; path: string } {
  const slash = url.indexOf('/', url.indexOf('://') + 3)
  return slash < 0 ? { origin: url, path: '/' } : { origin: url.slice(0, slash), path: url.slice(slash) }
}

const NO_HEADERS: Headers = new Map()
const OPEN: State = { is: 'open' }

/**
 * One HTTP request and its response as seen on the wire. Knows nothing of OpenAI. All times are milliseconds of the
 * monotonic clock, so that a clock that is set back gives no negative duration.
 */
export class Exchange {
  readonly method: string
  readonly origin: string
  readonly path: string
  readonly startedAt = performance.now()
  readonly #idleAtStart = performance.nodeTiming.idleTime
  readonly requestBody: Body
  readonly responseBody: Body
  requestSentAt: number | undefined
  headAt: number | undefined
  /** Of the time until the head, so long the event loop did not wait: the head may have come as much earlier. */
  busyUntilHead = 0
  status: number | undefined
  /** What the connection became, where the answer was a 101. */
  socket: Duplex | undefined
  /** Read late, by whoever needs them: the app may still add some after the start. */
  requestHeaders: () => Headers = () => NO_HEADERS
  responseHeaders: () => Headers = () => NO_HEADERS
  /** Told when the head says where to ask instead. */
  redirected: (() => void) | undefined
  /** Takes the transport's taps off: when it has ended, nothing of ours stays on the app's objects. Safe to call twice. */
  untap: Undo = () => {}
  lastActivityAt = this.startedAt
  /** Before the head, the abort was called straight from a timer, as a timeout written by hand does it. */
  abortedByTimer = false

  #state: State = OPEN
  readonly #ended: (exchange: Exchange) => void

  constructor({ method, origin, path }: Opening, limit: number, budget: Budget, ended: (exchange: Exchange) => void) {
    this.method = method
    this.origin = origin
    this.path = path
    this.requestBody = new Body(limit, budget)
    this.responseBody = new Body(limit, budget)
    this.#ended = ended
  }

  get state(): State {
    return this.#state
  }

  sent(chunk: unknown, encoding?: BufferEncoding): void {
    this.requestBody.add(chunk, this.#now(), encoding)
  }

  requestSent(): void {
    this.requestSentAt = this.#now()
  }

  /** A 103 comes before the real head, so the last one holds. */
  head(status: number, headers: () => Headers): void {
    this.headAt = this.#now()
    const idle = performance.nodeTiming.idleTime - this.#idleAtStart
    this.busyUntilHead = Math.max(0, this.headAt - this.startedAt - idle)
    this.status = status
    this.responseHeaders = headers
    if (!isRedirect(status)) return
    // Nobody wants its body: some clients leave it, and some keep it for as long as the connection lives.
    this.redirected?.()
    this.end('complete')
  }

  received(chunk: unknown, encoding?: BufferEncoding): void {
    this.responseBody.add(chunk, this.#now(), encoding)
  }

  /** The answer was a 101: from here on the connection is a socket of its own, and the exchange has ended. */
  switched(status: number, headers: () => Headers, socket: Duplex): void {
    this.head(status, headers)
    this.socket = socket
    this.end('complete')
  }

  /** Ends it once; later calls do nothing. */
  end(outcome: Outcome, error?: unknown): void {
    if (this.#state.is === 'ended') return
    // A silence that nobody waited out is no part of the call; one before the head is all there was of it.
    const at = outcome === 'abandoned' && this.status !== undefined ? this.lastActivityAt : this.#now()
    this.#state = { is: 'ended', outcome, error, at }
    // Now or never: when `fetch` rejects, it overwrites the error's stack.
    this.abortedByTimer = outcome === 'aborted' && this.status === undefined && isTimersAbort(error)
    this.#ended(this)
    this.untap()
  }

  get heldBytes(): number {
    return this.requestBody.heldBytes + this.responseBody.heldBytes
  }

  /** Gives the bodies' memory back. */
  release(): void {
    this.requestBody.release()
    this.responseBody.release()
  }

  #now(): number {
    const now = performance.now()
    this.lastActivityAt = now
    return now
  }
}
