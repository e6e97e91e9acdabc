import { AsyncLocalStorage } from 'node:async_hooks'
import { tally } from './counters'

/**
 * After so long the app has its turn. One job a turn would be simpler; but where each turn is long, as in a busy app,
 * calls would end faster than they are read.
 */
const SLICE_MS = 4

/**
 * What is left to do when exchanges have ended: in later turns of the event loop, one job after the other and in short
 * slices, so that a burst of ends does not hold up the app. What a job has to wait for is tracked and does not hold up
 * the next.
 */
export class Work {
  /** Work for one call must not run, nor send, in the context of whichever call came first. */
  readonly #outside = AsyncLocalStorage.snapshot()
  readonly #jobs: (() => Promise<void>)[] = []
  readonly #waiting = new Set<Promise<void>>()
  #running: Promise<void> | undefined

  add(job: () => Promise<void>): void {
    this.#jobs.push(job)
    this.#running ??= this.#outside(() => this.#run())
  }

  track(rest: Promise<void>): void {
    const tracked = settled(rest).finally(() => this.#waiting.delete(tracked))
    this.#waiting.add(tracked)
  }

  /** Resolves when nothing is left. */
  async done(): Promise<void> {
    while (this.#running !== undefined || this.#waiting.size > 0) {
      await Promise.all([this.#running, ...this.#waiting])
    }
  }

  async #run(): Promise<void> {
    let sliceEnds = 0
    do {
      if (performance.now() >= sliceEnds) {
        await nextTurn()
        sliceEnds = performance.now() + SLICE_MS
      }
      const job = this.#jobs.shift()
      if (job !== undefined) await settled(job())
    } while (this.#jobs.length > 0)
    this.#running = undefined
  }
}

async function settled(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch {
    tally('swallowed.work')
  }
}

/** Lets the app, its timers and its sockets have their turn. */
export function nextTurn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
