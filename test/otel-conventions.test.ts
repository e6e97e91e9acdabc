import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readConfig } from '../lib/config'
import type { Api, Call, Facts } from '../lib/openai/call'
import { createHosts } from '../lib/openai/recognise/hosts'
import { CALL_TAGS } from '../lib/sinks/call-tags'
import { CONVENTIONAL, OWN } from '../lib/sinks/otel/attributes'
import { apiType, operationName, providerName, SECONDS, spanName, TOKENS } from '../lib/sinks/otel/conventions'
import { errorType } from '../lib/sinks/otel/error-type'
import { finishReasons } from '../lib/sinks/otel/facts'
import { outputType } from '../lib/sinks/otel/output-type'
import { said } from './said'

/** The conventions' own words, and which of ours they stand for. */

const test = suite('the conventions’ words')

const HOSTS = {
  hosts: ['api.groq.com', 'api.mistral.ai', 'api.x.ai', 'generativelanguage.googleapis.com', 'gateway.example.com'],
  openaiBaseUrl: undefined,
  azureEndpoint: undefined,
}

function apiAt(origin: string, path: string): Api {
  const place = createHosts(HOSTS).find(origin, path)
  if (place === undefined) throw new Error(`${origin} is not recognised`)
  return place.api
}

for (const [origin, path, provider] of [
  ['https://api.openai.com', '/v1/chat/completions', 'openai'],
  ['https://eu.api.openai.com', '/v1/responses', 'openai'],
  ['https://acme.openai.azure.com', '/openai/deployments/d/chat/completions', 'azure.ai.openai'],
  ['https://acme.services.ai.azure.com', '/models/chat/completions', 'azure.ai.inference'],
  ['https://bedrock-runtime.us-east-1.amazonaws.com', '/openai/v1/chat/completions', 'aws.bedrock'],
  ['https://api.groq.com', '/openai/v1/chat/completions', 'groq'],
  ['https://api.mistral.ai', '/v1/chat/completions', 'mistral_ai'],
  ['https://api.x.ai', '/v1/chat/completions', 'x_ai'],
  ['https://generativelanguage.googleapis.com', '/v1beta/openai/chat/completions', 'gcp.gemini'],
  ['https://gateway.example.com', '/v1/chat/completions', 'openai'],
] as const) {
  test(`${origin}${path} is ${provider}`, () => {
    assert.is(providerName(apiAt(origin, path)), provider)
  })
}

test('operations have the conventions’ names where there is one, else their own id', () => {
  const names = {
    createChatCompletion: 'chat',
    createResponse: 'chat',
    createCompletion: 'text_completion',
    createEmbedding: 'embeddings',
    searchVectorStore: 'retrieval',
    getResponse: 'fetch_response',
    realtimeResponse: 'realtime_inference',
    listModels: 'listModels',
    'POST /v1/new': 'POST /v1/new',
    constructor: 'constructor',
  }
  for (const [operation, name] of Object.entries(names)) assert.is(operationName(operation), name)
  assert.is(spanName('createChatCompletion', 'gpt-4o'), 'chat gpt-4o')
  assert.is(spanName('createChatCompletion', undefined), 'chat')
})

function factsOf(fields: Record<string, string | number>): Facts {
  return { fields: new Map(Object.entries(fields)), content: new Map() }
}

function callOf(family: string, request = {}, response = {}): Call {
  return {
    operation: 'x',
    endpoint: '/x',
    method: 'POST',
    family,
    api: { base: 'https://api.openai.com/v1', type: 'open_ai' },
    startedAt: 0,
    durationMs: 0,
    tags: {},
    http: { url: '', host: '', port: 443 },
    caller: {},
    request: factsOf(request),
    response: factsOf(response),
    sample: {},
    aborted: false,
    rateLimits: new Map(),
    truncated: false,
    unparsed: [],
  }
}

test('the output type is what was asked for', () => {
  assert.is(outputType(callOf('chat.completions')), undefined)
  assert.is(outputType(callOf('chat.completions', { 'response_format.type': 'json_schema' })), 'json')
  assert.is(outputType(callOf('chat.completions', { modalities: '["text", "audio"]' })), 'speech')
  assert.is(outputType(callOf('responses', { 'text.format.type': 'text' })), 'text')
  assert.is(outputType(callOf('images')), 'image')
  assert.is(outputType(callOf('audio.speech')), 'speech')
  assert.is(outputType(callOf('audio.transcriptions', { response_format: 'verbose_json' })), 'json')
  assert.is(outputType(callOf('audio.transcriptions', { response_format: 'constructor' })), undefined)
})

test('reasons to finish: one a choice, of a response by its status, of a job none', () => {
  const choices = { 'choices.0.finish_reason': 'stop', 'choices.1.finish_reason': 'length' }
  assert.equal(finishReasons(callOf('chat.completions', {}, choices)), ['stop', 'length'])
  assert.equal(finishReasons(callOf('responses', {}, { status: 'completed' })), ['stop'])
  const cut = { status: 'incomplete', 'incomplete_details.reason': 'max_output_tokens' }
  assert.equal(finishReasons(callOf('responses', {}, cut)), ['length'])
  assert.is(finishReasons(callOf('responses', {}, { status: 'in_progress' })), undefined)
  assert.is(finishReasons(callOf('batches', {}, { status: 'completed' })), undefined)
})

test('an error’s type is a code of few values, else the class', () => {
  const typeOf = (code?: string): string | undefined =>
    errorType({
      error: {
        class: 'BadRequestError',
        kind: 'invalid_request',
        message: '',
        ...(code === undefined ? {} : { code }),
      },
    })
  assert.is(errorType({}), undefined)
  assert.is(typeOf('context_length_exceeded'), 'context_length_exceeded')
  for (const code of [undefined, '', 'no such model: gpt-9', 'req_0123456789abcdef0123', 'x'.repeat(100)]) {
    assert.is(typeOf(code), 'BadRequestError')
  }
})

test('chat completions and responses are told apart; a turn of the Realtime API is neither', () => {
  assert.is(apiType(callOf('chat.completions')), 'chat_completions')
  assert.is(apiType(callOf('responses')), 'responses')
  assert.is(apiType({ ...callOf('responses'), operation: 'realtimeResponse' }), undefined)
  assert.is(apiType(callOf('embeddings')), undefined)
})

test('the ecosystem’s switch for content is taken in its older and its newer words', () => {
  const isOn = (value: string): boolean =>
    readConfig({ OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: value }).genAiContent
  for (const value of ['true', '1', 'SPAN_ONLY', 'span_and_event']) assert.is(isOn(value), true, value)
  // We make spans, and no events.
  for (const value of ['', 'false', 'NO_CONTENT', 'EVENT_ONLY']) assert.is(isOn(value), false, value)
  const [line, ...more] = said(() => assert.is(isOn('spans'), false))
  assert.is(more.length, 0)
  assert.match(line ?? '', '"spans" is not true, false, SPAN_ONLY, EVENT_ONLY, SPAN_AND_EVENT or NO_CONTENT')
})

test('buckets as advised', () => {
  assert.equal([SECONDS[0], SECONDS.at(-1), SECONDS.length], [0.01, 81.92, 14])
  assert.equal([TOKENS[0], TOKENS[1], TOKENS.at(-1)], [1, 4, 67_108_864])
})

test('no name is said twice, and every tag of Datadog’s span that is ours is here by this or another name', () => {
  const names = [...CONVENTIONAL.map(({ name }) => name), ...OWN.map(([name]) => name)]
  assert.is(new Set(names).size, names.length)
  const renamed = Object.keys(CALL_TAGS).filter(name => name.startsWith('openai.') && !names.includes(name))
  assert.equal(renamed, [
    'openai.request.model',
    'openai.request.provider',
    'openai.request.stream',
    'openai.api_type',
    'openai.response.model',
    'openai.response.time_to_first_event_ms',
  ])
})

test.run()
