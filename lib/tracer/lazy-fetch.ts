import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { member } from './member'

/** Where dd-trace (5.132, 6.21) knows whether it runs on a serverless platform, and where it wraps the global fetch. */
const PLATFORM = 'packages/dd-trace/src/serverless.js'
const FETCH = 'packages/datadog-instrumentations/src/fetch.js'

/**
 * Lets dd-trace wrap the global fetch without loading the undici inside Node. It reads `globalThis.Request` when it is
 * loaded, which loads that undici and makes its agent the process's dispatcher: an npm undici that the app loads later
 * would not put in its own, as it does without us, and requests would go out by the older parser. On serverless
 * platforms dd-trace reads it at the first fetch instead, so this one file is loaded as there.
 *
 * Where the files or the switch are not as they were, or fetch is not to be wrapped, nothing is done.
 */
export function wrapFetchLazily(entry: string): void {
  const [platform, fetch] = [PLATFORM, FETCH].map(file => join(dirname(entry), file))
  if (platform === undefined || fetch === undefined || !existsSync(platform) || !existsSync(fetch)) return
  const { DD_TRACE_DISABLED_INSTRUMENTATIONS: disabled, OTEL_TRACES_EXPORTER: exporter } = process.env
  // Then dd-trace may be about to wrap nothing.
  if (disabled?.split(',').includes('fetch') || exporter === 'none') return
  const facts: unknown = require(platform)
  if (typeof facts !== 'object' || facts === null || member(facts, 'IS_SERVERLESS') !== false) return
  Reflect.set(facts, 'IS_SERVERLESS', true)
  try {
    require(fetch)
  } finally {
    Reflect.set(facts, 'IS_SERVERLESS', false)
  }
}
