/** How long `waitFor` waits, in milliseconds, if nothing else is said: a slow machine is no failure. */
const TIMEOUT_MS = 60_000

/** A count that must be reached, or a condition on all that has arrived. */
export type Condition<T> = number | ((items: readonly T[]) => boolean)

/** A list that one can wait on. */
export class Arrivals<T> {
  readonly items: T[] = []
  private readonly waiting = new Set<() => void>()

  constructor(
    private readonly noun: string,
    private readonly show: (item: T) => string,
  ) {}

  add(...items: T[]): void {
    this.items.push(...items)
    for (const check of this.waiting) check()
  }

  /** All that has arrived once the condition holds. Rejects at the timeout, and says what did arrive. */
  waitFor(condition: Condition<T>, timeoutMs = TIMEOUT_MS): Promise<readonly T[]> {
    const holds = typeof condition === 'number' ? () => this.items.length >= condition : () => condition(this.items)
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(timer)
        this.waiting.delete(check)
        act()
      }
      const check = () => {
        try {
          if (holds()) settle(() => resolve(this.items))
        } catch (cause) {
          settle(() => reject(cause))
        }
      }
      const timer = setTimeout(() => settle(() => reject(this.missing(condition, timeoutMs))), timeoutMs)
      this.waiting.add(check)
      check()
    })
  }

  private missing(condition: Condition<T>, timeoutMs: number): Error {
    const wanted = typeof condition === 'number' ? `${condition} ${this.noun}` : `${this.noun} that fit`
    const shown = this.items.map(item => `\n  ${this.show(item)}`).join('')
    return new Error(`waited ${timeoutMs} ms for ${wanted}; ${this.items.length} arrived${shown}`)
  }
}
