import { Socket } from 'node:net'
import type { buildConnector, Dispatcher, Pool } from 'undici'
import { sayOnce } from '../../say'
import type { Clock } from './clock'
import type { EventKind } from './kind'
import { loadUndici } from './load-undici'
import { type Target, targetShown } from './target'

/** What became of one request: an answer, or the code of what went wrong before there was one. */
export type SendResult = { status: number; retryAfterMs: number | undefined } | { failure: string }

export interface EventSender {
  /** Where to, for what is said. */
  readonly shown: string
  /** Sends a key of ours; an Agent has its own. */
  readonly hasKey: boolean
  /** Never rejects. */
  post(body: Buffer): Promise<SendResult>
  /** Breaks off what is under way. */
  close(): void
}

export interface EventSenderOptions {
  kind: EventKind
  target: Target
  timeoutMs: number
  connectTimeoutMs: number
  env: NodeJS.ProcessEnv
  clock: Clock
  /** Runs a request so that neither we nor a tracer takes it for one of the app's. */
  unobserved<T>(fn: () => T): T
}

export function createEventSender(options: EventSenderOptions): EventSender {
  const { kind, target, clock, timeoutMs, unobserved } = options
  const { url } = target
  /** Made at the first sending: an app that logs nothing does without it. */
  let dispatcher: Promise<Dispatcher> | undefined
  const request = {
    origin: url.origin,
    path: url.pathname + url.search,
    method: 'POST',
    headers: { ...kind.headers, ...(kind.gzip ? { 'content-encoding': 'gzip' } : {}), ...target.headers },
    // One bound on the whole instead, below.
    headersTimeout: 0,
    bodyTimeout: 0,
  } as const

  return {
    shown: targetShown(target),
    hasKey: 'dd-api-key' in target.headers,
    async post(body) {
      const deadline = new AbortController()
      const cancel = clock.after(timeoutMs, () => deadline.abort(new Timeout()))
      try {
        dispatcher ??= createDispatcher(options)
        const connected = await dispatcher
        const answer = await unobserved(() => connected.request({ ...request, body, signal: deadline.signal }))
        // Read to its end, or the connection could not be used again.
        await answer.body.dump().catch(() => {})
        return { status: answer.statusCode, retryAfterMs: parseRetryAfter(answer.headers['retry-after'], clock.wall()) }
      } catch (error) {
        return { failure: failureCode(error) }
      } finally {
        cancel()
      }
    },
    close() {
      dispatcher?.then(opened => opened.destroy()).catch(() => {})
    },
  }
}

class Timeout extends Error {
  readonly code = 'ETIMEDOUT'
}

function failureCode(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}

const LONGEST_RETRY_AFTER_MS = 5 * 60_000

/** `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), as milliseconds from `wall`; undefined if it is neither. */
function parseRetryAfter(header: unknown, wall: number): number | undefined {
  const value = (Array.isArray(header) ? String(header[0]) : String(header ?? '')).trim()
  const ms = /^\d{1,9}(\.\d+)?$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - wall
  return Number.isNaN(ms) ? undefined : Math.min(LONGEST_RETRY_AFTER_MS, Math.max(0, ms))
}

/**
 * A pool of connections that is ours alone, through the proxy that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` ask for.
 */
async function createDispatcher({ kind, target, connectTimeoutMs, env }: EventSenderOptions): Promise<Dispatcher> {
  const { url, socketPath } = target
  const undici = await loadUndici()
  const options = { connections: 1, pipelining: 1 }
  const direct = (): Pool => {
    const connect = undici.buildConnector({
      timeout: connectTimeoutMs,
      ...(socketPath === undefined ? {} : { socketPath }),
    })
    return new undici.Pool(url.origin, { ...options, connect: unheld(connect) })
  }
  if (socketPath !== undefined) return direct()

  const httpProxy = env.http_proxy || env.HTTP_PROXY
  const httpsProxy = env.https_proxy || env.HTTPS_PROXY || httpProxy
  if (!(url.protocol === 'https:' ? httpsProxy : httpProxy)) return direct()
  try {
    return new undici.EnvHttpProxyAgent({
      ...options,
      httpProxy: httpProxy ?? '',
      httpsProxy: httpsProxy ?? '',
      noProxy: env.no_proxy || env.NO_PROXY || '',
      proxyTls: { timeout: connectTimeoutMs },
      requestTls: { timeout: connectTimeoutMs },
    })
  } catch {
    sayOnce(`${kind.name}.proxy`, `HTTPS_PROXY is not the URL of a proxy; ${kind.words.short} are sent without one`)
    return direct()
  }
}

/**
 * Connections that do not keep the process alive: undici unrefs idle ones only, and with a hanging intake the app
 * would end later because of us.
 */
function unheld(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) => {
    // It does return the socket, though its type does not say so.
    const socket: unknown = connect(options, callback)
    if (!(socket instanceof Socket)) return
    socket.unref()
    socket.ref = () => socket
  }
}
