import type { Tracer } from 'dd-trace'
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
