import { tally } from './counters'
import type { Call } from './openai/call'
import type { Wire } from './openai/wire'
import type { CallEnd } from './sinks/sink'
import { pause } from './turns'

/** A call on its way, and the sinks that have not been given it. */
interface OnItsWay {
  readonly left: CallEnd[]
  readonly call: Call
  readonly wire: Wire | undefined
}

/**
 * Gives finished calls to the sinks, each in a slice of its own if it takes that long. In the turns between, the process may
 * end or an SDK be shut down: what is on its way is pending still, and can be given to the rest at once.
 */
export class Delivery {
  readonly #onTheirWay = new Set<OnItsWay>()

  get pending(): number {
    return this.#onTheirWay.size
  }

  async inTurns(ends: readonly CallEnd[], call: Call, wire?: Wire): Promise<void> {
    const one: OnItsWay = { left: [...ends], call, wire }
    this.#onTheirWay.add(one)
    while (one.left.length > 0) {
      await pause()
      endAll(one.left.splice(0, 1), call, wire)
    }
    this.#onTheirWay.delete(one)
  }

  /** What is on its way is given to the sinks that are left. */
  rest(): void {
    for (const { left, call, wire } of this.#onTheirWay) endAll(left.splice(0), call, wire)
  }
}

/** A sink that fails harms neither the app nor the other sinks. */
export function endAll(ends: readonly CallEnd[], call: Call, wire?: Wire): void {
  for (const end of ends) {
    try {
      end(call, wire)
    } catch {
      tally('swallowed.sink.end')
    }
  }
}
