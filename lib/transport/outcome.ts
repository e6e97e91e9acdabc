import type { Outcome } from './exchange'

const TIMEOUTS = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
  'ESOCKETTIMEDOUT',
  // What axios calls its own timeout.
  'ECONNABORTED',
])
const ABORTS = new Set(['ABORT_ERR', 'UND_ERR_ABORTED', 'ERR_CANCELED'])

/** Whoever ran out of patience, a timeout is a failure and not the app's wish to leave. */
export function isTimeout(error: unknown): boolean {
  // node:http wraps the reason of an aborted signal.
  const wrapped = nameOf(property(error, 'cause'))
  return nameOf(error) === 'TimeoutError' || wrapped === 'TimeoutError' || TIMEOUTS.has(codeOf(error) ?? '')
}

/**
 * What an error before the end of the answer means. An app may abort with anything (a string, a number, an error of
 * its own), while networks, TLS, parsers and undici all set a `code`: without one it was the app.
 */
export function outcomeOf(error: unknown): Outcome {
  if (isTimeout(error)) return 'failed'
  const code = codeOf(error)
  return code === undefined || ABORTS.has(code) || nameOf(error) === 'AbortError' ? 'aborted' : 'failed'
}

export function codeOf(error: unknown): string | undefined {
  const code = property(error, 'code') ?? property(property(error, 'cause'), 'code')
  return typeof code === 'string' ? code : undefined
}

function nameOf(error: unknown): unknown {
  return property(error, 'name')
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}
