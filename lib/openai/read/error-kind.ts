import type { ErrorKind } from '../call'
import type { BodyFailure } from '../readers/reader'

/** Codes and types that say more than the status: one status stands for several troubles. */
const BY_WORD: ReadonlyMap<string, ErrorKind> = new Map(
  (
    [
      ['quota', 'insufficient_quota billing_hard_limit_reached billing_not_active credit_balance_exhausted'],
      [
        'quota',
        'billing_error budget_exceeded insufficient_credits insufficient_balance ServiceQuotaExceededException',
      ],
      ['quota', 'usage_limit_exceeded session_budget_exceeded project_spend_limit_exceeded'],
      ['quota', 'organization_spend_limit_exceeded organization_usage_limit_exceeded'],
      ['rate_limit', 'rate_limit_exceeded rate_limit_error slow_down too_many_requests RESOURCE_EXHAUSTED'],
      ['rate_limit', 'ThrottlingException TooManyRequestsException throttling_error RateLimitError'],
      ['context_length', 'context_length_exceeded exceed_context_size_error context_window_exceeded 1261'],
      ['context_length', 'ContextWindowExceededError model_context_window_exceeded max_tokens_per_request'],
      ['content_filter', 'content_filter content_policy_violation image_content_policy_violation moderation_blocked'],
      [
        'content_filter',
        'ResponsibleAIPolicyViolation bio_policy misalignment_policy_violation data_inspection_failed',
      ],
      ['content_filter', 'content_filter_error DataInspectionFailed 1301'],
      ['auth', 'invalid_api_key authentication_error UNAUTHENTICATED UnrecognizedClientException'],
      ['auth', 'ExpiredTokenException InvalidSignatureException MissingAuthenticationTokenException'],
      ['permission', 'permission_error PERMISSION_DENIED AccessDeniedException data_residency_mismatch'],
      ['not_found', 'model_not_found not_found_error NOT_FOUND ResourceNotFoundException DeploymentNotFound'],
      ['not_found', 'image_file_not_found resource_not_found'],
      ['connection', 'connection_failed'],
      ['timeout', 'request_timeout vector_store_timeout timeout_error DEADLINE_EXCEEDED ModelTimeoutException'],
      ['server', 'server_error server_is_overloaded service_unavailable_error overloaded_error UNAVAILABLE INTERNAL'],
      ['server', 'InternalServerException ServiceUnavailableException ModelErrorException ModelNotReadyException'],
      [
        'server',
        'InternalServerError internal_server_error internal_error server_overloaded flex_unavailable sandbox_error',
      ],
    ] as const
  ).flatMap(([kind, words]) => words.split(' ').map((word): [string, ErrorKind] => [word, kind])),
)

/** What the words of a failure without a status say, and no more: with one the status says it better. */
const GENERAL: ReadonlyMap<string, ErrorKind> = new Map<string, ErrorKind>([
  ['invalid_request_error', 'invalid_request'],
  ['invalid_prompt', 'invalid_request'],
  ['BadRequestError', 'invalid_request'],
  ['api_error', 'server'],
  ['NotFoundError', 'not_found'],
  ['ValidationException', 'invalid_request'],
  ['INVALID_ARGUMENT', 'invalid_request'],
  ['request_too_large', 'invalid_request'],
])

/** Codes by how they are made: `image_too_large`, `invalid_image_url`, `unsupported_image_media_type`; new ones too. */
const BY_PATTERN: readonly (readonly [RegExp, ErrorKind])[] = [
  [/_policy(?:_violation)?$/, 'content_filter'],
  [/^(?:invalid|empty|unsupported|missing|unknown)_[a-z0-9_]+$/, 'invalid_request'],
  [/^(?:image|file|input)_[a-z0-9_]*(?:too_(?:large|small|long|many)|parse_error)$/, 'invalid_request'],
  [/^failed_to_download_/, 'invalid_request'],
]

/**
 * Too much was asked at once, in the words of OpenAI (chat; embeddings), Anthropic, llama.cpp, vLLM, xAI, Gemini,
 * Bedrock, Mistral, Zhipu, DeepSeek, Cohere, Ollama and Groq. Each names a length or a count of tokens and its limit.
 */
const CONTEXT_LENGTH: readonly RegExp[] = [
  /(?:maximum|max|available|allowed) (?:context|input|prompt|sequence|model) ?(?:length|size|window|limit)/i,
  /(?:exceed\w*|beyond|over|longer than|larger than|greater than|fit|limit|maximum)\b.{0,60}\bcontext[ _](?:window|length|size)/i,
  /\bcontext[ _](?:window|length|size|limit)\b.{0,60}\b(?:exceed|limit|reached|full|overflow|too)/i,
  /\b(?:prompt|inputs?|request|conversation|messages?)\b.{0,60}?\b(?:is|are|was) too (?:long|large)\b/i,
  /\btoo many (?:input |total |prompt )?tokens(?! per)/i,
  /\b(?:prompt|inputs?|request|messages?|tokens?)\b.{0,80}?\bexceed(?:s|ed|ing)?\b.{0,80}?\b(?:length|tokens?|context)\b/i,
  /\btoken count\b.{0,40}\bexceed|\bmax \d+ tokens per request\b|\bexpected maxLength: \d/i,
  /\bRange of input length should be\b|\bmax_new_tokens`? must be <=/i,
  /\breduce (?:the |your )?(?:length|size) of (?:the |your )?(?:messages?|prompt|input)|please reduce your prompt/i,
  /Prompt\s*(?:超长|过长)|输入(?:长度|内容)?\s*超|上下文.{0,10}(?:超|过长)/,
]
/** Of a message so much is looked at. */
const MOST_LOOKED_AT = 2000
/** A minute's budget of tokens is no context: `Limit 30000, Requested 40000 … tokens per min`. */
const BUDGET = /per[ -](?:minute|min|day|hour|second)|rate limit|quota|\b[TR]P[MD]\b/i
/** What was asked is refused for what it says, in the words of OpenAI and of Azure. */
const REFUSED =
  /\busage polic(?:y|ies)|\bcontent (?:management )?polic|\bflagged (?:as|by|for)\b|\bsafety system|\bcontent filter/i

/** Kinds of a status that a message may be more exact than. */
const VAGUE: ReadonlySet<ErrorKind> = new Set<ErrorKind>(['invalid_request', 'server', 'stream', 'other'])

/**
 * What a failure is for a dashboard: by its code or type, by what its message says of a context or a policy, else by
 * the HTTP status; `ofStatus` gives that of a status, `otherwise` is for a failure that has none.
 */
export function kindOf(
  failure: BodyFailure,
  ofStatus: (status: number) => ErrorKind,
  http: number | undefined,
  otherwise: ErrorKind,
): ErrorKind {
  const words = [failure.code, failure.type].filter(word => word !== undefined)
  const told = firstOf(words, word => BY_WORD.get(word))
  if (told !== undefined && !VAGUE.has(told)) return told
  const status = http ?? failure.status
  const general = firstOf(words, word => GENERAL.get(word) ?? byPattern(word))
  const kind = told ?? (status === undefined ? (general ?? otherwise) : ofStatus(status))
  return VAGUE.has(kind) ? (byMessage(failure.message) ?? ((kind === 'invalid_request' && general) || kind)) : kind
}

function byMessage(whole: string): ErrorKind | undefined {
  const message = whole.slice(0, MOST_LOOKED_AT)
  if (!BUDGET.test(message) && CONTEXT_LENGTH.some(pattern => pattern.test(message))) return 'context_length'
  return REFUSED.test(message) ? 'content_filter' : undefined
}

function byPattern(word: string): ErrorKind | undefined {
  return BY_PATTERN.find(([pattern]) => pattern.test(word))?.[1]
}

function firstOf<T>(words: readonly string[], find: (word: string) => T | undefined): T | undefined {
  for (const word of words) {
    const found = find(word)
    if (found !== undefined) return found
  }
  return undefined
}
