import { tally } from '../../counters'
import { sayOnce } from '../../say'

/**
 * Runs what goes into the app's SDK: its processors, samplers and meters may throw. What they throw is counted and said
 * by its class alone: the message may be about content. Gives undefined then.
 */
export function inSdk<T>(what: string, fn: () => T): T | undefined {
  try {
    return fn()
  } catch (error) {
    failed(what, error)
    return undefined
  }
}

export function failed(what: string, error: unknown): void {
  tally(`otel.failed.${what}`)
  // A flush fails with a list of what failed in it.
  const [first] = Array.isArray(error) ? error : [error]
  const name = first instanceof Error ? first.name : typeof first
  sayOnce(
    `otel.${what}`,
    `the app’s OpenTelemetry SDK failed (${what}, ${name}); the app goes on, and so do other outputs`,
  )
}
