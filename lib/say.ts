import { writeSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import { tally } from './counters'
import { sayable } from './redact/said'

/** All messages of ours in the app's process: single lines on standard error, none repeated without need. */

const MINUTE = 60_000
const spoken = new Map<string, number>()

export type Say = (line: string) => void

const STDERR = 2

/**
 * Writes one line, whatever has become of standard error: closed, full, or a pipe whose reader is gone or does not
 * read. There `process.stderr.write` ends the app (its failure is an `error` event of a later turn, where no guard of
 * ours is) or, with a full pipe, keeps it from ending. Asking for the stream makes a pipe non-blocking; a write of our own
 * then succeeds at once, or fails here: a line that cannot be written is dropped and counted.
 */
export const say: Say = line => {
  const text = `interceptor: ${sayable(line)}\n`
  try {
    // A worker's goes through the main thread; one of its own has somebody who collects: a test, a logger.
    if (!isMainThread || Object.hasOwn(process.stderr, 'write')) process.stderr.write(text)
    else writeSync(STDERR, text)
  } catch {
    tally('said.dropped')
  }
}

/** Says a line once in this process. */
export function sayOnce(topic: string, line: string): void {
  if (spoken.has(topic)) return
  spoken.set(topic, Number.POSITIVE_INFINITY)
  say(line)
}

/** Says a line at most once a minute for each topic. */
export function sayEachMinute(topic: string, line: string): void {
  const now = performance.now()
  if ((spoken.get(topic) ?? Number.NEGATIVE_INFINITY) > now - MINUTE) return
  spoken.set(topic, now)
  say(line)
}
