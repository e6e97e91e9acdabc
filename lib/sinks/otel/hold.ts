import { tally } from '../../counters'
import { member } from '../../tracer/member'
import type { Undo } from '../../transport/shadow'

export interface HoldParts {
  /** Calls that have not been handed to the sinks. */
  pending(): number
  /** Resolves when every call that has ended has been. */
  read(): Promise<void>
  /** No longer than this, in milliseconds. */
  mostMs(): number
}

/**
 * A call is read after it has ended, in a later turn. An app whose next line is `await sdk.shutdown()` would lose the span
 * of its last call, as anything that is ended after that is dropped: so a provider's `shutdown` and `forceFlush` wait
 * until the calls that have ended are read, which takes milliseconds, and do what they do then. With no call under way
 * they are called as they are.
 */
export class Hold {
  readonly #held = new WeakSet<object>()
  readonly #down = new WeakSet<object>()
  readonly #undos: Undo[] = []

  constructor(private readonly parts: HoldParts) {}

  on(provider: unknown): void {
    if (typeof provider !== 'object' || provider === null || this.#held.has(provider)) return
    this.#held.add(provider)
    for (const name of ['shutdown', 'forceFlush'] as const) this.#undos.push(this.#shadow(provider, name))
  }

  /** Has the app shut it down since it is held? What comes later is dropped there without a word. */
  isDown(provider: unknown): boolean {
    return typeof provider === 'object' && provider !== null && this.#down.has(provider)
  }

  undo(): void {
    for (const undo of this.#undos.splice(0)) undo()
  }

  #shadow(provider: object, name: string): Undo {
    const method = member(provider, name)
    if (typeof method !== 'function' || !Object.isExtensible(provider)) return () => {}
    const before = Object.getOwnPropertyDescriptor(provider, name)
    const { parts } = this
    const down = this.#down
    const held = function (this: unknown, ...args: unknown[]): unknown {
      if (name === 'shutdown') down.add(provider)
      if (parts.pending() === 0) return Reflect.apply(method, this, args)
      return within(parts.mostMs(), parts.read()).then(() => Reflect.apply(method, this, args))
    }
    if (!Reflect.defineProperty(provider, name, { value: held, configurable: true, writable: true })) return () => {}
    return () => {
      if (Object.getOwnPropertyDescriptor(provider, name)?.value !== held) return
      if (before === undefined) Reflect.deleteProperty(provider, name)
      else Object.defineProperty(provider, name, before)
    }
  }
}

/** Resolves with the promise, whatever becomes of it, or when the time is over. */
async function within(ms: number, promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<void>(resolve => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([promise.catch(() => tally('otel.failed.hold')), over])
  clearTimeout(timer)
}
