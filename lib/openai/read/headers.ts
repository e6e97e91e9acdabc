import type { Headers } from '../../transport/headers'
import type { Caller, RateLimit } from '../call'
import { askerOf } from './asker'
import { type Credentials, credentialsOf } from './credentials'
import { type GatewayFacts, gatewayFacts } from './gateway'
import { rateLimits, resetMs } from './rate-limits'

/** All that the headers of both sides tell of a call. */
export interface HeaderFacts {
  readonly caller: Caller
  readonly rateLimits: ReadonlyMap<string, RateLimit>
  readonly processingMs?: number
  readonly retryAfterMs?: number
  readonly attempt?: number
  readonly idempotencyKey?: string
  /** The SDK's own timeout, in seconds. */
  readonly timeoutS?: number
  readonly secrets: Credentials['secrets']
  readonly gateway: GatewayFacts
  /** See `askerOf`. */
  asker(): string
}

const LONGEST_VALUE = 200

/** Where a request was sent, as far as it may hold credentials. */
interface SentTo {
  readonly origin: string
  readonly query: string
}

const NOWHERE: SentTo = { origin: '', query: '' }

/** Reads the headers once. `now` (epoch milliseconds) is what a `retry-after` date is counted from. */
export function readHeaders(request: Headers, response: Headers, now: number, target = NOWHERE): HeaderFacts {
  const { key, secrets } = credentialsOf({ headers: request, ...target })
  return defined({
    caller: callerOf(request, response, key),
    rateLimits: rateLimits(response, now),
    processingMs: positive(response.get('openai-processing-ms')),
    retryAfterMs: retryAfterMs(response, now),
    attempt: attemptOf(request.get('x-stainless-retry-count')),
    idempotencyKey: trimmed(request.get('idempotency-key')),
    timeoutS: positive(request.get('x-stainless-timeout')),
    secrets,
    gateway: gatewayFacts(response),
    asker: () => askerOf({ headers: request, ...target }),
  })
}

function callerOf(request: Headers, response: Headers, key: string | undefined): Caller {
  return defined<Caller>({
    organizationId: trimmed(request.get('openai-organization')),
    organizationName: trimmed(response.get('openai-organization')),
    project: trimmed(request.get('openai-project')) ?? trimmed(response.get('openai-project')),
    key,
    client: clientOf(request),
    requestId: trimmed(response.get('x-request-id')) ?? trimmed(response.get('apim-request-id')),
  })
}

/** `js 6.1.0` as the SDKs say, else the user agent as it is. */
function clientOf(request: Headers): string | undefined {
  const lang = trimmed(request.get('x-stainless-lang'))
  const version = trimmed(request.get('x-stainless-package-version'))
  return lang === undefined ? trimmed(request.get('user-agent')) : [lang, version].filter(Boolean).join(' ')
}

function attemptOf(retries: string | undefined): number | undefined {
  return retries !== undefined && /^\d{1,4}$/.test(retries) ? Number(retries) + 1 : undefined
}

/** In seconds, or as a date; some servers send a time as a number. */
function retryAfterMs(response: Headers, now: number): number | undefined {
  const value = response.get('retry-after')
  return positive(response.get('retry-after-ms')) ?? (value === undefined ? undefined : resetMs(value, now))
}

/** A plain, finite number that is not negative. */
function positive(value: string | undefined): number | undefined {
  return value !== undefined && /^\d+(?:\.\d+)?$/.test(value.trim()) ? finite(Number(value)) : undefined
}

function finite(n: number): number | undefined {
  return Number.isFinite(n) ? n : undefined
}

function trimmed(value: string | undefined): string | undefined {
  return value?.trim().slice(0, LONGEST_VALUE) || undefined
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> }
type Loose<T> = { [K in keyof T]: T[K] | undefined }

/** Leaves out what is not known: absent is absent, not undefined. */
export function defined<T extends object>(facts: Loose<T>): Defined<T> {
  const known: Partial<Loose<T>> = {}
  for (const key in facts) if (facts[key] !== undefined) known[key] = facts[key]
  return known as Defined<T>
}
