import type { TurnFacts } from '../call'

/**
 * Hands the calls of a turn over after the one that began it, which they are linked to: that one may be the first of its
 * process, and wait for prices and the tokenizer to load.
 */
export class AfterRoot {
  /** Of those that have not been handed over. */
  readonly #roots = new Map<string, Promise<void>>()

  /** `ready`: resolves when the call may be handed over; it never rejects. */
  hand(turn: TurnFacts | undefined, ready: Promise<unknown>, hand: () => Promise<void>): Promise<void> {
    if (turn === undefined) return ready.then(hand)
    const { id, index } = turn
    if (index > 1) return ready.then(() => this.#roots.get(id)).then(hand, hand)
    const handed = ready.then(hand).finally(() => this.#roots.delete(id))
    this.#roots.set(id, handed)
    return handed
  }
}
