import { say } from '../say'

/** An output that reaches nobody for so long is said; a restart of its receiver is shorter. */
const PATIENCE_MS = 60_000

/**
 * Tells when what an output sends has reached nobody for a minute: once, and again only after somebody was reached in
 * between. The words tell why and what to do.
 */
export class Reach {
  #missedSince: number | undefined
  #said = false

  /** `now`: milliseconds of a monotonic clock. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  reached(): void {
    this.#missedSince = undefined
    this.#said = false
  }

  missed(words: () => string): void {
    this.#missedSince ??= this.now()
    if (this.#said || this.now() - this.#missedSince < PATIENCE_MS) return
    this.#said = true
    say(words())
  }
}
