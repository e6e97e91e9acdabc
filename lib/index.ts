import type { Settings } from './config/config'
import { liveConfig } from './config/live'
import { counters } from './counters'
import { run } from './interceptor'
import type { Lifecycle } from './lifecycle'
import { RUNNING } from './running'
import { sayRuntime } from './runtime'
import { say } from './say'
import { outputsMeant } from './sinks/live/meant'
import { targetFrom } from './sinks/live/target'
import { OUTPUTS } from './sinks/outputs'
import { findTracer, forgetTracer } from './tracer/tracer'

export type { Config, OutputName, RedactHook, Settings } from './config/config'
export { suppress, withTags } from './context'
export type { Call, CallError, CallHook, CallRecord, CallStart, ErrorKind, Incomplete, Usage } from './openai/call'

/** A started interceptor. */
export interface Handle {
  /**
   * Sends what is pending, within `withinMs` milliseconds (default: `INTERCEPTOR_EXIT_TIMEOUT_MS`).
   */
  flush(withinMs?: number): Promise<void>
  /** Unsubscribes from every channel, restores everything patched, and sends what is pending. Safe to call twice. */
  stop(): Promise<void>
  /** What happened to us, as opposed to the app: swallowed errors, dropped entries. */
  counters(): Record<string, number>
}

/** What a copy of this package that was started tells the others; `version` is that of this shape. */
interface Started {
  readonly version: typeof VERSION
  readonly handle: Handle
  /** Takes the settings of a later start, of whatever copy: it has the table that they are read by. */
  apply(settings: unknown): void
}

const VERSION = 1
/** One process, one set of subscriptions, however many copies of this package are loaded. */
const shared = globalThis as { [RUNNING]?: Started | Foreign | undefined }

/** A copy of before or after this shape. */
interface Foreign {
  readonly version?: unknown
  readonly handle: Handle
}

/**
 * Starts observing the OpenAI calls of this process. Settings go before the environment's variables; what cannot be
 * used of them is said in one line on standard error, and nothing is thrown.
 *
 * Started already, by `register` or by another copy, it returns the handle of that one. What of the settings can be
 * changed while it runs is changed, that which keeps content in always; the rest is named in one line.
 */
export function start(settings?: Settings): Handle {
  try {
    return shared[RUNNING] === undefined ? startFirst(settings) : joinRunning(shared[RUNNING], settings)
  } catch (error) {
    // Whatever is wrong with us, the app starts.
    say(`not started: ${error instanceof Error ? error.message : String(error)}`)
    return IDLE
  }
}

function startFirst(settings: unknown): Handle {
  const live = liveConfig(process.env, settings)
  const { config } = live
  if (!config.enabled) {
    if (config.debug) say('debug: nothing is observed in this process: INTERCEPTOR_ENABLED is false')
    return IDLE
  }
  sayRuntime()
  const target = targetFrom(process.env)
  const outputs = target === undefined ? config.outputs : outputsMeant(config, process.env, process.execArgv)
  const usesTracer = outputs.some(name => OUTPUTS[name].usesTracer)
  const running = run({ config, outputs, tracer: usesTracer ? findTracer(config) : undefined, live: target })
  const handle = handleOf(running)
  shared[RUNNING] = { version: VERSION, handle, apply: later => running.changed(live.apply(later)) }
  return handle
}

function joinRunning(started: Started | Foreign, settings: unknown): Handle {
  if (settings === undefined) return started.handle
  if (isOfThisShape(started)) started.apply(settings)
  else say('start(): another version of interceptor runs already, so none of these settings are used; load one version')
  return started.handle
}

function isOfThisShape(started: Started | Foreign): started is Started {
  return started.version === VERSION
}

const IDLE: Handle = { flush: async () => {}, stop: async () => {}, counters }

function handleOf(running: Lifecycle): Handle {
  const handle: Handle = {
    flush: withinMs => running.flush(withinMs),
    counters,
    stop() {
      // Called a second time, it must not forget the one that was started since.
      if (shared[RUNNING]?.handle === handle) {
        shared[RUNNING] = undefined
        forgetTracer()
      }
      return running.stop()
    },
  }
  return handle
}
