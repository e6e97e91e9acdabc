/**
 * What happened to us, as opposed to the app: swallowed errors, dropped entries, bodies released. Read by
 * `handle.counters()` and sent by the metrics sink as `interceptor.*`.
 */
const counts = new Map<string, number>()

export function tally(name: string, by = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + by)
}

export function counters(): Record<string, number> {
  return Object.fromEntries(counts)
}
