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
      [
        'quota',
        'organization_spend_limit_exceeded organization_usage_limit_exceeded Arrearage blocked_api_access 1113',
      ],
      ['rate_limit', 'rate_limit_exceeded rate_limit_error slow_down too_many_requests RESOURCE_EXHAUSTED'],
      ['rate_limit', 'ThrottlingException TooManyRequestsException throttling_error RateLimitError'],
      ['context_length', 'context_length_exceeded exceed_context_size_error context_window_exceeded 1261'],
      ['context_length', 'ContextWindowExceededError model_context_window_exceeded max_tokens_per_request'],
      ['content_filter', 'content_filter content_policy_violation image_content_policy_violation moderation_blocked'],
      [
        'content_filter',
        'ResponsibleAIPolicyViolation bio_policy misalignment_policy_violation data_inspection_failed',
      ],
      ['content_filter', 'content_filter_error DataInspectionFailed 1301 1026 1027'],
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

/** The same by how they are made: Moonshot's, Volcengine's, DashScope's and others' that are newer than the table. */
const BY_PART: readonly (readonly [RegExp, ErrorKind])[] = [
  [
    /(?:insufficient|exceeded|out_?of|not_?enough)\w*(?:balance|quota|credits?|funds)|overdue|arrear|spend_?limit/i,
    'quota',
  ],
  [/rate_?limit|throttl|too_?many_?requests/i, 'rate_limit'],
  [/sensitive_?(?:content|words?|info)/i, 'content_filter'],
]

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
  /\bcontext[ _](?:window|length|size|limit)\b.{0,60}\b(?:exceed|limit|reached|full|overflow|too|not enough)/i,
  /\b(?:prompt|inputs?|request|conversation|messages?)\b.{0,60}?\b(?:is|are|was) too (?:long|large)\b/i,
  /\btoo many (?:input |total |prompt )?tokens(?! per)/i,
  /\b(?:prompt|inputs?|request|messages?|tokens?)\b.{0,80}?\bexceed(?:s|ed|ing)?\b.{0,80}?\b(?:length|tokens?|context)\b/i,
  /\btoken count\b.{0,40}\bexceed|\bmax \d+ tokens per request\b|\bexpected maxLength: \d/i,
  /\binputs?`? must have less than \d+ tokens|\b(?:greater|longer|less) than\b.{0,20}\bmax_(?:seq|model)_len/i,
  /\bRange of input length should be\b|\bmax_new_tokens`? must be <=/i,
  /\breduce (?:the |your )?(?:length|size) of (?:the |your )?(?:messages?|prompt|input)|please reduce your prompt/i,
  /Prompt\s*(?:超长|过长)|输入(?:长度|内容)?\s*超|上下文.{0,10}(?:超|过长)/,
]
/** Of a message so much is looked at. */
const MOST_LOOKED_AT = 2000
/** A minute's budget of tokens is no context: `Limit 30000, Requested 40000 … tokens per min`. */
const BUDGET = /per[ -](?:minute|min|day|hour|second)|rate limit|quota|\b[TR]P[MD]\b/i
/** What was asked is refused for what it says: OpenAI's, Azure's, xAI's, Volcengine's, MiniMax's, Zhipu's words. */
const REFUSED: readonly RegExp[] = [
  /\busage (?:polic|guideline)|\bcontent (?:management )?polic|\bcontent (?:violates|filter)/i,
  /\bflagged (?:as|by|for)\b|\bsafety (?:system|check|filter)|\b(?:inappropriate|unsafe|harmful) content/i,
  /\bsensitive (?:content|information|words?)\b|\bnew_sensitive\b|\bblocked due to (?:security|safety)/i,
  /敏感|不安全|违规/,
]
/** There is no money for it: not the same as too much at once, which a later attempt mends. */
const UNPAID: readonly RegExp[] = [
  /\binsufficient (?:account )?(?:balance|credits?|quota|funds)|\bcredit balance\b|\boverdue\b|\bspend(?:ing)? limit\b/i,
  /\bbalance is (?:insufficient|not enough|too low)/i,
  /\bout of (?:credits|call volume quota)|\bcredits? (?:have |has |are |is )?(?:expired|exhausted|depleted)/i,
  /\b(?:used all|purchase|buy|enough) (?:available |more )?credits\b|\baccount is in good standing\b/i,
  /\bexceeded your current quota|余额|欠费/i,
]
/** Gemini says so of its rates, and where they stand. */
const RATES = /\brate[ -]limits?\b/i

/** Of a failure that has neither a code nor a status: what its words come nearest to. */
const BY_TALK: readonly (readonly [RegExp, ErrorKind])[] = [
  [/\brate[ _-]?limit|too many requests|throttl/i, 'rate_limit'],
  [
    /\b(?:invalid|incorrect|missing|wrong) (?:api|secret|access)[ -]?(?:key|token)|\bunauthori[sz]ed\b|\blog ?in fail/i,
    'auth',
  ],
  [/\btimed? ?out\b|\bdeadline exceeded/i, 'timeout'],
  [/\boverloaded\b|\bunavailable\b|\binternal (?:server )?error|\bout of memory|\bupstream\b|\bbad gateway/i, 'server'],
]

/** Kinds of a status that a message may be more exact than. */
const VAGUE: ReadonlySet<ErrorKind> = new Set<ErrorKind>(['invalid_request', 'server', 'stream', 'other'])
/** Nothing but that it failed. */
const UNKNOWN: ReadonlySet<ErrorKind> = new Set<ErrorKind>(['stream', 'other'])

/**
 * What a failure is for a dashboard: by its code or type, by what its message says of a context, a policy or money, else by
 * the HTTP status; `ofStatus` gives that of a status, `otherwise` is for a failure that has none.
 */
export function kindOf(
  failure: BodyFailure,
  ofStatus: (status: number) => ErrorKind,
  http: number | undefined,
  otherwise: ErrorKind,
): ErrorKind {
  const words = [failure.code, failure.type].filter(word => word !== undefined)
  const told = firstOf(words, word => BY_WORD.get(word)) ?? firstOf(words, word => matching(BY_PART, word))
  const status = http ?? failure.status
  const general = firstOf(words, word => GENERAL.get(word) ?? matching(BY_PATTERN, word))
  const kind = told ?? (status === undefined ? (general ?? otherwise) : ofStatus(status))
  return byMessage(failure.message, kind) ?? ((kind === 'invalid_request' && general) || kind)
}

/** What a message says more exactly than the kind so far; nothing where that is exact. */
function byMessage(whole: string, kind: ErrorKind): ErrorKind | undefined {
  const message = whole.slice(0, MOST_LOOKED_AT)
  const isVague = VAGUE.has(kind)
  if (isVague && !BUDGET.test(message) && CONTEXT_LENGTH.some(pattern => pattern.test(message))) return 'context_length'
  const mayBeRefused = isVague || kind === 'permission'
  if (mayBeRefused && REFUSED.some(pattern => pattern.test(message))) return 'content_filter'
  const mayBeUnpaid = mayBeRefused || kind === 'rate_limit'
  if (mayBeUnpaid && !RATES.test(message) && UNPAID.some(pattern => pattern.test(message))) return 'quota'
  return UNKNOWN.has(kind) ? matching(BY_TALK, message) : undefined
}

function matching(table: readonly (readonly [RegExp, ErrorKind])[], text: string): ErrorKind | undefined {
  return table.find(([pattern]) => pattern.test(text))?.[1]
}

function firstOf<T>(words: readonly string[], find: (word: string) => T | undefined): T | undefined {
  for (const word of words) {
    const found = find(word)
    if (found !== undefined) return found
  }
  return undefined
}
