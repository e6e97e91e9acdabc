import { isMainThread, threadId } from 'node:worker_threads'
import { NO_VALUE, settingsOf } from './check/settings'
import type { Config } from './config'
import { COUNTERS, type CounterName, onTally } from './counters'
import type { Call, CallStart } from './openai/call'
import { ownVersion } from './own-version'
import { say, sayOnce } from './say'
import type { Sink } from './sinks/sink'
import type { Opening } from './transport/exchange'

/** Why a request is no call of ours. */
export type PassedOver = 'host' | 'off' | 'exporter' | 'suppressed'

const REASONS: Readonly<Record<PassedOver, string>> = {
  host: 'its host is not known; INTERCEPTOR_HOSTS names further ones',
  off: 'INTERCEPTOR_ENABLED is false',
  exporter: 'a tracer, an agent or an exporter sends them',
  suppressed: 'the app, or an output of ours, keeps it from us by suppress()',
}

/**
 * `INTERCEPTOR_DEBUG`: a request that is passed over, and why. What exporters send comes again and again: it is said once
 * for each address.
 */
export function sayPassedOver({ method, origin, path }: Opening, why: PassedOver): void {
  if (why === 'exporter') sayOnce(`debug ${origin}`, `debug: requests to ${origin} are not observed: ${REASONS[why]}`)
  else say(`debug: ${method} ${origin}${withoutQuery(path)} is not observed: ${REASONS[why]}`)
}

/**
 * `INTERCEPTOR_DEBUG`: what this process observes and sends where, calls as they begin and end, and what the outputs
 * count: sent, refused, dropped.
 */
export function createDebugSink(config: Config): Sink {
  sayStart(config)
  const stop = onTally((name, by, why) => say(`debug: ${name} +${by}${meaningOf(name)}${why ? `: ${why}` : ''}`))
  return {
    open(start) {
      const { method, api, endpoint, operation } = start
      say(
        `debug: ${method} ${URL.canParse(api.base) ? new URL(api.base).origin : ''}${endpoint} is observed as ${operation}`,
      )
      return call => say(`debug: ${endOf(start, call)}`)
    },
    flush: async () => {},
    stop: async () => stop(),
  }
}

/** The sections of `interceptor check` that say what is seen, and where it goes. */
const SAID_AT_START = ['recognised', 'sent']

function sayStart(config: Config): void {
  const where = `process ${process.pid}, ${process.argv[1] ?? 'no script'}, node ${process.versions.node}`
  say(`debug: interceptor ${ownVersion()} is loaded: ${where}${isMainThread ? '' : `, worker ${threadId}`}`)
  for (const { title, rows } of settingsOf(config, process.env)) {
    if (!SAID_AT_START.includes(title)) continue
    for (const [label, text] of rows)
      if (text !== NO_VALUE) say(`debug: ${title}, ${label}: ${text.split('\n').join(', ')}`)
  }
}

/** In the words of the README's reference, where the counter stands there by its own name. */
function meaningOf(name: CounterName): string {
  const meaning: string | undefined = Object.entries(COUNTERS).find(([key]) => key === name)?.[1]
  return meaning === undefined ? '' : ` (${meaning})`
}

function endOf({ operation }: CallStart, { http, durationMs, error, unparsed, model = 'no model' }: Call): string {
  const status = http.status === undefined ? 'no answer' : `status ${http.status}`
  const unread = unparsed.length === 0 ? '' : `, could not be read: ${unparsed.join(' and ')}`
  const failed = error === undefined ? '' : `, ${error.kind} error`
  return `${operation} has ended: ${model}, ${status}, ${Math.round(durationMs)} ms${failed}${unread}`
}

function withoutQuery(path: string): string {
  return path.replace(/[?#].*$/s, '')
}
