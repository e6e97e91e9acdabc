import type { Tracer } from 'dd-trace'
import type { Config } from '../config'
import { sayOnce } from '../say'
import { wrapFetchLazily } from './lazy-fetch'
import { keepListHeaders } from './list-headers'
import { stopPropagation } from './propagation'
import { initFirst } from './second-init'

/**
 * The process's dd-trace, started if the app has not and may be: the tracer's own `openai` plugin, which would trace
 * every call a second time, is turned off. Undefined where dd-trace is not installed, or switched off: then it is not
 * loaded by us either.
 */
export function findTracer(config: Config): Tracer | undefined {
  if (isSwitchedOff(process.env)) return undefined
  const tracer = requireTracer()
  if (tracer === undefined) {
    sayOnce('tracer', 'dd-trace is not installed, so there are no spans; add it with: npm install dd-trace')
    return undefined
  }
  const undos = [
    ...(config.startTracer ? [initFirst(tracer)] : []),
    ...(config.propagate ? [] : [stopPropagation(tracer, config)]),
    keepListHeaders(),
  ]
  unwatch = () => {
    for (const undo of undos) undo()
  }
  sayOverridden(process.env)
  tracer.use('openai', false)
  return tracer
}

const YES = /^(?:1|true)$/i
const NO = /^(?:0|false)$/i

function isSwitchedOff(env: NodeJS.ProcessEnv): boolean {
  return NO.test(env.DD_TRACE_ENABLED ?? '')
}

/** What the user asked for in words, and does not get with us. */
function sayOverridden(env: NodeJS.ProcessEnv): void {
  if (YES.test(env.DD_TRACE_OPENAI_ENABLED ?? '')) {
    sayOnce(
      'tracer.openai',
      "DD_TRACE_OPENAI_ENABLED: dd-trace's own openai plugin is turned off, or every call would have two spans; to use " +
        'the plugin instead, do not load interceptor/register',
    )
  }
}

let unwatch = (): void => {}

/** Takes back what `findTracer` put on the tracer. */
export function forgetTracer(): void {
  unwatch()
  unwatch = () => {}
}

function requireTracer(): Tracer | undefined {
  try {
    const entry = require.resolve('dd-trace')
    if (require.cache[entry] === undefined) wrapFetchLazily(entry)
    return (require('dd-trace') as { default: Tracer }).default
  } catch {
    return undefined
  }
}
