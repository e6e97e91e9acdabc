import { onTally } from './counters'
import type { Call, CallStart } from './openai/call'
import { say } from './say'
import type { Sink } from './sinks/sink'
import type { Opening } from './transport/exchange'

/** Why a request is no call of ours. */
export type PassedOver = 'host' | 'off' | 'exporter' | 'suppressed'

const REASONS: Readonly<Record<PassedOver, string>> = {
  host: 'its host is not known; INTERCEPTOR_HOSTS names further ones',
  off: 'INTERCEPTOR_ENABLED is false',
  exporter: 'it is what a tracer, an agent or an exporter sends',
  suppressed: 'the app, or an output of ours, keeps it from us by suppress()',
}

/** `INTERCEPTOR_DEBUG`: a request that is passed over, and why. */
export function sayPassedOver({ method, origin, path }: Opening, why: PassedOver): void {
  say(`debug: ${method} ${origin}${withoutQuery(path)} is not observed: ${REASONS[why]}`)
}

/** `INTERCEPTOR_DEBUG`: calls as they begin and end, and what the outputs count: sent, refused, dropped. */
export function createDebugSink(): Sink {
  const stop = onTally((name, by) => say(`debug: ${name} +${by}`))
  return {
    open(start) {
      say(`debug: ${start.method} ${start.api.base} is observed as ${start.operation}`)
      return call => say(`debug: ${endOf(start, call)}`)
    },
    flush: async () => {},
    stop: async () => stop(),
  }
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
