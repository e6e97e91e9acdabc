import { Console } from 'node:console'
import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { tally } from './counters'
import { sayable } from './redact/said'

/** All messages of ours in the app's process: single lines on standard error, none repeated without need. */

const MINUTE = 60_000
const spoken = new Map<string, number>()

export type Say = (line: string) => void

/** Standard error as a file of our own: not the description that the app's stream uses, so its flags are ours alone. */
const STDERR = '/proc/self/fd/2'
const { O_APPEND, O_NONBLOCK, O_WRONLY } = constants

/**
 * Writes one line, whatever has become of standard error: closed, full, or a pipe whose reader is gone or does not
 * read. There `console.error` ends the app with exit code 1 or holds it for ever (Node 20 to 26): its failure is an
 * `error` event of a later turn, where no guard of ours is, and a full pipe keeps the process from ending. A line that
 * cannot be written at once is dropped and counted.
 */
export const say: Say = line => {
  const text = `interceptor: ${sayable(line)}\n`
  try {
    // Somebody collects what is written: a test, a logger.
    if (Object.hasOwn(process.stderr, 'write')) process.stderr.write(text)
    else writeAtOnce(text)
  } catch {
    tally('said.dropped')
  }
}

function writeAtOnce(text: string): void {
  let file: number
  try {
    file = openSync(STDERR, O_WRONLY | O_APPEND | O_NONBLOCK)
  } catch {
    // No Linux, a socket, another user's file: then as the app does it, unless its own lines wait already.
    if (process.stderr.writableLength > 0) throw new Error('nobody reads')
    fallback ??= new Console({ stdout: process.stderr, stderr: process.stderr, ignoreErrors: true })
    fallback.error(text.slice(0, -1))
    return
  }
  try {
    writeSync(file, text)
  } finally {
    closeSync(file)
  }
}

let fallback: Console | undefined

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
