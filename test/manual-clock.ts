import type { Clock } from '../lib/sinks/intake'

interface Timer {
  readonly at: number
  readonly ms: number
  fire(): void
}

/** A clock that goes on only when told to, and keeps what it was asked to wait for. */
export class ManualClock implements Clock {
  /** Every wait asked for, in order, in milliseconds. */
  readonly waits: number[] = []
  /** What chance says. */
  luck = 0.5
  #now = 0
  #timers: Timer[] = []

  now = (): number => this.#now
  wall = (): number => 1_700_000_000_000 + this.#now
  random = (): number => this.luck

  after = (ms: number, fire: () => void): (() => void) => {
    const timer = { at: this.#now + ms, ms, fire }
    this.waits.push(ms)
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter(other => other !== timer)
    }
  }

  /** The waits that have neither ended nor been called off. */
  get pending(): number[] {
    return this.#timers.map(({ ms }) => ms)
  }

  advance(ms: number): void {
    const end = this.#now + ms
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (next === undefined) break
      this.#timers = this.#timers.filter(timer => timer !== next)
      this.#now = Math.max(this.#now, next.at)
      next.fire()
    }
    this.#now = end
  }
}

const PATIENCE_MS = 60_000

/** Lets the process go on until the condition holds. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  while (!holds()) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`)
    await new Promise(resolve => setTimeout(resolve, 2))
  }
}
