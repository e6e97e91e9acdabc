import type { StreamFacts } from '../call'
import type { Carried } from '../readers/carried'
import { Gaps } from './gaps'

/** When what came in a stream, told event by event. Times are of the monotonic clock; unknown ones are passed over. */
export class StreamTimes {
  firstEventAt: number | undefined
  /** The first token of any kind that could be shown, reasoning included. */
  firstTokenAt: number | undefined
  /** The first of the answer. */
  firstContentAt: number | undefined
  /** The longest silence between two events that bring something. */
  longestGap = 0
  /** Between any two events. */
  readonly gaps = new Gaps()
  #pacedFrom: number | undefined
  #pacedTo = 0
  #pieces = 0
  #withReasoning = false
  #lastAt: number | undefined
  /** Events have not been seen: what has not come yet may have come among them. */
  #unseen = false

  add(carried: Carried, at: number | undefined): void {
    if (at === undefined) return
    this.gaps.chunk(at)
    if (!this.#unseen) this.#noteFirst(carried, at)
    if (carried === 'content' || carried === 'reasoning') this.#noteToken(carried, at)
    // The first one begins the silence before the second, whatever it brings.
    if (carried !== 'nothing' || this.#lastAt === undefined) this.passed(at)
  }

  /** Something came that was not read; or the stream's end. */
  passed(at: number | undefined): void {
    if (at === undefined) return
    if (this.#lastAt !== undefined) this.longestGap = Math.max(this.longestGap, at - this.#lastAt)
    this.#lastAt = at
  }

  /** Bytes are missing here; of them only is known when they came. */
  missed(times: readonly number[]): void {
    this.#unseen = true
    this.gaps.missed()
    for (const at of times) this.passed(at)
  }

  /** From the first to the last of the tokens that came one by one; absent where they came in one event. */
  pacedSince(start: number): StreamFacts['paced'] {
    if (this.#pacedFrom === undefined || this.#pieces < 2) return undefined
    return { ms: this.#pacedTo - this.#pacedFrom, fromMs: this.#pacedFrom - start, withReasoning: this.#withReasoning }
  }

  #noteFirst(carried: Carried, at: number): void {
    this.firstEventAt ??= at
    if (carried === 'other' || carried === 'nothing') return
    this.firstTokenAt ??= at
    if (carried === 'content' || carried === 'item') this.firstContentAt ??= at
  }

  #noteToken(carried: Carried, at: number): void {
    if (!this.#unseen) this.#pacedFrom ??= at
    this.#pacedTo = at
    this.#pieces += 1
    this.#withReasoning ||= carried === 'reasoning'
  }
}
