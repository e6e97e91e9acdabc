import type { TapeEvent } from '../local/tapes/tape-types'
import type { Exchanged } from './forward'

const END_OF_EVENT = /\r?\n\r?\n/g

/** When each event of a stream was complete, in whole milliseconds. Nothing for what was compressed or is no stream. */
export function eventTimes(exchanged: Exchanged, events: readonly TapeEvent[] | undefined): number[] | undefined {
  const { responseBody, responseHeaders, arrivals } = exchanged
  if (events === undefined || responseHeaders['content-encoding'] !== undefined) return undefined
  // A character a byte: lengths are those of the wire.
  const ends = [...responseBody.toString('latin1').matchAll(END_OF_EVENT)].map(end => end.index + end[0].length)
  if (ends.length !== events.length) return undefined
  let at = 0
  return ends.map(end => {
    while (at < arrivals.length - 1 && (arrivals[at]?.length ?? 0) < end) at += 1
    return Math.round(arrivals[at]?.ms ?? 0)
  })
}
