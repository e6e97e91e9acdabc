import type { Json } from './json'
import type { Cost } from './price/cost'

/** What may be said of one value: texts stay strings, numbers are finite. */
export type Fact = string | number

/**
 * What a reader found in a body, under the API's own field names (`choices.0.finish_reason`).
 * `fields` are parameters, ids and counts; `content` is prompts and outputs, which a sink may only show sampled,
 * redacted and cut.
 */
export interface Facts {
  readonly fields: ReadonlyMap<string, Fact>
  readonly content: ReadonlyMap<string, string>
}

/** Token counts as the server billed them, or as we counted. Details are parts of the totals, absent is not zero. */
export interface Usage {
  input?: number
  output?: number
  total?: number
  cachedInput?: number
  cacheWriteInput?: number
  /** Of those, for longer than usual: half a day, an hour. */
  longCacheWriteInput?: number
  audioInput?: number
  /** Of those, from the cache; the same of pictures. */
  cachedAudioInput?: number
  imageInput?: number
  cachedImageInput?: number
  textInput?: number
  reasoningOutput?: number
  audioOutput?: number
  imageOutput?: number
  textOutput?: number
  acceptedPrediction?: number
  rejectedPrediction?: number
  /** Seconds of audio, where that is what is billed. */
  seconds?: number
}

/** See `Cost`, without the sum. */
export type CostDetails = Omit<Cost, 'usd'>

/** What dashboards group failures by. The list is closed. */
export type ErrorKind =
  | 'rate_limit'
  | 'quota'
  | 'auth'
  | 'permission'
  | 'not_found'
  | 'invalid_request'
  | 'context_length'
  | 'content_filter'
  | 'conflict'
  | 'timeout'
  | 'connection'
  | 'server'
  | 'stream'
  | 'other'

export interface CallError {
  /** OpenAI's error class by status: `RateLimitError`, `APIConnectionError` … */
  class: string
  message: string
  kind: ErrorKind
  /** Only of network errors: HTTP answers have no stack of interest. */
  stack?: string
  /** `type`, `code` and `param` of OpenAI's error object. */
  type?: string
  code?: string
  param?: string
}

/** Why an answer is not whole although HTTP succeeded. */
export type Incomplete =
  | 'length'
  | 'content_filter'
  | 'refusal'
  | 'aborted'
  | 'abandoned'
  | 'failed'
  | 'cancelled'
  | 'cut'

/** Where the call went. */
export interface Api {
  /** Origin and the prefix that the operation's path is under: `https://api.openai.com/v1`. */
  base: string
  type: 'open_ai' | 'azure'
  /** Azure's `api-version`. */
  version?: string
  /** Azure's model inference, and not its OpenAI. */
  inference?: true
  /** The compatible server's name (`openrouter`), where the host tells it. */
  provider?: string
}

/** Who made the call, from the headers of both sides. */
export interface Caller {
  organizationId?: string
  organizationName?: string
  project?: string
  /** `sk-...` and the last four characters, never more. */
  key?: string
  /** SDK and version, else the user agent. */
  client?: string
  requestId?: string
}

/** One budget of the rate limit: numbers as sent, `resetMs` until it is whole again. */
export interface RateLimit {
  limit?: number
  remaining?: number
  resetMs?: number
}

/** What only a stream has. Milliseconds are from the call's start. */
export interface StreamFacts {
  /** SSE events that carry data, `[DONE]` not counted. */
  events: number
  firstEventMs?: number
  /** The first token of any kind that could be shown: of the answer, or of reasoning that is streamed. */
  firstTokenMs?: number
  /** The first of the answer: a piece of its text, a tool call, a refusal, sound, a picture. */
  firstContentMs?: number
  /** Over the visible tokens after the first one: hidden reasoning is no part of it. */
  perOutputTokenMs?: number
  /** Between two events that bring something: not heartbeats, comments or empty chunks. */
  longestGapMs?: number
  /**
   * Since when, and for how long, tokens came one by one, and whether those of the reasoning were among them: what the
   * pace is reckoned from.
   */
  paced?: { ms: number; fromMs: number; withReasoning: boolean }
  /** The last chunk. */
  lastMs?: number
  /**
   * Between one event and the next: all of them, or 512 at most, evenly over the stream. Not in what is written to files
   * or shown.
   */
  chunkGapsMs?: readonly number[]
}

/** The place of a call among those that follow from each other, as their bodies say: never joined on a guess. */
export interface TurnFacts {
  /** Made here, the same for all calls of the turn. */
  id: string
  /** From 1; calls that go on from the same call have the same. */
  index: number
  /** Results of tools that the request brings. */
  toolResults?: number
  /** Of the prompt of the call before, the share that this one begins with unchanged: 0 to 1. */
  prefixKept?: number
  /** How many earlier calls of the turn asked for the same tool with the same arguments. */
  repeats?: number
  /** The span of the turn's first call, on the others. */
  root?: Pick<TraceIdentity, 'traceId' | 'spanId' | 'hexTraceId'>
}

/** The identity of the span a call is traced by, so that logs can point at it. */
export interface TraceIdentity {
  /** As the tracer's own log injection formats it. */
  traceId: string
  spanId: string
  /** Decimal, low 64 bits: what sampling is decided on. */
  samplingId: bigint
  /** 128 bits in hexadecimal, where the log injection's format is another. */
  hexTraceId?: string
  /** The app's service, environment and version as the tracer has them, whoever set them. */
  service?: string
  env?: string
  version?: string
  /** The tracer's decision as far as it is known when asked: `false` only once the trace is dropped. */
  kept(): boolean
}

/** What is known when a call starts. */
export interface CallStart {
  /** The operation id of OpenAI's API description; for an unknown path `METHOD /template-ish`. */
  readonly operation: string
  /** `/v1/files/*`: ids replaced by `*`. */
  readonly endpoint: string
  readonly method: string
  readonly family: string
  readonly api: Api
  /** Where it is known so early: the path names it, or a session that this is a part of. */
  readonly model?: string
  /** Epoch milliseconds, with fractions. */
  readonly startedAt: number
  /** What the app put on the call with `withTags`. */
  readonly tags: Readonly<Record<string, string>>
  /** Where nobody can say who made the call: it has no parent and no tags of the app's. */
  readonly context?: 'unknown'
  /** Redirects that led to this request, and the span of the hop before it. */
  redirects?: number
  redirectedFrom?: string
  /** It may last much longer than what asked for it: a socket's session. */
  readonly outlives?: boolean
  /** The start of the socket's session that this is a part of. */
  readonly session?: CallStart
  /** Set by the span sink, which opens first; absent without a tracer. */
  trace?: TraceIdentity
}

/** Everything that is known of one call when it has ended: the one record that every sink is given. */
export interface Call extends CallStart {
  readonly durationMs: number
  readonly http: {
    /** No query, no userinfo. */
    url: string
    host: string
    port: number
    status?: number
  }
  /** Asked for, and answered by. */
  readonly model?: string
  readonly responseModel?: string
  readonly caller: Caller
  readonly request: Facts
  readonly response: Facts
  /** What was asked and answered in full, by the log attribute's name: `messages`, `completion`, `prompt` … */
  readonly sample: Readonly<Record<string, Json>>
  /**
   * Parameters by the API's own names and with their own types, as the server applied them where it tells. Made, like
   * `sample`, for those outputs only that show it.
   */
  readonly parameters?: Readonly<Record<string, Json>>
  usage?: Usage
  /** Set where `usage` was counted by us and not reported by the server. */
  estimated?: {
    readonly prompt: boolean
    readonly completion: boolean
    /** How good the count is; absent in records of versions that did not tell. */
    readonly estimate?: Estimate
    /** Why it is not `counted`: `images of unknown size left out`, `long texts counted by sample` … */
    readonly note?: string
  }
  /** US dollars; absent where a part of it has no known price. */
  cost?: number
  /** Where the cost is from, its parts, and what has no known price. */
  costDetails?: CostDetails
  /** `hit`: a gateway answered with what it had kept, and nothing was paid. */
  gatewayCache?: 'hit'
  /** `default`, `flex`, `priority`, `batch` …: what the price depends on. */
  readonly serviceTier?: string
  readonly error?: CallError
  readonly incomplete?: Incomplete
  /** Left by the app: not an error. */
  readonly aborted: boolean
  /** Present if the response was a stream of events. */
  readonly stream?: StreamFacts
  readonly rateLimits: ReadonlyMap<string, RateLimit>
  /** What the server says it took (`openai-processing-ms`). */
  readonly processingMs?: number
  /** Time to the response head less the server's own; not told where the app's thread was too busy to see the head come. */
  readonly networkMs?: number
  /** So long the app's thread was busy with other things before it saw the head: told where `networkMs` is not for it. */
  readonly loopBusyMs?: number
  readonly retryAfterMs?: number
  /** 1 for a call's first attempt. */
  readonly attempt?: number
  /** From the end of the attempt before to the start of this one. */
  readonly retryWaitMs?: number
  /** Of a chat completion, a response or a run, unless `INTERCEPTOR_TURNS` is false. */
  readonly turn?: TurnFacts
  /** A body was longer than its bound and was read in part. */
  readonly truncated: boolean
  /** What could not be read: `request`, `response` or both. */
  readonly unparsed: readonly string[]
}

/**
 * A record that no sink has seen yet. Members are added to it and to no copy: on Node 20 a member that is added to a copy
 * takes 1 µs and more.
 */
export type CallDraft = { -readonly [K in keyof Call]: Call[K] }

/**
 * A call that has ended, as `start({ onCall })` and the diagnostics channel `interceptor:call` hand it out: filtered and
 * redacted like everything that leaves, whatever the content rates of spans and logs say.
 *
 * It is to be read only: it is frozen, its maps and `sample` are not, and are the same for every reader. Times are epoch
 * milliseconds (`startedAt`) and milliseconds, `cost` is in US dollars.
 */
export interface CallRecord extends Readonly<Call> {
  /** Of this shape: a field may be added, none is changed or taken away without a new number. */
  readonly version: 1
}

/**
 * Is given every call after its end, in a later turn of the event loop and in no call's context. What it returns is not
 * used; if it throws, or its promise rejects, that is counted (`hook.failed`) and said once. Its own calls are not
 * observed.
 */
export type CallHook = (call: CallRecord) => unknown

/**
 * How tokens that the server does not tell were found: `counted` as the model counts them; `rough`, of all there was, but
 * without the model's own encoding or by sample; `partial`, since a part could not be counted at all: the real number is
 * higher, and the call has no cost.
 */
export const ESTIMATES = ['counted', 'rough', 'partial'] as const
export type Estimate = (typeof ESTIMATES)[number]
