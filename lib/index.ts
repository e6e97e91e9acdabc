import { readConfig, type Settings } from './config'
import { counters } from './counters'
import { guarded } from './guard'
import { type Running, run } from './interceptor'
import { sayOnce } from './say'
import { findTracer } from './tracer/tracer'

export type { Config, RedactHook, Settings } from './config'
export { suppress, withTags } from './context'
export type { Call, CallError, CallStart, ErrorKind, Incomplete, Usage } from './openai/call'

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

interface Started {
  readonly handle: Handle
}

/** One process, one set of subscriptions, however many copies of this package are loaded. */
const RUNNING = Symbol.for('interceptor.running')
const shared = globalThis as { [RUNNING]?: Started | undefined }

/**
 * Starts observing the OpenAI calls of this process. Settings go before the environment's variables. Started already,
 * by `register` or by another copy, it returns the handle of that one.
 */
export function start(settings: Settings = {}): Handle {
  const running = shared[RUNNING]
  if (running !== undefined) return running.handle
  const config = readConfig(process.env, settings)
  if (!config.enabled) return IDLE
  const handle = handleOf(run(config, findTracer(config)))
  shared[RUNNING] = { handle }
  return handle
}

const IDLE: Handle = { flush: async () => {}, stop: async () => {}, counters }

function handleOf(running: Running): Handle {
  // Before the tracer's own handler, which flushes only once: our last spans must be finished by then.
  // Sending wakes the event loop, so this is called again when that is done.
  const beforeExit = guarded('beforeExit', () => {
    if (!running.pending()) return
    running.endOpen()
    running.flush().catch(() => sayOnce('exit', 'the last flush failed'))
  })
  // What is thrown here would change the app's exit code.
  const exit = guarded('exit', () => running.exit())
  process.prependListener('beforeExit', beforeExit)
  process.on('exit', exit)
  let stopped: Promise<void> | undefined
  return {
    flush: withinMs => running.flush(withinMs),
    counters,
    stop() {
      stopped ??= stopAll()
      return stopped
    },
  }

  async function stopAll(): Promise<void> {
    process.removeListener('beforeExit', beforeExit)
    process.removeListener('exit', exit)
    shared[RUNNING] = undefined
    await running.stop()
  }
}
