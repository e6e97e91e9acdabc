import { createScrub, type Scrub } from './scrub'
import type { Secret } from './secret'

/** Keys are few and calls are many. */
const MOST_REMEMBERED = 16
const remembered = new Map<string, Scrub>()

/** The scrub of a call's credentials; that of the last few sets of them is kept, being dear to make. */
export function scrubFor(secrets: readonly Secret[]): Scrub {
  const name = secrets.map(({ value, shown }) => `${value}\n${shown}`).join('\n')
  const scrub = remembered.get(name) ?? createScrub(secrets)
  remembered.delete(name)
  remembered.set(name, scrub)
  for (const oldest of remembered.keys()) {
    if (remembered.size <= MOST_REMEMBERED) break
    remembered.delete(oldest)
  }
  return scrub
}

/** A line without any credential that a call was lately made with, for what is said outside of calls. */
export function scrubKnown(line: string): string {
  return [...remembered.values()].reduce((rest, scrub) => scrub(rest), line)
}
