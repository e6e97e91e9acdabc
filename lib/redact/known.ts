import { Recent } from '../remembered'
import { createScrub, createScrubInTurns, type Scrub } from './scrub'
import type { Secret } from './secret'

/** Keys are few and calls are many. */
const MOST_REMEMBERED = 16
const remembered = new Recent<Scrub>(MOST_REMEMBERED, Number.POSITIVE_INFINITY)
/** Of long ones (web tokens, cookies), which hold up to 8 MB each. */
const LONG = 4_096
const MOST_LONG = 4
const rememberedLong = new Recent<Scrub>(MOST_LONG, Number.POSITIVE_INFINITY)

/** The scrub of a call's credentials; that of the last few sets of them is kept, being dear to make. */
export function scrubFor(secrets: readonly Secret[]): Scrub {
  const name = nameOf(secrets)
  return placeOf(name).of(name, () => createScrub(secrets))
}

/** The same; if it has to be made, in slices. */
export async function scrubInTurnsFor(secrets: readonly Secret[]): Promise<Scrub> {
  const name = nameOf(secrets)
  const place = placeOf(name)
  const made = place.get(name) ?? (await createScrubInTurns(secrets))
  return place.of(name, () => made)
}

function nameOf(secrets: readonly Secret[]): string {
  return secrets.map(({ value, shown }) => `${value}\n${shown}`).join('\n')
}

function placeOf(name: string): Recent<Scrub> {
  return name.length > LONG ? rememberedLong : remembered
}

/** A line without any credential that a call was lately made with, for what is said outside of calls. */
export function scrubKnown(line: string): string {
  return [...remembered.values(), ...rememberedLong.values()].reduce((rest, scrub) => scrub(rest), line)
}
