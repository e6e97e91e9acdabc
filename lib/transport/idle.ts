import { AsyncLocalStorage } from 'node:async_hooks'
import { LONGEST_TIMER_MS } from '../clock'
import { guarded } from '../guard'
import type { Exchange } from './exchange'

/**
 * Ends exchanges on which nothing has happened for too long. Some ends are never told (a response kept but never read,
 * an upgrade), and a finalizer on the request does not fire for them.
 */
export class IdleWatch {
  readonly #open = new Set<Exchange>()
  /** The timer outlives the call that starts it, and must not keep that call's context alive. */
  readonly #outside = AsyncLocalStorage.snapshot()
  #timer: NodeJS.Timeout | undefined

  constructor(private readonly timeoutMs: number) {}

  get open(): ReadonlySet<Exchange> {
    return this.#open
  }

  add(exchange: Exchange): void {
    this.#open.add(exchange)
    this.#timer ??= this.#outside(() => this.#wakeAfter(this.timeoutMs))
  }

  delete(exchange: Exchange): void {
    this.#open.delete(exchange)
  }

  /** Ends all that is still open: the process ends, or we are asked to stop. */
  endAll(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (const exchange of [...this.#open]) exchange.end('abandoned')
  }

  #wakeAfter(ms: number): NodeJS.Timeout {
    const sweep = guarded('idle', () => this.#sweep())
    return setTimeout(sweep, Math.min(Math.max(1, Math.ceil(ms)), LONGEST_TIMER_MS)).unref()
  }

  /** One timer for all: it sleeps until the longest silent one is due. */
  #sweep(): void {
    this.#timer = undefined
    const now = performance.now()
    let next = Number.POSITIVE_INFINITY
    for (const exchange of [...this.#open]) {
      const due = exchange.lastActivityAt + this.timeoutMs
      if (due <= now) exchange.end('abandoned')
      else next = Math.min(next, due - now)
    }
    if (this.#open.size > 0) this.#timer = this.#wakeAfter(next)
  }
}
