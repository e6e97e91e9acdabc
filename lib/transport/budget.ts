/** Bytes that all open exchanges together may keep. */
export class Budget {
  #used = 0

  constructor(readonly limit: number) {}

  get used(): number {
    return this.#used
  }

  /** Takes `bytes` if they are to be had. */
  take(bytes: number): boolean {
    if (this.#used + bytes > this.limit) return false
    this.#used += bytes
    return true
  }

  give(bytes: number): void {
    this.#used -= bytes
  }
}
