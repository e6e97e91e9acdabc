import type { Encoding } from './encodings'

/** Texts of which somebody wants the tokens. */
export interface Asked {
  readonly encoding: Encoding
  readonly texts: readonly string[]
  /** Of all texts together. */
  readonly characters: number
  /** Called once; without counts where there are none. */
  settle(counts: readonly number[] | undefined): void
}

/**
 * First come, first served. What has waited for `patienceMs` is taken out and given to `giveUp`: the call's span must not
 * wait for a thread that is far behind.
 */
export class WaitingJobs {
  readonly #timers = new Map<Asked, NodeJS.Timeout>()

  constructor(
    private readonly patienceMs: number,
    private readonly giveUp: (asked: Asked) => void,
  ) {}

  get size(): number {
    return this.#timers.size
  }

  add(asked: Asked): void {
    const gaveUp = () => this.#timers.delete(asked) && this.giveUp(asked)
    this.#timers.set(asked, setTimeout(gaveUp, this.patienceMs).unref())
  }

  /** The one that has waited longest, which waits no more. */
  next(): Asked | undefined {
    for (const [asked, timer] of this.#timers) {
      clearTimeout(timer)
      this.#timers.delete(asked)
      return asked
    }
    return undefined
  }
}
