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
  const name = error instanceof Error ? error.name : typeof error
  sayOnce(
    `otel.${what}`,
    `the app’s OpenTelemetry SDK failed (${what}, ${name}); the app goes on, and so do other outputs`,
  )
}
