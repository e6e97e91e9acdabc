import { retryAfterMs } from './backoff'
import type { Clock } from './clock'
import { createDispatcher } from './proxy'

/** What became of one request: an answer, or the code of what went wrong before there was one. */
export type Answer = { status: number; retryAfterMs: number | undefined } | { failure: string }

export interface Transport {
  /** Never rejects. */
  post(body: Buffer): Promise<Answer>
  /** Breaks off what is under way. */
  close(): void
}

export interface TransportOptions {
  url: URL
  apiKey: string
  timeoutMs: number
  connectTimeoutMs: number
  env: NodeJS.ProcessEnv
  clock: Clock
  /** Runs a request so that neither we nor a tracer takes it for one of the app's. */
  unobserved<T>(fn: () => T): T
}

export function createTransport(options: TransportOptions): Transport {
  const { url, clock, timeoutMs, unobserved } = options
  const dispatcher = createDispatcher(options)
  const request = {
    origin: url.origin,
    path: url.pathname + url.search,
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip', 'dd-api-key': options.apiKey },
    // One bound on the whole instead, below.
    headersTimeout: 0,
    bodyTimeout: 0,
  } as const

  return {
    async post(body) {
      const deadline = new AbortController()
      const cancel = clock.after(timeoutMs, () => deadline.abort(new Timeout()))
      try {
        const answer = await unobserved(() => dispatcher.request({ ...request, body, signal: deadline.signal }))
        // Read to its end, or the connection could not be used again.
        await answer.body.dump().catch(() => {})
        return { status: answer.statusCode, retryAfterMs: retryAfterMs(answer.headers['retry-after'], clock.wall()) }
      } catch (error) {
        return { failure: codeOf(error) }
      } finally {
        cancel()
      }
    },
    close() {
      dispatcher.destroy().catch(() => {})
    },
  }
}

class Timeout extends Error {
  readonly code = 'ETIMEDOUT'
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
