import type { Call, CallStart, Usage } from '../../openai/call'
import { CALL_TAGS, USAGE_TAGS } from '../call-tags'
import { apiType, isFetched, operationName, providerName } from './conventions'
import { errorType } from './error-type'
import { field, finishReasons, flag, numeric, stopSequences, word } from './facts'
import { outputType } from './output-type'

export type AttributeValue = string | number | boolean | string[]

/** One attribute of a span; the README's table is made from these. */
export interface Attribute {
  readonly name: string
  readonly type: 'string' | 'int' | 'double' | 'boolean' | 'string[]'
  readonly when: string
  read(call: Call): AttributeValue | undefined
}

/** Facts of a body that have a name of their own here, and so none under `openai.*`. */
const NAMED_FIELDS = new Set<string>()

/** A parameter, by the first of its names that is there. */
function asked(name: string, type: Attribute['type'], ...keys: string[]): Attribute {
  for (const key of keys) NAMED_FIELDS.add(`request.${key}`)
  const when = `the request has ${keys.map(key => `\`${key}\``).join(', ')}`
  const read = type === 'string' ? word : numeric
  return { name, type, when, read: call => read(field(call.request, keys)) }
}

function told(name: string, key: string): Attribute {
  NAMED_FIELDS.add(`response.${key}`)
  return { name, type: 'string', when: `the answer has \`${key}\``, read: call => word(field(call.response, [key])) }
}

function used(name: string, key: keyof Usage, when: string): Attribute {
  return { name, type: 'int', when, read: call => (isFetched(call.operation) ? undefined : call.usage?.[key]) }
}

const REPORTED = 'the server tells it'
const COUNTED = 'usage is known or counted; not where an earlier answer is fetched'

/** Those of the conventions, in their order. */
export const CONVENTIONAL: readonly Attribute[] = [
  { name: 'gen_ai.operation.name', type: 'string', when: 'always', read: ({ operation }) => operationName(operation) },
  { name: 'gen_ai.provider.name', type: 'string', when: 'always', read: ({ api }) => providerName(api) },
  { name: 'gen_ai.request.model', type: 'string', when: 'the request names one', read: ({ model }) => model },
  { name: 'server.address', type: 'string', when: 'always', read: ({ http }) => http.host || undefined },
  { name: 'server.port', type: 'int', when: 'always', read: ({ http }) => http.port || undefined },
  {
    name: 'error.type',
    type: 'string',
    when: 'the call failed: the server’s code, else the class of the SDK’s error',
    read: errorType,
  },
  {
    name: 'http.response.status_code',
    type: 'int',
    when: 'there was an answer',
    read: ({ http }) => http.status,
  },
  { name: 'openai.api.type', type: 'string', when: 'chat completions and responses', read: apiType },
  {
    name: 'openai.request.service_tier',
    type: 'string',
    when: 'the request has another than `auto`',
    read: ({ request }) => {
      const tier = word(field(request, ['service_tier']))
      return tier === 'auto' ? undefined : tier
    },
  },
  told('openai.response.service_tier', 'service_tier'),
  told('openai.response.system_fingerprint', 'system_fingerprint'),
  {
    name: 'gen_ai.conversation.id',
    type: 'string',
    when: '`withTags({ session_id })`, else the server names a conversation or a thread',
    read: ({ tags, request, response }) =>
      word(tags.session_id) ??
      word(field(request, ['conversation', 'conversation.id', 'thread_id'])) ??
      word(field(response, ['conversation.id', 'thread_id'])),
  },
  {
    name: 'gen_ai.output.type',
    type: 'string',
    when: 'the request names a format, or the operation has but one',
    read: outputType,
  },
  asked('gen_ai.request.temperature', 'double', 'temperature'),
  asked('gen_ai.request.top_p', 'double', 'top_p'),
  asked('gen_ai.request.max_tokens', 'int', 'max_completion_tokens', 'max_tokens', 'max_output_tokens'),
  asked('gen_ai.request.frequency_penalty', 'double', 'frequency_penalty'),
  asked('gen_ai.request.presence_penalty', 'double', 'presence_penalty'),
  asked('gen_ai.request.seed', 'int', 'seed'),
  {
    name: 'gen_ai.request.stop_sequences',
    type: 'string[]',
    when: 'the request has `stop`, and content is on',
    read: ({ request }) => stopSequences(request),
  },
  {
    name: 'gen_ai.request.choice.count',
    type: 'int',
    when: 'the request has another `n` than 1',
    read: ({ request }) => {
      const count = numeric(field(request, ['n']))
      return count === 1 ? undefined : count
    },
  },
  {
    name: 'gen_ai.request.stream',
    type: 'boolean',
    when: '`true`: the request asks for a stream',
    read: ({ request, stream }) => (flag(field(request, ['stream'])) || stream !== undefined ? true : undefined),
  },
  {
    name: 'gen_ai.request.encoding_formats',
    type: 'string[]',
    when: 'the request has `encoding_format`',
    read: ({ request }) => {
      const format = word(field(request, ['encoding_format']))
      return format === undefined ? undefined : [format]
    },
  },
  asked('gen_ai.request.reasoning.level', 'string', 'reasoning_effort', 'reasoning.effort'),
  told('gen_ai.response.id', 'id'),
  { name: 'gen_ai.response.model', type: 'string', when: 'the answer names one', read: call => call.responseModel },
  {
    name: 'gen_ai.response.finish_reasons',
    type: 'string[]',
    when: 'the answer says why it ended, one a choice',
    read: finishReasons,
  },
  {
    name: 'gen_ai.response.time_to_first_chunk',
    type: 'double',
    when: 'a stream had an event; seconds',
    read: ({ stream }) => (stream?.firstEventMs === undefined ? undefined : stream.firstEventMs / 1000),
  },
  used('gen_ai.usage.input_tokens', 'input', COUNTED),
  used('gen_ai.usage.output_tokens', 'output', COUNTED),
  used('gen_ai.usage.cache_read.input_tokens', 'cachedInput', REPORTED),
  used('gen_ai.usage.cache_creation.input_tokens', 'cacheWriteInput', REPORTED),
  used('gen_ai.usage.reasoning.output_tokens', 'reasoningOutput', REPORTED),
  used('gen_ai.usage.audio.input_tokens', 'audioInput', REPORTED),
  used('gen_ai.usage.audio.output_tokens', 'audioOutput', REPORTED),
  used('gen_ai.usage.image.input_tokens', 'imageInput', REPORTED),
  used('gen_ai.usage.text.input_tokens', 'textInput', REPORTED),
  used('gen_ai.usage.text.output_tokens', 'textOutput', REPORTED),
  {
    name: 'gen_ai.embeddings.dimension.count',
    type: 'int',
    when: 'vectors were answered, or the request has `dimensions`',
    read: ({ request, response }) =>
      numeric(field(response, ['embedding-length'])) ?? numeric(field(request, ['dimensions'])),
  },
]

for (const key of ['n', 'stream', 'stop', 'encoding_format', 'dimensions', 'service_tier', 'model']) {
  NAMED_FIELDS.add(`request.${key}`)
}
for (const key of ['embedding-length', 'model']) NAMED_FIELDS.add(`response.${key}`)

/** Tags of Datadog's spans that the conventions have a name for, or that say the same as another attribute. */
const OF_DATADOG_ONLY: ReadonlySet<string> = new Set([
  'openai.request.model',
  'openai.request.provider',
  'openai.request.stream',
  'openai.api_type',
  'openai.response.model',
  'openai.response.time_to_first_event_ms',
])

/** What no convention names yet, under the names that it has on Datadog's spans. */
export const OWN: readonly (readonly [name: string, read: (call: Call) => string | number | undefined])[] =
  Object.entries(CALL_TAGS).filter(([name]) => name.startsWith('openai.') && !OF_DATADOG_ONLY.has(name))

const CONVENTIONAL_USAGE: ReadonlySet<string> = new Set([
  'input',
  'output',
  'cachedInput',
  'cacheWriteInput',
  'reasoningOutput',
  'audioInput',
  'audioOutput',
  'imageInput',
  'textInput',
  'textOutput',
])

const OWN_USAGE = Object.entries(USAGE_TAGS).filter(([key]) => !CONVENTIONAL_USAGE.has(key))

export type Attributes = Record<string, AttributeValue>

/** More facts of a body than this are for Datadog's span alone: an SDK's span takes 128 attributes. */
const MOST_FACTS = 48

/** What is known when a call starts, for samplers. */
export function startAttributes(
  { operation, api, model }: CallStart,
  server: Readonly<Record<string, string | number>>,
): Attributes {
  return {
    'gen_ai.operation.name': operationName(operation),
    'gen_ai.provider.name': providerName(api),
    ...(model === undefined ? {} : { 'gen_ai.request.model': model }),
    ...server,
  }
}

/**
 * All of an ended call. In the order of their worth: an SDK's span takes 128 attributes, and drops what comes after. The
 * app's own tags take no fact's place.
 */
export function attributesOf(call: Call, content: Readonly<Record<string, string>>): Attributes {
  const attributes: Attributes = {}
  const put = (name: string, value: AttributeValue | undefined): void => {
    if (value === undefined || value === '' || Number.isNaN(value) || Object.hasOwn(attributes, name)) return
    attributes[name] = value
  }
  for (const { name, read } of CONVENTIONAL) put(name, read(call))
  Object.assign(attributes, content)
  for (const [name, read] of OWN) put(name, read(call))
  put('openai.error.class', call.error?.class)
  if (!isFetched(call.operation)) {
    for (const [key, name] of OWN_USAGE) put(`openai.response.usage.${name}`, call.usage?.[key as keyof Usage])
  }
  for (const [budget, { limit, remaining, resetMs }] of call.rateLimits) {
    put(`openai.organization.ratelimit.${budget}.limit`, limit)
    put(`openai.organization.ratelimit.${budget}.remaining`, remaining)
    put(`openai.organization.ratelimit.${budget}.reset`, resetMs)
  }
  for (const [name, value] of Object.entries(call.tags)) put(name, value)
  putFacts(call, put)
  return attributes
}

/** Parameters, ids and counts; not those of a place in a list (`messages.0.role`), of which there may be hundreds. */
function putFacts({ request, response }: Call, put: (name: string, value: AttributeValue) => void): void {
  let left = MOST_FACTS
  for (const [side, { fields }] of [['request', request] as const, ['response', response] as const]) {
    for (const [key, value] of fields) {
      const name = `${side}.${key}`
      if (left === 0) return
      if (NAMED_FIELDS.has(name) || /\.\d+(?:\.|$)/.test(name)) continue
      put(`openai.${name}`, value)
      left -= 1
    }
  }
}
