import { existsSync } from 'node:fs'
import { extname, join } from 'node:path'
import { Worker, type WorkerOptions } from 'node:worker_threads'
import { tally } from '../../counters'
import { sayOnce } from '../../say'
import type { Encoding } from './encodings'
import type { CountJob, Done } from './job'
import { type Asked, WaitingJobs } from './waiting-jobs'

/** Beyond these, texts are not queued: a thread that is behind must not hold the app's memory. */
const MOST_JOBS = 1_024
const MOST_CHARACTERS = 4_000_000
/** The thread has so many at a time; the others wait here, where they can be given up. */
const MOST_POSTED = 16
/** A burst at the start of a process waits for the encoding, which takes a second to load, or several on a busy machine. */
const PATIENCE_MS = 10_000
/** A thread that has not answered what it was given for so long is taken for dead. */
const DEADLINE_MS = 15_000
/** An idle thread gives its 80 MB back. */
const IDLE_MS = 60_000
/** A thread that died so often is not started again. */
const MOST_DEATHS = 3

const BUNDLED =
  'tokens are estimated roughly: this package is bundled into the app, without the file that counts; leave it out of ' +
  "the bundle (esbuild: --external:interceptor; Next.js: serverExternalPackages: ['interceptor'])"

interface Posted {
  readonly asked: Asked
  readonly deadline: NodeJS.Timeout
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
  readonly #posted = new Map<number, Posted>()
  readonly #waiting = new WaitingJobs(PATIENCE_MS, asked => this.#giveUp(asked))
  #idle: NodeJS.Timeout | undefined
  readonly #flushing: (() => void)[] = []

  count(encoding: Encoding, texts: readonly string[]): Promise<readonly number[] | undefined> {
    const characters = texts.reduce((sum, text) => sum + text.length, 0)
    if (!this.#hasRoom(characters) || this.#running() === undefined) return Promise.resolve(undefined)
    return new Promise(settle => {
      this.#characters += characters
      clearTimeout(this.#idle)
      this.#waiting.add({ encoding, texts, characters, settle })
      this.#postNext()
    })
  }

  /** Resolves when everything asked so far is answered; until then the thread keeps the process alive. */
  flush(): Promise<void> {
    if (this.#isIdle) return Promise.resolve()
    this.#worker?.ref()
    return new Promise(resolve => this.#flushing.push(resolve))
  }

  /** What is not counted yet is answered with undefined. The encoders' memory goes with the thread. */
  async stop(): Promise<void> {
    this.#stopped = true
    const worker = this.#letGo()
    this.#postNext()
    await worker?.terminate()
  }

  get #isIdle(): boolean {
    return this.#posted.size === 0 && this.#waiting.size === 0
  }

  #hasRoom(characters: number): boolean {
    const jobs = this.#posted.size + this.#waiting.size
    const room = jobs < MOST_JOBS && this.#characters + characters <= MOST_CHARACTERS
    if (!room) tally('tokens.queue_full')
    return room
  }

  #running(): Worker | undefined {
    if (this.#stopped || this.#deaths >= MOST_DEATHS) return undefined
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

  /** Gives the thread what waits, as much as it may have; where there is no thread, all that waits is answered. */
  #postNext(): void {
    while (this.#waiting.size > 0 && this.#posted.size < MOST_POSTED) {
      const worker = this.#running()
      const asked = this.#waiting.next()
      if (asked === undefined) break
      if (worker === undefined) this.#settle(asked, undefined)
      else this.#post(worker, asked)
    }
    if (this.#isIdle) this.#quiet()
  }

  #post(worker: Worker, asked: Asked): void {
    const job: CountJob = { id: ++this.#lastId, encoding: asked.encoding, texts: asked.texts }
    const deadline = setTimeout(() => this.#died(worker, `no answer in ${DEADLINE_MS} ms`), DEADLINE_MS).unref()
    this.#posted.set(job.id, { asked, deadline })
    if (this.#flushing.length > 0) worker.ref()
    worker.postMessage(job)
  }

  #giveUp(asked: Asked): void {
    tally('tokens.given_up')
    this.#settle(asked, undefined)
    if (this.#isIdle) this.#quiet()
  }

  #answered({ id, counts }: Done): void {
    const posted = this.#posted.get(id)
    if (posted === undefined) return
    this.#posted.delete(id)
    clearTimeout(posted.deadline)
    this.#settle(posted.asked, counts)
    this.#postNext()
    if (this.#isIdle) this.#idle = setTimeout(() => void this.#letGo()?.terminate(), IDLE_MS).unref()
  }

  /**
   * Called by whichever of `error`, `exit` and the deadline comes first; the others find another worker or none. What the
   * thread had may be why it died; what waits is given to the next one.
   */
  #died(worker: Worker | undefined, why: string): void {
    if (worker !== this.#worker) return
    this.#deaths++
    tally('tokens.worker_died')
    sayOnce('tokens.worker', `tokens are estimated roughly: the tokenizer's thread failed (${why})`)
    void this.#letGo()?.terminate()
    this.#postNext()
  }

  #letGo(): Worker | undefined {
    const worker = this.#worker
    this.#worker = undefined
    clearTimeout(this.#idle)
    const left = [...this.#posted.values()]
    this.#posted.clear()
    for (const { asked, deadline } of left) {
      clearTimeout(deadline)
      this.#settle(asked, undefined)
    }
    return worker
  }

  #settle({ characters, settle }: Asked, counts: readonly number[] | undefined): void {
    this.#characters -= characters
    settle(counts)
  }

  #quiet(): void {
    this.#worker?.unref()
    for (const resolve of this.#flushing.splice(0)) resolve()
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
