import type { Counts, EventWriter } from './event-writer'

const NOTHING: Counts = { written: 0, sent: 0, dropped: 0, spooled: 0, pending: 0 }

/**
 * A writer that is made with the first event: until then nothing is loaded, and the app may still say where it goes.
 * `atOnce`: there may be something to send already.
 */
export function whenNeeded(create: () => EventWriter, atOnce = false): EventWriter {
  let made = atOnce ? create() : undefined
  let ended = false
  const done = Promise.resolve()
  return {
    write(event) {
      if (ended && made === undefined) return
      made ??= create()
      made.write(event)
    },
    flush: withinMs => made?.flush(withinMs) ?? done,
    stop(withinMs) {
      ended = true
      return made?.stop(withinMs) ?? done
    },
    spoolSync: () => made?.spoolSync(),
    get counts() {
      return made?.counts ?? NOTHING
    },
  }
}
