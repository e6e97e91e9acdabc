import { AsyncLocalStorage } from 'node:async_hooks'
import { connect, type Socket } from 'node:net'
import type { LiveTarget } from './target'

/** Lines are posted in batches of about so many bytes, one after the other. */
const BATCH_BYTES = 256 * 1024
/** Lines that wait for the receiver: what is beyond is dropped, and how many they were is told. */
const MOST_PENDING_BYTES = 16 * 1_048_576
const MOST_PENDING_LINES = 50_000

const outsideAll = AsyncLocalStorage.snapshot()

/**
 * - `idle`: nothing has been posted yet.
 * - `connected`: the receiver is there.
 * - `unreachable`: it could not be reached. Lines are kept for the last moment.
 * - `gone`: it was there and is no more. There is nobody to keep them for.
 */
type Connection = 'idle' | 'connecting' | 'connected' | 'unreachable' | 'gone'

/**
 * Posts lines to the receiver over one connection that never keeps the process alive. It speaks its few words of HTTP itself:
 * a request by `node:http` or undici would be published to everybody who watches the app's requests, us among them, and
 * shown by `NODE_DEBUG`.
 */
export class Post {
  #connection: Connection = 'idle'
  #socket: Socket | undefined
  #waiting: string[] = []
  #bytes = 0
  #sent: readonly string[] = []
  #answer = ''
  #scheduled = false
  #idle: (() => void)[] = []

  constructor(
    private readonly target: LiveTarget,
    /** Runs what must not be observed by the tracer. */
    private readonly unobserved: <T>(fn: () => T) => T,
  ) {}

  /** False where there is no room. */
  add(line: string): boolean {
    if (this.#connection === 'gone') return false
    if (this.#bytes + line.length > MOST_PENDING_BYTES || this.#waiting.length >= MOST_PENDING_LINES) return false
    this.#waiting.push(line)
    this.#bytes += line.length
    this.#schedule()
    return true
  }

  /** Resolves when everything has been taken, or nobody is there to take it. */
  async flush(): Promise<void> {
    this.#next()
    if (this.#isDone()) return
    await new Promise<void>(resolve => this.#idle.push(resolve))
  }

  close(): void {
    this.#connection = 'gone'
    this.#socket?.destroy()
    this.#settle()
  }

  /** What has not been answered for: the receiver knows what it has already. */
  left(): readonly string[] {
    return this.#connection === 'gone' ? [] : [...this.#sent, ...this.#waiting]
  }

  #isDone(): boolean {
    if (this.#connection === 'gone' || this.#connection === 'unreachable') return true
    return this.#sent.length === 0 && this.#waiting.length === 0
  }

  /** Not on the app's stack, and the lines of one turn go together. */
  #schedule(): void {
    if (this.#scheduled || this.#sent.length > 0) return
    this.#scheduled = true
    outsideAll(() => setImmediate(() => this.#next()).unref())
  }

  #next(): void {
    this.#scheduled = false
    if (this.#waiting.length === 0 || this.#sent.length > 0) return
    if (this.#connection === 'idle') this.#connect()
    else if (this.#connection === 'connected') this.#send()
  }

  #connect(): void {
    this.#connection = 'connecting'
    this.unobserved(() =>
      outsideAll(() => {
        const socket = connect({ host: '127.0.0.1', port: this.target.port })
        this.#socket = socket.unref()
        socket.on('connect', () => {
          this.#connection = 'connected'
          this.#next()
        })
        socket.on('data', (bytes: Buffer) => this.#answered(bytes))
        // Whatever went wrong, `close` follows.
        socket.on('error', () => {})
        socket.on('close', () => this.#closed())
      }),
    )
  }

  #send(): void {
    let bytes = 0
    const end = this.#waiting.findIndex(line => {
      bytes += line.length
      return bytes > BATCH_BYTES
    })
    this.#sent = this.#waiting.splice(0, end < 0 ? this.#waiting.length : end + 1)
    const body = `${this.#sent.join('\n')}\n`
    this.#bytes -= this.#sent.reduce((total, line) => total + line.length, 0)
    const head = [
      'POST /events HTTP/1.1',
      `Host: 127.0.0.1:${this.target.port}`,
      `Authorization: Bearer ${this.target.token}`,
      'Content-Type: application/x-ndjson',
      `Content-Length: ${Buffer.byteLength(body)}`,
    ]
    this.#socket?.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  }

  /** All that the receiver ever answers with to what it takes is a 204, which has no body. */
  #answered(bytes: Buffer): void {
    this.#answer += bytes.toString('latin1')
    if (!this.#answer.includes('\r\n\r\n')) return
    const isTaken = this.#answer.startsWith('HTTP/1.1 204 ')
    this.#answer = ''
    this.#sent = []
    if (isTaken) {
      this.#next()
      if (this.#isDone()) this.#settle()
    } else this.close()
  }

  #closed(): void {
    if (this.#connection === 'connecting') this.#connection = 'unreachable'
    else {
      this.#connection = 'gone'
      this.#waiting = []
      this.#sent = []
    }
    this.#settle()
  }

  #settle(): void {
    for (const resolve of this.#idle.splice(0)) resolve()
  }
}
