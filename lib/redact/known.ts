import { Recent } from '../remembered'
import { createScrub, type Scrub } from './scrub'
import type { Secret } from './secret'

/** Keys are few and calls are many. */
const MOST_REMEMBERED = 16
const remembered = new Recent<Scrub>(MOST_REMEMBERED, Number.POSITIVE_INFINITY)

/** The scrub of a call's credentials; that of the last few sets of them is kept, being dear to make. */
export function scrubFor(secrets: readonly Secret[]): Scrub {
  const name = secrets.map(({ value, shown }) => `${value}\n${shown}`).join('\n')
  return remembered.of(name, () => createScrub(secrets))
}

/** A line without any credential that a call was lately made with, for what is said outside of calls. */
export function scrubKnown(line: string): string {
  return remembered.values().reduce((rest, scrub) => scrub(rest), line)
}
