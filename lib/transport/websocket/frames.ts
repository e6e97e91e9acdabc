import type { Writable } from 'node:stream'

/** What is used of `ws`, whose receiver is the maintained parser of frames (RFC 6455, RFC 7692). */
interface Ws {
  readonly Receiver: new (options: object) => Writable
  readonly PerMessageDeflate: new (options: object) => { accept(offers: readonly object[]): void }
  readonly extension: { parse(header: string): Record<string, readonly object[] | undefined> }
}

/** Loaded at the first socket to a host of ours: 5 ms. */
const loadWs = (): Ws => require('ws')

/** One message, put together from its frames and inflated. Binary ones are the app's own: only their size is told. */
export interface FrameEvents {
  message(data: Buffer, isBinary: boolean): void
  /** The close frame. */
  closing(code: number, reason: string): void
}

/** The API takes messages of 15 MiB at most; one that is larger ends the reading of its side. */
const MOST_MESSAGE = 16 * 1_048_576

/** Reads the frames of one side of a WebSocket from copies of its bytes. */
export class FrameReader {
  readonly #receiver: Writable
  #failed = false

  /** `extensions`: the header of the 101 answer, which says what was agreed on for both sides. */
  constructor(side: 'client' | 'server', extensions: string | undefined, events: FrameEvents) {
    const ws = loadWs()
    // Named after who receives: what the client sent is masked and read as a server reads it.
    const isServer = side === 'client'
    this.#receiver = new ws.Receiver({
      isServer,
      maxPayload: MOST_MESSAGE,
      extensions: agreed(ws, extensions, isServer),
    })
    this.#receiver.on('message', (data: Buffer, isBinary: boolean) => events.message(data, isBinary))
    this.#receiver.on('conclude', (code: number, reason: Buffer) => events.closing(code, reason.toString()))
    this.#receiver.on('error', () => {
      this.#failed = true
    })
  }

  /** The bytes were not frames, or a message was too large: the rest of this side is not read. */
  get failed(): boolean {
    return this.#failed
  }

  /** Resolves when every message that the bytes complete has been told. */
  add(bytes: Buffer): Promise<void> {
    if (this.#failed) return Promise.resolve()
    return new Promise(resolve => this.#receiver.write(bytes, () => resolve()))
  }

  destroy(): void {
    this.#receiver.destroy()
  }
}

function agreed(ws: Ws, header: string | undefined, isServer: boolean): object {
  const offers = header === undefined ? undefined : ws.extension.parse(header)['permessage-deflate']
  if (offers === undefined) return {}
  const deflate = new ws.PerMessageDeflate({ isServer, maxPayload: MOST_MESSAGE })
  deflate.accept(offers)
  return { 'permessage-deflate': deflate }
}
