/** Time and chance, so that a test can have its own. */
export interface Clock {
  /** Milliseconds that never go back. */
  now(): number
  /** Epoch milliseconds. */
  wall(): number
  /** From 0 to below 1. */
  random(): number
  /** Calls `fn` after `ms` milliseconds, unless the returned function is called before. */
  after(ms: number, fn: () => void, holdsProcess?: boolean): () => void
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  random: () => Math.random(),
  after(ms, fn, holdsProcess = false) {
    const timer = setTimeout(fn, ms)
    if (!holdsProcess) timer.unref()
    return () => clearTimeout(timer)
  },
}
