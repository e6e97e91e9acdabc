import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import type { SonicBoom } from 'sonic-boom'
import { tally } from '../../counters'
import type { CallRecord } from '../../openai/call'
import { callToJson } from '../../openai/call-json'
import { sayOnce } from '../../say'
import { encodeEntry } from '../intake/entry'

/** A file of calls, one JSON object a line. */
export interface CallFile {
  write(record: CallRecord): void
  /** Resolves when all is written, or cannot be. */
  flush(): Promise<void>
  stop(): Promise<void>
  /** Writes what is pending on the spot. */
  exit(): void
}

/** Longer lines have their texts cut. */
const MOST_LINE_BYTES = 4 * 1_048_576
/** Lines that wait for a slow disk; what is beyond is dropped and counted. */
const MOST_PENDING_BYTES = 16 * 1_048_576
/**
 * Short lines wait for each other: fewer writes, and few are on their way at `process.exit()`, when only what waits can
 * still be written.
 */
const LEAST_WRITE_BYTES = 4096
const WRITE_EVERY_MS = 250
/** A pipe whose reader does not read is tried so often, each 100 ms, before it is given up for a while. */
const RETRIES = 5

/** Loaded with the first call: `register` shall be quick. */
const loadSonicBoom: () => typeof import('sonic-boom') = () => require('sonic-boom')

/**
 * Opens a file to append to, for its owner alone; one that cannot be opened is said, and there is none. A pipe that
 * nobody reads is refused: to open it would wait for ever, and the process would not end.
 */
export function openCallFile(path: string): CallFile | undefined {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK = 0 } = constants
  try {
    const fd = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0o600)
    try {
      endLastLine(path, fd)
    } catch {
      // Where the disk is full, its first line will say so.
    }
    return new LineWriter(fd)
  } catch (error) {
    sayOnce('file', `INTERCEPTOR_FILE cannot be opened (${errorMessage(error)}); calls are not written to it`)
    return undefined
  }
}

/** A process that was killed may have left half a line: ours must not become its end. */
function endLastLine(path: string, fd: number): void {
  const stat = fstatSync(fd)
  if (!stat.isFile() || stat.size === 0) return
  const last = Buffer.alloc(1)
  const reader = openSync(path, 'r')
  readSync(reader, last, 0, 1, stat.size - 1)
  closeSync(reader)
  if (last.toString() !== '\n') writeSync(fd, '\n')
}

class LineWriter implements CallFile {
  #stream: SonicBoom | undefined
  /** Bytes of each line that is not written, and those of them that are. */
  readonly #pending: number[] = []
  #written = 0
  #retries = 0

  constructor(private readonly fd: number) {}

  write(record: CallRecord): void {
    const encoded = encodeEntry(callToJson(record), MOST_LINE_BYTES)
    if (encoded === undefined) {
      tally('file.dropped')
      return
    }
    const line = `${encoded.json.toString()}\n`
    this.#pending.push(Buffer.byteLength(line))
    this.#opened().write(line)
  }

  flush(): Promise<void> {
    const stream = this.#stream
    if (stream === undefined || this.#pending.length === 0) return Promise.resolve()
    return new Promise(resolve => stream.flush(() => resolve()))
  }

  async stop(): Promise<void> {
    await this.flush()
    this.#lose()
    if (this.#stream === undefined) closeSync(this.fd)
    else this.#stream.destroy()
  }

  exit(): void {
    if (this.#stream === undefined || this.#pending.length === 0) return
    try {
      this.#stream.flushSync()
      tally('calls.delivered.file', this.#pending.splice(0).length)
    } catch (error) {
      this.#failed(error)
      this.#lose()
    }
  }

  #opened(): SonicBoom {
    if (this.#stream !== undefined) return this.#stream
    const { SonicBoom } = loadSonicBoom()
    const stream = new SonicBoom({
      fd: this.fd,
      minLength: LEAST_WRITE_BYTES,
      periodicFlush: WRITE_EVERY_MS,
      maxLength: MOST_PENDING_BYTES,
      retryEAGAIN: () => this.#mayRetry(),
    })
    stream.on('write', (bytes: number) => this.#delivered(bytes))
    stream.on('error', (error: Error) => this.#failed(error))
    stream.on('drop', () => {
      this.#pending.pop()
      tally('file.dropped')
    })
    this.#stream = stream
    return stream
  }

  #mayRetry(): boolean {
    this.#retries += 1
    return this.#retries % (RETRIES + 1) !== 0
  }

  #delivered(bytes: number): void {
    if (bytes > 0) this.#retries = 0
    this.#written += bytes
    for (let first = this.#pending[0]; first !== undefined && this.#written >= first; first = this.#pending[0]) {
      this.#written -= first
      this.#pending.shift()
      tally('calls.delivered.file')
    }
  }

  /** What was not written stays pending, and is tried again. */
  #failed(error: unknown): void {
    tally('file.failed')
    sayOnce(
      'file.write',
      `INTERCEPTOR_FILE cannot be written to (${errorMessage(error)}); what does not fit in memory is lost`,
    )
  }

  #lose(): void {
    if (this.#pending.length > 0) tally('file.dropped', this.#pending.splice(0).length)
  }
}

function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
