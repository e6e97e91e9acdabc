import type { Call, CallDraft, CallStart } from './call'

/** What comes after reading: a call's turn, its attempt's place, its cost. */
type Later = 'estimated' | 'cost' | 'costDetails' | 'gatewayCache' | 'retryWaitMs' | 'turn'
type ReadKey = Exclude<keyof Call, keyof CallStart | Later> | 'model'

/** All that is known of a call when it has been read; what is not known is undefined. */
export type ReadFacts = {
  readonly [K in ReadKey]-?: Exclude<Call[K], undefined> | (K extends Maybe ? undefined : never)
}

const MAYBE_FROM_START = ['context', 'redirects', 'redirectedFrom', 'outlives', 'session', 'trace'] as const
const MAYBE = [
  'model',
  'responseModel',
  'parameters',
  'usage',
  'serviceTier',
  'error',
  'incomplete',
  'stream',
  'processingMs',
  'networkMs',
  'loopBusyMs',
  'retryAfterMs',
  'attempt',
] as const
type Maybe = (typeof MAYBE)[number]

type OptionalOf<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T]
type Forgotten = Exclude<OptionalOf<CallStart> | OptionalOf<ReadFacts>, Maybe | (typeof MAYBE_FROM_START)[number]>
/** Compiles only where no member that may be absent is missing in the two lists. */
type Whole = [Forgotten] extends [never] ? readonly string[] : Forgotten

/**
 * The record of a call: absent is absent, not undefined. Its literal names each member, and spreads nothing: on Node 20
 * members added to the copy of a start took 28 µs and 25 kB, these take 0.3 µs.
 */
export function callOf(start: CallStart, facts: ReadFacts): CallDraft {
  const call: CallDraft = {
    operation: start.operation,
    endpoint: start.endpoint,
    method: start.method,
    family: start.family,
    api: start.api,
    startedAt: start.startedAt,
    tags: start.tags,
    durationMs: facts.durationMs,
    http: facts.http,
    caller: facts.caller,
    request: facts.request,
    response: facts.response,
    sample: facts.sample,
    aborted: facts.aborted,
    rateLimits: facts.rateLimits,
    truncated: facts.truncated,
    unparsed: facts.unparsed,
  }
  add(call, start, MAYBE_FROM_START satisfies Whole)
  add(call, facts, MAYBE satisfies Whole)
  return call
}

function add<K extends keyof Call>(
  call: Call,
  facts: { readonly [N in K]?: Call[N] | undefined },
  names: readonly K[],
): void {
  const draft: { -readonly [N in K]?: Call[N] } = call
  for (const name of names) {
    const value = facts[name]
    if (value !== undefined) draft[name] = value
  }
}
