/**
 * Who shares the app's thread with whom. All that we do after a call has ended is done in slices: `pause()` is asked
 * between any two pieces of work that may be long, and gives the event loop its turn when the slice is over. No piece is
 * longer than a few milliseconds, because each is bounded before it begins (by entries, not only by bytes), so no stretch
 * of ours is longer than a slice and one piece.
 *
 * Reading past a size in a worker was weighed against it: a thread costs 30 ms to start and 10 MB or more to keep, its
 * messages are copied on this thread all the same, and whatever is read there is walked here again by filters and sinks.
 * Bounds on entries are needed either way; with them slices are enough.
 */

/** Little enough that what arrives meanwhile is not noticeably late. */
export const SHORT_SLICE_MS = 2
/** With the longest piece after it, still less than 10. */
export const LONG_SLICE_MS = 6

let sliceMs = SHORT_SLICE_MS
let sliceEnds = 0
const waiting: (() => void)[] = []

/** Nothing to wait for while the slice lasts; then the next turn. `await` it only where there is something. */
export function pause(): Promise<void> | undefined {
  return performance.now() < sliceEnds ? undefined : nextTurn()
}

/** Lets the app, its timers and its sockets have their turn. One of those who wait goes on in each. */
export function nextTurn(): Promise<void> {
  return new Promise(resolve => {
    waiting.push(resolve)
    if (waiting.length === 1) setImmediate(turn)
  })
}

/** Slices may be longer while much waits: where the app's own turns are long, there are few of them. */
export function setSlice(ms: number): void {
  sliceMs = ms
}

function turn(): void {
  sliceEnds = performance.now() + sliceMs
  waiting.shift()?.()
  if (waiting.length > 0) setImmediate(turn)
}
