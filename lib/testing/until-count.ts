import { setTimeout as pause } from 'node:timers/promises'

/** So often is looked again: what comes by a file tells nobody. */
const LOOK_AGAIN_MS = 20

/** Resolves with the list when it has so many entries; rejects with an Error when it has not in time. */
export async function untilCount<T>(count: number, withinMs: number, list: () => readonly T[]): Promise<readonly T[]> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const found = list()
    if (found.length >= count) return found
    if (performance.now() >= deadline) {
      throw new Error(
        `${found.length} of ${count} calls came within ${withinMs} ms; does the process have receiver.env?`,
      )
    }
    await pause(LOOK_AGAIN_MS)
  }
}
