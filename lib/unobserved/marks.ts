import { tally } from '../counters'
import { member } from '../tracer/member'
import { isTracersOwn } from '../tracer/noop-store'

/**
 * Does whoever makes this request say that it is no part of the app's work? dd-trace does, for its own, and every
 * exporter of OpenTelemetry's SDK. Asked in the context of the request; our own mark, `suppress`, is looked at where
 * tags are.
 */
export function isMarked(): boolean {
  return isTracersOwn() || isSuppressedByOpenTelemetry()
}

/** OpenTelemetry's API registers itself under this name for each major version, and there is only 1 (1.9). */
const API = Symbol.for('opentelemetry.js.api.1')
/** `createContextKey` makes it with `Symbol.for`, so that all copies of `@opentelemetry/core` share it (1.0 to 2.x). */
const SUPPRESS_TRACING = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING')

/** What `suppressTracing(context)` has set, where a context manager is registered. */
function isSuppressedByOpenTelemetry(): boolean {
  const api: unknown = Reflect.get(globalThis, API)
  if (api === undefined) return false
  try {
    const context = call(member(api, 'context'), 'active')
    return call(context, 'getValue', SUPPRESS_TRACING) === true
  } catch {
    // A manager of the app's own that throws would cost us the call.
    tally('swallowed.otel.context')
    return false
  }
}

function call(target: unknown, name: string, ...args: unknown[]): unknown {
  const method = member(target, name)
  return typeof method === 'function' ? Reflect.apply(method, target, args) : undefined
}
