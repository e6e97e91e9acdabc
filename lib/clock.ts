/** Beyond this the wall clock was set, or the machine slept while the monotonic clock stood still. */
const DRIFT_MS = 1.5

/** Milliseconds; a longer timer fires at once, and Node warns of it. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1

let origin = performance.timeOrigin

/** Epoch milliseconds with fractions: the wall clock's hour at the monotonic clock's resolution. */
export function epochNow(): number {
  const now = performance.now()
  const wall = Date.now()
  if (Math.abs(wall - (origin + now)) > DRIFT_MS) origin = wall - now
  return origin + now
}
