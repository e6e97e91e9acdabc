/**
 * What happened to us, as opposed to the app: swallowed errors, dropped entries, bodies released. Read by
 * `handle.counters()` and sent by the metrics sink as `interceptor.*`.
 */
const counts = new Map<string, number>()

let listener: ((name: string, by: number) => void) | undefined

export function tally(name: string, by = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + by)
  // What is said may be counted itself.
  if (listener !== undefined && name !== 'said.dropped') listener(name, by)
}

/** Tells one listener of each count. Gives what ends that. */
export function onTally(heard: (name: string, by: number) => void): () => void {
  listener = heard
  return () => {
    listener = undefined
  }
}

export function counters(): Record<string, number> {
  return Object.fromEntries(counts)
}
