import { AsyncLocalStorage } from 'node:async_hooks'
import { tally } from './counters'
import { LONG_SLICE_MS, nextTurn, pause, SHORT_SLICE_MS, setSlice } from './turns'

/** What is to be done for an ended call. */
export interface Job {
  /** Bytes that it holds until then. */
  readonly bytes: number
  run(): Promise<void>
  /** Does without: ends the call with what is known of it, and lets its bytes go. Cheap. */
  giveUp(): void
}

export interface WorkBounds {
  /**
   * Jobs that wait for their turn. Each holds the request and the answer of a call, its span and its headers: 4 to 8 kB
   * besides the bytes.
   */
  readonly jobs: number
  readonly bytes: number
  /**
   * What has waited for so long is given up: its facts come too late, and more is coming than can be read. So is what has
   * been at work for so long: a job that never ends would keep all others from being read.
   */
  readonly ageMs: number
  /**
   * Jobs are done in rounds, of which one begins at the earliest so long after the last has ended. Where calls end seldom
   * that is at once. Where they end all the time it is many together: alone, each runs code that runs once a call, with
   * cold caches (100 of 500 µs), and the next call's first bytes wait for it.
   */
  readonly betweenRoundsMs: number
  /** What waits for a round holds no more than that: then it begins. */
  readonly bytesOfARound: number
}

const WORK_BOUNDS: WorkBounds = {
  jobs: 5_000,
  bytes: 32 * 1_048_576,
  ageMs: 10_000,
  betweenRoundsMs: 25,
  bytesOfARound: 2 * 1_048_576,
}
/** So many waiting jobs make the longest slices. */
const MANY = 64

interface Waiting {
  readonly job: Job
  readonly since: number
}

/**
 * What is left to do when exchanges have ended: in later turns of the event loop, one job after the other and in slices
 * (see `turns.ts`), which are the longer the more waits. What a job has to wait for is tracked and does not hold up the
 * next. Where calls end faster than they can be read, the oldest are given up, so that what waits is bounded.
 */
export class Work {
  /** Work for one call must not run, nor send, in the context of whichever call came first. */
  readonly #outside = AsyncLocalStorage.snapshot()
  readonly #waiting: Waiting[] = []
  #bytes = 0
  readonly #tracked = new Set<Promise<void>>()
  #running: Promise<void> | undefined
  /** The job at work, and how to go on without its end. */
  #current: { readonly since: number; readonly late: () => void } | undefined
  #watch: NodeJS.Timeout | undefined
  #roundEndedAt = Number.NEGATIVE_INFINITY
  /** Begins the round that is waited for. */
  #hurry: (() => void) | undefined
  /** Somebody waits for all of it. */
  #awaited = 0

  private readonly bounds: WorkBounds

  constructor(bounds: Partial<WorkBounds> = {}) {
    this.bounds = { ...WORK_BOUNDS, ...bounds }
  }

  add(job: Job): void {
    this.#waiting.push({ job, since: performance.now() })
    this.#bytes += job.bytes
    while (this.#waiting.length > this.bounds.jobs || (this.#bytes > this.bounds.bytes && this.#waiting.length > 1)) {
      const oldest = this.#take()
      if (oldest !== undefined) this.#outside(() => givenUp(oldest.job))
    }
    this.#running ??= this.#outside(() => this.#run())
    if (this.#bytes > this.bounds.bytesOfARound) this.#hurry?.()
  }

  track(rest: Promise<void>): void {
    const tracked = settled(rest).finally(() => this.#tracked.delete(tracked))
    this.#tracked.add(tracked)
  }

  /** Resolves when nothing is left. */
  async done(): Promise<void> {
    this.#awaited += 1
    this.#hurry?.()
    while (this.#running !== undefined || this.#tracked.size > 0) {
      await Promise.all([this.#running, ...this.#tracked])
    }
    this.#awaited -= 1
  }

  /** Nothing is to be done any more. */
  stop(): void {
    clearTimeout(this.#watch)
    this.#watch = undefined
  }

  async #run(): Promise<void> {
    await this.#round()
    for (let next = this.#take(); next !== undefined; next = this.#take()) {
      const share = Math.min(1, this.#waiting.length / MANY)
      setSlice(SHORT_SLICE_MS + share * (LONG_SLICE_MS - SHORT_SLICE_MS))
      if (performance.now() - next.since > this.bounds.ageMs) givenUp(next.job)
      else await this.#ended(next.job)
      await pause()
    }
    this.#roundEndedAt = performance.now()
    this.#running = undefined
  }

  /** Resolves when the next round may begin. Keeps no process alive: at its end `done` is called. */
  async #round(): Promise<void> {
    const waitMs = this.#roundEndedAt + this.bounds.betweenRoundsMs - performance.now()
    if (waitMs > 0 && this.#awaited === 0) {
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, waitMs).unref()
        this.#hurry = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      this.#hurry = undefined
    }
    await nextTurn()
  }

  /** Resolves when the job has ended, or has been given up. */
  async #ended(job: Job): Promise<void> {
    const late = new Promise<'late'>(resolve => {
      this.#current = { since: performance.now(), late: () => resolve('late') }
    })
    this.#watch ??= setTimeout(() => this.#look(), this.bounds.ageMs).unref()
    const ended = await Promise.race([settled(job.run()), late])
    this.#current = undefined
    if (ended === 'late') givenUp(job)
  }

  /** One timer for many jobs: one each was 10 µs a call. */
  #look(): void {
    this.#watch = undefined
    if (this.#current === undefined) return
    const left = this.#current.since + this.bounds.ageMs - performance.now()
    if (left <= 0) this.#current.late()
    else this.#watch = setTimeout(() => this.#look(), Math.ceil(left)).unref()
  }

  #take(): Waiting | undefined {
    const next = this.#waiting.shift()
    this.#bytes -= next?.job.bytes ?? 0
    return next
  }
}

function givenUp(job: Job): void {
  tally('dropped.read')
  try {
    job.giveUp()
  } catch {
    tally('swallowed.work')
  }
}

async function settled(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch {
    tally('swallowed.work')
  }
}
