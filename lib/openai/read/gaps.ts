/** In an OpenTelemetry histogram each costs 1.5 µs (SDK 2.x). */
const MOST_KEPT = 512

/**
 * The times between the chunks of a stream. Of more than are kept every second one goes, again and again, so that those
 * kept are spread evenly over the stream.
 */
export class Gaps {
  #kept: number[] = []
  #every = 1
  #count = 0
  #lastAt: number | undefined

  get kept(): readonly number[] {
    return this.#kept
  }

  chunk(at: number): void {
    if (this.#lastAt !== undefined) this.#add(Math.max(0, at - this.#lastAt))
    this.#lastAt = at
  }

  /** Chunks are missing here. */
  missed(): void {
    this.#lastAt = undefined
  }

  #add(gap: number): void {
    const isKept = this.#count % this.#every === 0
    this.#count += 1
    if (!isKept) return
    if (this.#kept.length === MOST_KEPT) {
      this.#kept = this.#kept.filter((_, index) => index % 2 === 0)
      this.#every *= 2
    }
    this.#kept.push(gap)
  }
}
