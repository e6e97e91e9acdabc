import { AsyncLocalStorage } from 'node:async_hooks'
import type { Duplex } from 'node:stream'
import { tally } from '../../counters'
import { nextTurn } from '../../turns'
import type { Budget } from '../budget'
import type { Undo } from '../shadow'
import { FrameReader } from './frames'
import { type Side, tapSocket } from './socket'

/** One message of a socket. `at` is when its last byte passed, on the monotonic clock. */
export interface SocketMessage {
  readonly side: Side
  readonly at: number
  readonly data: Buffer
  readonly isBinary: boolean
}

/** How a socket ended; 1006 where no close frame said it (RFC 6455, 7.1.5). */
export interface SocketEnd {
  readonly at: number
  readonly code: number
  readonly reason: string
  /** Who sent the first close frame. */
  readonly by: Side | undefined
  /** False where we stopped looking while it was open. */
  readonly isClosed: boolean
  readonly bytes: Readonly<Record<Side, number>>
  /** Some of it could not be read: no frames, too large, or out of memory's bound. */
  readonly truncated: boolean
}

export interface SocketEvents {
  message(message: SocketMessage): void
  ended(end: SocketEnd): void
}

interface Chunk {
  readonly side: Side
  readonly at: number
  readonly bytes: Buffer
}

/** A session outlives the call that opened it, whose context must not be kept for so long. */
const outside = AsyncLocalStorage.snapshot()

const NO_STATUS = 1005
const ABNORMAL = 1006
/** The app has its turn after so long. */
const SLICE_MS = 4

/**
 * Follows a WebSocket after its handshake. On the app's stack chunks are only copied; frames are read in later turns of
 * the event loop, both sides in the order in which they passed.
 */
export class FollowedSocket {
  readonly #queue: Chunk[] = []
  readonly #readers: Record<Side, FrameReader>
  readonly #bytes: Record<Side, number> = { client: 0, server: 0 }
  readonly #untap: Undo
  #running: Promise<void> | undefined
  #reading: Chunk | undefined
  #close: { code: number; reason: string; by: Side } | undefined
  #closedAt: number | undefined
  #isClosed = false
  #told = false
  #lost = false
  lastActivityAt = performance.now()

  constructor(
    socket: Duplex,
    extensions: string | undefined,
    private readonly budget: Budget,
    private readonly events: SocketEvents,
  ) {
    this.#readers = { client: this.#reader('client', extensions), server: this.#reader('server', extensions) }
    this.#untap = tapSocket(socket, {
      bytes: (side, chunk) => this.#passed(side, chunk),
      closed: () => this.#end(true),
    })
  }

  /** Looks no longer. Safe to call twice. */
  leave(): void {
    this.#end(false)
  }

  #end(isClosed: boolean): void {
    if (this.#closedAt !== undefined) return
    this.#closedAt = performance.now()
    this.#isClosed = isClosed
    this.#untap()
    this.#wake()
  }

  /** Resolves when all that has passed so far is read. */
  async done(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }

  #passed(side: Side, chunk: Uint8Array): void {
    this.lastActivityAt = performance.now()
    this.#bytes[side] += chunk.length
    if (this.#lost) return
    if (!this.budget.take(chunk.length)) {
      // What follows a gap cannot be read: frames have no marks to find their beginning by.
      this.#lost = true
      tally('websocket.out_of_budget')
      return
    }
    this.#queue.push({ side, at: this.lastActivityAt, bytes: Buffer.from(chunk) })
    this.#wake()
  }

  #reader(side: Side, extensions: string | undefined): FrameReader {
    return new FrameReader(side, extensions, {
      message: (data, isBinary) => {
        const at = this.#reading?.at ?? this.lastActivityAt
        this.events.message({ side, at, data, isBinary })
      },
      closing: (code, reason) => {
        this.#close ??= { code: code === NO_STATUS ? 1000 : code, reason, by: side }
      },
    })
  }

  #wake(): void {
    this.#running ??= outside(() => this.#run()).finally(() => {
      this.#running = undefined
      if (this.#queue.length > 0 || (this.#closedAt !== undefined && !this.#told)) this.#wake()
    })
  }

  async #run(): Promise<void> {
    await nextTurn()
    let sliceEnds = performance.now() + SLICE_MS
    for (let chunk = this.#queue.shift(); chunk !== undefined; chunk = this.#queue.shift()) {
      this.#reading = chunk
      await this.#readers[chunk.side].add(chunk.bytes)
      this.budget.give(chunk.bytes.length)
      if (performance.now() >= sliceEnds) {
        await nextTurn()
        sliceEnds = performance.now() + SLICE_MS
      }
    }
    this.#reading = undefined
    if (this.#closedAt !== undefined) this.#tellEnd(this.#closedAt)
  }

  #tellEnd(at: number): void {
    if (this.#told) return
    this.#told = true
    const truncated = this.#lost || this.#readers.client.failed || this.#readers.server.failed
    for (const reader of Object.values(this.#readers)) reader.destroy()
    const { code, reason, by } = this.#close ?? { code: ABNORMAL, reason: '', by: undefined }
    this.events.ended({ at, code, reason, by, bytes: { ...this.#bytes }, isClosed: this.#isClosed, truncated })
  }
}
