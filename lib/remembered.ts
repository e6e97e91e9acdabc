const MOST = 500
const LONGEST = 200

/**
 * A pure function of a text, with the answers that it gave kept: the same names of headers come with every call. What
 * is on the wire may be new each time, so they are bounded.
 */
export function remembered<T>(answer: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>()
  return text => {
    const before = known.get(text)
    if (before !== undefined) return before
    const made = answer(text)
    if (text.length > LONGEST) return made
    if (known.size >= MOST) known.clear()
    known.set(text, made)
    return made
  }
}

/** The last few things that were made, by the text that they were made of: for what is dear to make and bounded in number. */
export class Recent<T> {
  readonly #known = new Map<string, T>()
  #newest: string | undefined

  /** Texts longer than `longest` are not kept. */
  constructor(
    private readonly most: number,
    private readonly longest: number,
  ) {}

  get(text: string): T | undefined {
    return this.#known.get(text)
  }

  of(text: string, make: () => T): T {
    const known = this.#known.get(text)
    if (known !== undefined && this.#newest === text) return known
    const found = known ?? make()
    if (text.length > this.longest) return found
    this.#known.delete(text)
    this.#known.set(text, found)
    this.#newest = text
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= this.most) break
      this.#known.delete(oldest)
    }
    return found
  }

  values(): T[] {
    return [...this.#known.values()]
  }
}
