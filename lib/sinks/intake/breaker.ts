import type { Clock } from './clock'

const FIRST_MS = 100
const LONGEST_MS = 30_000
const FAILURES_TO_TRIP = 5
const REST_MS = 30_000

/**
 * When the intake may next be asked. Single failures are waited out by backoff; after five in a row the intake counts
 * as down and is left alone for 15 to 30 s, then one batch tries: a success closes the breaker, a failure rests again.
 */
export class Breaker {
  readonly #clock: Clock
  #failures = 0
  #openAt = Number.NEGATIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Milliseconds until the next attempt is allowed. */
  get waitMs(): number {
    return Math.max(0, this.#openAt - this.#clock.now())
  }

  get tripped(): boolean {
    return this.#failures >= FAILURES_TO_TRIP
  }

  succeeded(): void {
    this.#failures = 0
    this.#openAt = Number.NEGATIVE_INFINITY
  }

  /** `atLeastMs`: what the intake asked for. */
  failed(atLeastMs = 0): void {
    this.#failures += 1
    const random = this.#clock.random()
    this.pause(Math.max(atLeastMs, this.tripped ? (REST_MS * (1 + random)) / 2 : backoffMs(this.#failures, random)))
  }

  pause(ms: number): void {
    this.#openAt = this.#clock.now() + ms
  }
}

/** Exponential with full jitter: anything from nothing to the doubled wait, so that many processes do not come at once. */
function backoffMs(failures: number, random: number): number {
  return random * Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1))
}
