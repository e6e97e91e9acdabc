import type { Context, ContextManager, MeterProvider, Span, TracerProvider } from '@opentelemetry/api'

/** What `@opentelemetry/api` keeps for the process, in whichever of its copies the SDK was registered. */
export interface GlobalApi {
  readonly trace?: TracerProvider
  /** From 1.3 on. */
  readonly metrics?: MeterProvider
  readonly context?: ContextManager
}

/**
 * The place is the same for all copies of major version 1, and there is no other (1.0 to 1.10). It is read there, and
 * not through a copy of our own: a copy refuses what a copy of an older minor version has registered, an app that is
 * bundled has one that nobody can find, and one of ours might be taken for the app's.
 */
const API = Symbol.for('opentelemetry.js.api.1')
const shared = globalThis as { [API]?: GlobalApi }
const NOTHING: GlobalApi = {}

/** Read at every call: the SDK may be registered at any time, or be another by then. */
export function globalApi(): GlobalApi {
  return shared[API] ?? NOTHING
}

/** `SpanKind.CLIENT` and `SpanStatusCode.ERROR`, whose numbers are part of the API: its own are values of a copy. */
export const CLIENT = 2
export const ERROR = 2

/** Where the API's own functions put a context's span, in all copies. */
const SPAN = Symbol.for('OpenTelemetry Context Key SPAN')

/** The span of a context, of whatever SDK it is. */
export function spanIn(context: Context | undefined): unknown {
  return context?.getValue(SPAN)
}

export function withSpan(context: Context, span: Span): Context {
  return context.setValue(SPAN, span)
}
