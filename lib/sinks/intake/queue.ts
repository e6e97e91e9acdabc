/** One entry, serialised. */
export interface Item {
  readonly json: Buffer
  /** The clock's time at which it was written, in milliseconds. */
  readonly at: number
  /** The clock's time of the first attempt that failed. */
  failedAt?: number
}

/** First in, first out, by entries and bytes. What could not be sent comes back to the front. */
export class Queue {
  #items: Item[] = []
  #bytes = 0

  get length(): number {
    return this.#items.length
  }

  get bytes(): number {
    return this.#bytes
  }

  get first(): Item | undefined {
    return this.#items[0]
  }

  push(item: Item): void {
    this.#items.push(item)
    this.#bytes += item.json.length
  }

  putBack(items: readonly Item[]): void {
    this.#items = [...items, ...this.#items]
    this.#bytes += totalBytes(items)
  }

  /** Takes from the front as many as make a JSON array of fewer than `bytes`; one at least. */
  take(entries: number, bytes: number): Item[] {
    let end = 0
    let size = 1
    for (; end < Math.min(entries, this.#items.length); end += 1) {
      // With the comma or bracket after it.
      size += (this.#items[end]?.json.length ?? 0) + 1
      if (size > bytes && end > 0) break
    }
    const taken = this.#items.splice(0, end)
    this.#bytes -= totalBytes(taken)
    return taken
  }

  takeAll(): Item[] {
    return this.take(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)
  }
}

export function totalBytes(items: readonly Item[]): number {
  return items.reduce((sum, item) => sum + item.json.length, 0)
}
