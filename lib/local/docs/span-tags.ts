import type { Usage } from '../../openai/call'
import { type CallTag, USAGE_TAGS } from '../../sinks/call-tags'

/** One tag of a span, for the reference: what a number counts, and when the tag is there. */
export interface SpanTag {
  readonly name: string
  readonly type: 'string' | 'number'
  readonly unit?: string
  readonly when: string
}

type About = readonly [type: SpanTag['type'], when: string, unit?: string]

const MS = 'millisecond'
const DOLLAR = 'US dollar'

/** A row for each of `CALL_TAGS`: the compiler refuses one without. */
const CALL_ABOUT: Readonly<Record<CallTag, About>> = {
  'openai.request.endpoint': ['string', 'always; the path with ids as `*`'],
  'openai.request.method': ['string', 'always'],
  'openai.request.model': ['string', 'the request names one'],
  'openai.request.provider': ['string', 'the host is that of a known compatible server'],
  'openai.request.stream': ['string', '`true`: the answer was a stream'],
  'openai.request.id': ['string', '`x-request-id` was answered'],
  'openai.request.redirects': [
    'number',
    'redirects that led to this request; each hop is a span of its own, without tokens or cost',
  ],
  'openai.request.redirected_from': ['string', 'span id of the hop before'],
  'openai.response.redirected': ['string', '`true` where the answer only says where to ask'],
  'openai.context': [
    'string',
    '`unknown` where nobody can say who made the call: then it has no parent and no tags of yours',
  ],
  'openai.request.client': ['string', 'SDK and version, else the user agent'],
  'openai.request.attempt': ['number', 'an SDK or we know which attempt it is', 'attempt, from 1'],
  'openai.request.retry_after_ms': ['number', 'the answer asked to wait', MS],
  'openai.request.retry_wait_ms': ['number', 'on a retry: the wait since the attempt before', MS],
  'openai.request.prefix_kept': [
    'number',
    'goes on from an earlier call and has its prompt in full: share of that call’s prompt that this one begins with, 0 to 1',
  ],
  'openai.turn.id': ['string', 'a chat completion, response or run that was answered, or goes on from one that was'],
  'openai.turn.index': ['number', 'as `openai.turn.id`; its place in the turn', 'call, from 1'],
  'openai.turn.tool_results': ['number', 'goes on from an earlier call, and brings results of tools', 'result'],
  'openai.turn.repeats': [
    'number',
    'earlier calls of the turn asked for the same tool with the same arguments',
    'call',
  ],
  'openai.request.prompt_tokens_estimated': ['number', 'a stream with usage: 1 counted here, 0 told by the server'],
  'openai.api_base': ['string', 'always'],
  'openai.api_type': ['string', 'always; `open_ai` or `azure`'],
  'openai.api_version': ['string', 'Azure’s `api-version` was sent'],
  'openai.organization.id': ['string', '`OpenAI-Organization` was sent'],
  'openai.organization.name': ['string', '`openai-organization` was answered'],
  'openai.project.id': ['string', 'a project was sent or answered'],
  'openai.user.api_key': ['string', 'a key was sent; its last four characters'],
  'openai.response.model': ['string', 'the answer names one'],
  'openai.response.processing_ms': ['number', 'the server told it', MS],
  'openai.response.network_ms': ['number', 'the server told its own part: what came on top', MS],
  'openai.response.loop_busy_ms': ['number', 'the app’s thread was too busy to know `network_ms`: for so long', MS],
  'openai.response.time_to_first_event_ms': ['number', 'a stream had an event', MS],
  'openai.response.time_to_first_token_ms': ['number', 'a stream carried what can be shown, reasoning included', MS],
  'openai.response.time_to_first_content_ms': ['number', 'a stream carried some of the answer', MS],
  'openai.response.time_per_output_token_ms': ['number', 'a stream carried content, and tokens are known', MS],
  'openai.response.longest_gap_ms': [
    'number',
    'a stream had more than one event; heartbeats and empty chunks are none',
    MS,
  ],
  'openai.response.chunks': ['number', 'the answer was a stream', 'event'],
  'openai.response.aborted': ['string', '`true`: the app left the call before its end'],
  'openai.response.incomplete': [
    'string',
    'the answer is not whole though HTTP succeeded. `length`: at the bound of tokens; `content_filter`, `refusal`: kept ' +
      'back, or refused by the model; `failed`, `cancelled`: the server says so; `cut`: the stream ended before its last ' +
      'event; `aborted`: the app left; `abandoned`: the app stopped reading, and nothing came for `INTERCEPTOR_IDLE_TIMEOUT_MS`',
  ],
  'openai.response.truncated': ['string', '`true`: a body was over the bound, or cut off'],
  'openai.response.unparsed': ['string', 'a side that could not be read'],
  'openai.response.cost.usd': ['number', 'every part of the cost is known', DOLLAR],
  'openai.response.cost.source': [
    'string',
    'there is a cost: `told` by the server, by the bundled `list`, or `yours` by `INTERCEPTOR_PRICES`',
  ],
  'openai.response.cost.input': ['number', 'part of the cost: what was asked, less what came from the cache', DOLLAR],
  'openai.response.cost.cached': ['number', 'part of the cost: what came from the provider’s cache', DOLLAR],
  'openai.response.cost.output': ['number', 'part of the cost: what was answered', DOLLAR],
  'openai.response.cost.tools': ['number', 'part of the cost: fees beside tokens', DOLLAR],
  'openai.response.cost.missing': ['string', 'the call cost something whose price is not known: what, by commas'],
  'openai.response.gateway_cache': ['string', '`hit`: a gateway answered with what it had kept, which costs nothing'],
  'openai.response.usage.estimated': ['number', '1: tokens were counted here'],
  'openai.estimate': [
    'string',
    'tokens were counted here: `counted`; `rough` by sample or without the model’s own encoding; `partial` where a part ' +
      'is left out, and then without a cost',
  ],
  'openai.estimate_reason': ['string', 'the count is rough or partial: why'],
  'openai.error.kind': ['string', 'the call failed'],
  'openai.error.type': ['string', 'OpenAI’s error object has it'],
  'openai.error.code': ['string', 'OpenAI’s error object has it'],
  'openai.error.param': ['string', 'OpenAI’s error object has it'],
  'error.type': ['string', 'the call failed; class of OpenAI’s SDK'],
  'error.message': ['string', 'the call failed'],
  'error.stack': ['string', 'a network error'],
  'http.method': ['string', 'always'],
  'http.url': ['string', 'always; without the query'],
  'http.status_code': ['number', 'there was an answer; the tracer sends it as a string'],
  'out.host': ['string', 'always'],
  'network.destination.port': ['number', 'always'],
}

const USAGE_ABOUT: Readonly<Record<keyof Usage, string>> = {
  input: 'usage is known or counted',
  output: 'usage is known or counted',
  total: 'usage is known or counted',
  cachedInput: 'part of the prompt came from the cache',
  cacheWriteInput: 'part of the prompt was put into the cache',
  longCacheWriteInput: 'part of that is kept for longer than usual',
  audioInput: 'part of the prompt',
  cachedAudioInput: 'part of that came from the cache',
  imageInput: 'part of the prompt',
  cachedImageInput: 'part of that came from the cache',
  textInput: 'part of the prompt',
  reasoningOutput: 'part of the completion',
  audioOutput: 'part of the completion',
  imageOutput: 'part of the completion',
  textOutput: 'part of the completion',
  acceptedPrediction: 'of a predicted output',
  rejectedPrediction: 'of a predicted output',
  seconds: 'audio that is billed by its length',
}

const LIMIT = 'openai.organization.ratelimit.<budget>'
const RATE_LIMIT_TAGS: readonly SpanTag[] = [
  { name: `${LIMIT}.limit`, type: 'number', unit: 'request, token', when: '`x-ratelimit-limit-<budget>` was answered' },
  {
    name: `${LIMIT}.remaining`,
    type: 'number',
    unit: 'request, token',
    when: '`x-ratelimit-remaining-<budget>` was answered',
  },
  {
    name: `${LIMIT}.reset`,
    type: 'number',
    unit: MS,
    when: '`x-ratelimit-reset-<budget>` was answered; the metric is in seconds',
  },
]

/** Every tag of a span but the facts of a body. */
export const SPAN_TAGS: readonly SpanTag[] = [
  ...Object.entries(CALL_ABOUT).map(
    ([name, [type, when, unit]]): SpanTag => ({ name, type, when, ...(unit && { unit }) }),
  ),
  ...Object.entries(USAGE_TAGS).map(
    ([key, name]): SpanTag => ({
      name: `openai.response.usage.${name}`,
      type: 'number',
      unit: name === 'seconds' ? 'second' : 'token',
      when: USAGE_ABOUT[key as keyof Usage],
    }),
  ),
  ...RATE_LIMIT_TAGS,
]
