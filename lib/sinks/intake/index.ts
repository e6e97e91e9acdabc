import type { Config } from '../../config'
import { suppress } from '../../context'
import { tally } from '../../counters'
import { sayOnce } from '../../say'
import { type Clock, systemClock } from './clock'
import type { EventKind, Limits } from './kind'
import { type Notices, notices } from './losses'
import { createEventSender } from './sender'
import { type Counts, type EventWriter, Writer } from './writer'

export type { Clock } from './clock'
export type { EventKind, Limits } from './kind'
export type { Notices } from './losses'
export type { Counts, EventWriter } from './writer'

/** Some of the names are those of `Config`, which fits. */
export interface WriterOptions extends Pick<Config, 'apiKey' | 'spoolDir'> {
  /** Where events are posted to. */
  url: URL
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
 * sent at once. Without a key, or an address that can be posted to, it takes events and counts them as lost.
 */
export function createWriter(kind: EventKind, options: WriterOptions): EventWriter {
  const { url } = options
  const apiKey = options.apiKey?.trim()
  if (!apiKey) return discarding(kind, 'no_key')
  if (!/^https?:$/.test(url.protocol)) {
    const { words } = kind
    sayOnce(`${kind.name}.url`, `${words.url} is not an http or https URL; no ${words.short} are sent`)
    return discarding(kind, 'no_address')
  }
  const limits = { ...kind.limits, ...options.limits }
  const clock = options.clock ?? systemClock
  const { env = process.env, unobserved = suppress } = options
  return new Writer({
    kind,
    sender: createEventSender({ kind, url, apiKey, env, clock, unobserved, ...limits }),
    origin: url.origin,
    spoolDir: options.spoolDir,
    limits,
    clock,
    notices: options.notices ?? notices,
  })
}

function discarding({ name }: EventKind, why: string): EventWriter {
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
