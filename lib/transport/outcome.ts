import { tally } from '../counters'

/**
 * How an exchange ended. `complete`: the answer arrived whole; `aborted`: the app left; `failed`: the network, the
 * server or a timeout broke it; `abandoned`: nothing happened for so long that nobody can be waiting.
 */
export type Outcome = 'complete' | 'aborted' | 'failed' | 'abandoned'

const TIMEOUTS = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
  'ESOCKETTIMEDOUT',
  // What axios calls its own timeout.
  'ECONNABORTED',
])
/** Have no `code` on some versions: undici 7 gives its parser's errors none unless it knows the number. */
const FAILURES = new Set<unknown>(['HTTPParserError'])
const ABORTS = new Set(['ABORT_ERR', 'UND_ERR_ABORTED', 'ERR_CANCELED'])

/** A timeout is a failure, whoever set it, and not the app leaving. */
export function isTimeout(error: unknown): boolean {
  // node:http wraps the reason of an aborted signal.
  const wrapped = errorName(property(error, 'cause'))
  return errorName(error) === 'TimeoutError' || wrapped === 'TimeoutError' || TIMEOUTS.has(codeOf(error) ?? '')
}

/**
 * What an error before the end of the answer means. An app may abort with anything (a string, a number, an error of
 * its own), while networks, TLS, parsers and undici all set a `code`: without one it was the app.
 */
export function outcomeOf(error: unknown): Outcome {
  if (isTimeout(error) || FAILURES.has(errorName(error))) return 'failed'
  const code = codeOf(error)
  return code === undefined || ABORTS.has(code) || errorName(error) === 'AbortError' ? 'aborted' : 'failed'
}

/**
 * By who called `abort()`: told by the stack alone, and only for the error that it made itself. Costs 0.06 ms on the
 * app's stack. The app's `Error.prepareStackTrace` may make anything of a stack: what is no text tells nothing.
 */
export function isTimersAbort(error: unknown): boolean {
  const stack = error instanceof Error ? property(error, 'stack') : undefined
  const frames = typeof stack === 'string' ? stack.split('\n') : []
  const abort = frames.findIndex(frame => frame.includes('at AbortController.abort '))
  return abort >= 0 && /^\s+at Timeout\b/.test(frames[abort + 1] ?? '')
}

export function codeOf(error: unknown): string | undefined {
  const code = property(error, 'code') ?? property(property(error, 'cause'), 'code')
  return typeof code === 'string' ? code : undefined
}

function errorName(error: unknown): unknown {
  return property(error, 'name')
}

/** Of something that the app may have made, getters included: one that throws must not cost the call its end. */
export function property(value: unknown, key: string): unknown {
  try {
    return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
  } catch {
    tally('swallowed.error.property')
    return undefined
  }
}
