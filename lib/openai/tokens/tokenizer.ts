import { existsSync } from 'node:fs'
import { extname, join } from 'node:path'
import { Worker, type WorkerOptions } from 'node:worker_threads'
import { tally } from '../../counters'
import { sayOnce } from '../../say'
import type { Encoding } from './encodings'
import type { CountJob, Done } from './job'

/** Beyond these, texts are not queued: a thread that is behind must not hold the app's memory. */
const MOST_JOBS = 64
const MOST_CHARACTERS_WAITING = 4_000_000
/** A thread that has not answered for so long is taken for dead. */
const DEADLINE_MS = 15_000
/** An idle thread gives its 80 MB back. */
const IDLE_MS = 60_000
/** A thread that died so often is not started again. */
const MOST_DEATHS = 3

const BUNDLED =
  'tokens are estimated roughly: this package is bundled into the app, without the file that counts; leave it out of ' +
  "the bundle (esbuild: --external:interceptor; Next.js: serverExternalPackages: ['interceptor'])"

interface Pending {
  readonly characters: number
  readonly deadline: NodeJS.Timeout
  /** Given no counts if the thread died. */
  settle(counts: readonly number[] | undefined): void
}

/**
 * tiktoken in a worker thread: started on first need, unref'd, ended when idle. It counts what it can in time; `count`
 * gives undefined where it cannot, and never throws.
 */
export class Tokenizer {
  #worker: Worker | undefined
  #deaths = 0
  #lastId = 0
  #stopped = false
  #characters = 0
  readonly #pending = new Map<number, Pending>()
  #idle: NodeJS.Timeout | undefined
  readonly #waiting: (() => void)[] = []

  count(encoding: Encoding, texts: readonly string[]): Promise<readonly number[] | undefined> {
    const characters = texts.reduce((sum, text) => sum + text.length, 0)
    const worker = this.#hasRoom(characters) ? this.#running() : undefined
    if (worker === undefined) return Promise.resolve(undefined)
    return new Promise(settle => {
      const job: CountJob = { id: ++this.#lastId, encoding, texts }
      const deadline = setTimeout(() => this.#died(worker, `no answer in ${DEADLINE_MS} ms`), DEADLINE_MS).unref()
      this.#pending.set(job.id, { characters, deadline, settle })
      this.#characters += characters
      clearTimeout(this.#idle)
      worker.postMessage(job)
    })
  }

  /** Resolves when everything asked so far is answered; until then the thread keeps the process alive. */
  flush(): Promise<void> {
    if (this.#pending.size === 0) return Promise.resolve()
    this.#worker?.ref()
    return new Promise(resolve => this.#waiting.push(resolve))
  }

  /** What is pending is answered with undefined. The encoders' memory goes with the thread. */
  async stop(): Promise<void> {
    this.#stopped = true
    const worker = this.#letGo()
    await worker?.terminate()
  }

  #hasRoom(characters: number): boolean {
    if (this.#stopped || this.#deaths >= MOST_DEATHS) return false
    const room = this.#pending.size < MOST_JOBS && this.#characters + characters <= MOST_CHARACTERS_WAITING
    if (!room) tally('tokens.queue_full')
    return room
  }

  #running(): Worker | undefined {
    if (this.#worker) return this.#worker
    const file = join(__dirname, `worker${extname(__filename)}`)
    if (!existsSync(file)) {
      this.#deaths = MOST_DEATHS
      tally('tokens.worker_missing')
      sayOnce('tokens.worker', BUNDLED)
      return undefined
    }
    try {
      const worker = new Worker(file, options())
      worker.unref()
      worker.on('message', (done: Done) => this.#answered(done))
      worker.on('error', cause => this.#died(worker, cause.message))
      worker.on('exit', code => this.#died(worker, `ended with ${code}`))
      this.#worker = worker
    } catch (cause) {
      this.#died(undefined, cause instanceof Error ? cause.message : String(cause))
    }
    return this.#worker
  }

  #answered({ id, counts }: Done): void {
    const pending = this.#pending.get(id)
    if (pending === undefined) return
    this.#pending.delete(id)
    this.#settle(pending, counts)
    if (this.#pending.size > 0) return
    this.#quiet()
    this.#idle = setTimeout(() => void this.#letGo()?.terminate(), IDLE_MS).unref()
  }

  /** Called by whichever of `error`, `exit` and the deadline comes first; the others find another worker or none. */
  #died(worker: Worker | undefined, why: string): void {
    if (worker !== this.#worker) return
    this.#deaths++
    tally('tokens.worker_died')
    sayOnce('tokens.worker', `tokens are estimated roughly: the tokenizer's thread failed (${why})`)
    void this.#letGo()?.terminate()
  }

  #letGo(): Worker | undefined {
    const worker = this.#worker
    this.#worker = undefined
    clearTimeout(this.#idle)
    const left = [...this.#pending.values()]
    this.#pending.clear()
    for (const pending of left) this.#settle(pending, undefined)
    this.#quiet()
    return worker
  }

  #settle(pending: Pending, counts: readonly number[] | undefined): void {
    clearTimeout(pending.deadline)
    this.#characters -= pending.characters
    pending.settle(counts)
  }

  #quiet(): void {
    this.#worker?.unref()
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

/**
 * Nothing that the app loads by flag or by NODE_OPTIONS (a tracer, ourselves) is loaded in our thread. From TypeScript
 * source, as our own tests run, the thread needs a loader for it.
 */
function options(): WorkerOptions {
  const execArgv = extname(__filename) === '.ts' ? ['--require', 'tsx/cjs'] : []
  return { execArgv, env: {}, name: 'interceptor-tokens', resourceLimits: { maxOldGenerationSizeMb: 256 } }
}
