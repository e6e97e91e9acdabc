import type { Config } from '../../config'
import { suppress } from '../../context'
import { tally } from '../../counters'
import { sayOnce } from '../../say'
import { type Clock, systemClock } from './clock'
import { LIMITS, type Limits } from './limits'
import { type Voice, voice } from './losses'
import { createSender } from './sender'
import { type Counts, type LogWriter, Writer } from './writer'

export type { Clock } from './clock'
export type { Limits } from './limits'
export type { Voice } from './losses'
export type { Counts, LogWriter } from './writer'

/** The names are those of `Config`, which fits. */
export interface LogWriterOptions extends Pick<Config, 'site' | 'apiKey' | 'logsUrl' | 'spoolDir'> {
  limits?: Partial<Limits>
  /** Where the proxy's variables are. */
  env?: NodeJS.ProcessEnv
  /** Runs each request so that it is not taken for one of the app's. */
  unobserved?: <T>(fn: () => T) => T
  clock?: Clock
  voice?: Voice
}

/**
 * Starts the writer of logs of this process, for whatever writes them; files left in the spool by earlier processes
 * are sent at once. Without a key, or an address that can be posted to, it takes entries and counts them as lost.
 */
export function createLogWriter(options: LogWriterOptions): LogWriter {
  const url = logIntakeUrl(options)
  const apiKey = options.apiKey?.trim()
  if (!apiKey) return discarding('no_key')
  if (!/^https?:$/.test(url.protocol)) {
    sayOnce('intake.url', 'DD_AGENTLESS_LOG_SUBMISSION_URL is not an http or https URL; no logs are sent')
    return discarding('no_address')
  }
  const limits = { ...LIMITS, ...options.limits }
  const clock = options.clock ?? systemClock
  const { env = process.env, unobserved = suppress } = options
  return new Writer({
    sender: createSender({ url, apiKey, env, clock, unobserved, ...limits }),
    origin: url.origin,
    spoolDir: options.spoolDir,
    limits,
    clock,
    voice: options.voice ?? voice,
  })
}

const PATH = '/api/v2/logs'

/** The site's intake, or what was given instead: an origin is asked at the intake's path, another URL as it is. */
export function logIntakeUrl({ site, logsUrl }: Pick<Config, 'site' | 'logsUrl'>): URL {
  const url = new URL(logsUrl ?? `https://http-intake.logs.${site}`)
  if (url.pathname === '/') url.pathname = PATH
  return url
}

function discarding(why: string): LogWriter {
  let written = 0
  const done = Promise.resolve()
  return {
    write() {
      written += 1
      tally('logs.dropped')
      tally(`logs.dropped.${why}`)
    },
    flush: () => done,
    stop: () => done,
    spoolSync: () => {},
    get counts(): Counts {
      return { written, sent: 0, dropped: written, spooled: 0, pending: 0 }
    },
  }
}
