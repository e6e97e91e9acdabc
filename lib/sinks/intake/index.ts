import type { Config } from '../../config'
import { suppress } from '../../context'
import { tally } from '../../counters'
import { sayOnce } from '../../say'
import { type Clock, systemClock } from './clock'
import type { Counts, EventWriter } from './event-writer'
import { firstThatTakes } from './first-that-takes'
import type { EventKind, Limits } from './kind'
import { type Notices, notices } from './losses'
import { createEventSender, type EventSender } from './sender'
import type { Target } from './target'
import { Writer } from './writer'

export type { Clock } from './clock'
export type { Counts, EventWriter } from './event-writer'
export type { EventKind, Limits } from './kind'
export type { Notices } from './losses'

/** Some of the names are those of `Config`, which fits. */
export interface WriterOptions extends Pick<Config, 'spoolDir'> {
  /** Where events are posted to: the first that is there. */
  targets: readonly Target[]
  limits?: Partial<Limits>
  /** Where the proxy's variables are. */
  env?: NodeJS.ProcessEnv
  /** Runs each request so that it is not taken for one of the app's. */
  unobserved?: <T>(fn: () => T) => T
  clock?: Clock
  notices?: Notices
}

/**
 * Starts the writer of one kind of event, for whatever writes them; files left in the spool by earlier processes are
 * sent at once. Without an address that can be posted to, it takes events and counts them as lost.
 */
export function createWriter(kind: EventKind, options: WriterOptions): EventWriter {
  const { targets } = options
  const { words } = kind
  if (!targets.every(({ url }) => /^https?:$/.test(url.protocol))) {
    sayOnce(`${kind.name}.url`, `${words.url} is not an http or https URL; no ${words.short} are sent`)
    return discarding(kind, 'no_address')
  }
  if (targets.length === 0) {
    sayOnce(`${kind.name}.target`, `there is nowhere to send ${words.short} to, see ${words.address}`)
    return discarding(kind, 'no_address')
  }
  const limits = { ...kind.limits, ...options.limits }
  const clock = options.clock ?? systemClock
  const { env = process.env, unobserved = suppress } = options
  const openings = targets.map(target => () => createEventSender({ kind, target, env, clock, unobserved, ...limits }))
  const [first] = openings
  return new Writer({
    kind,
    sender: openings.length === 1 && first !== undefined ? first() : firstThatTakes(openings, sayChosen(kind)),
    spoolDir: options.spoolDir,
    limits,
    clock,
    notices: options.notices ?? notices,
  })
}

function sayChosen({ name, words }: EventKind): (sender: EventSender, before: EventSender, why: string) => void {
  return (sender, before, why) =>
    sayOnce(`${name}.chosen`, `${before.shown} takes no ${words.short} (${why}); they are sent to ${sender.shown}`)
}

/** Takes events and counts them as lost. */
export function discarding({ name }: EventKind, why: string): EventWriter {
  let written = 0
  const done = Promise.resolve()
  return {
    write() {
      written += 1
      tally(`${name}.dropped`)
      tally(`${name}.dropped.${why}`)
    },
    flush: () => done,
    stop: () => done,
    spoolSync: () => {},
    get counts(): Counts {
      return { written, sent: 0, dropped: written, spooled: 0, pending: 0 }
    },
  }
}
