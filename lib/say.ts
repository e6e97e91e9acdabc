import { sayable } from './redact/said'

/** All messages of ours in the app's process: single lines on standard error, none repeated without need. */

const MINUTE = 60_000
const spoken = new Map<string, number>()

export type Say = (line: string) => void

export const say: Say = line => {
  process.stderr.write(`interceptor: ${sayable(line)}\n`)
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
