import type { SpanContext, Tracer } from 'dd-trace'
import type { Config } from '../config'
import { sayOnce } from '../say'
import { initFirst } from './second-init'

/**
 * The process's dd-trace, started if the app has not and may be: the tracer's own `openai` plugin, which would trace
 * every call a second time, is turned off. Undefined where dd-trace is not installed.
 */
export function findTracer(config: Config): Tracer | undefined {
  const tracer = requireTracer()
  if (tracer === undefined) {
    sayOnce('tracer', 'dd-trace is not installed, so there are no spans; add it with: npm install dd-trace')
    return undefined
  }
  if (config.startTracer && process.env.DD_TRACE_ENABLED !== 'false') unwatch = initFirst(tracer)
  tracer.use('openai', false)
  return tracer
}

let unwatch = (): void => {}

/** Takes back what `findTracer` put on the tracer to be told of the app's own `init`. */
export function forgetTracer(): void {
  unwatch()
  unwatch = () => {}
}

function requireTracer(): Tracer | undefined {
  try {
    return (require('dd-trace') as { default: Tracer }).default
  } catch {
    return undefined
  }
}

/**
 * The id of the trace that the app's code is in, empty where it is in none. dd-trace's own plugins open a span for each
 * HTTP request before we are told of it: at the root of a trace, that one says nothing of the caller.
 */
export function callersTrace(tracer: Tracer | undefined): string {
  const context = tracer?.scope().active()?.context()
  if (context === undefined) return ''
  const isRoot = context.toTraceId() === context.toSpanId()
  return isRoot && kindOf(context) === 'client' ? '' : context.toTraceId()
}

/** Only dd-trace's private record of a span's tags tells; without it, a root is taken for the app's. */
function kindOf(context: SpanContext): unknown {
  const tags: unknown = Reflect.get(context, '_tags')
  return typeof tags === 'object' && tags !== null ? Reflect.get(tags, 'span.kind') : undefined
}
