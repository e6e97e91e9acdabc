import { tally } from './counters'

/**
 * What is left to do when exchanges have ended: in later turns of the event loop, one job at a time, so that a burst of
 * ends does not hold up the app. What a job has to wait for is tracked and does not hold up the next.
 */
export class Work {
  readonly #jobs: (() => Promise<void>)[] = []
  readonly #waiting = new Set<Promise<void>>()
  #running: Promise<void> | undefined

  add(job: () => Promise<void>): void {
    this.#jobs.push(job)
    this.#running ??= this.#run()
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
    for (;;) {
      await nextTurn()
      const job = this.#jobs.shift()
      if (job === undefined) break
      await settled(job())
    }
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

function nextTurn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
