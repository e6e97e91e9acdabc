import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readConfig } from '../lib/config'
import type { Call } from '../lib/openai/call'
import type { Json, JsonObject } from '../lib/openai/json'
import { isObject } from '../lib/openai/json'
import { readerFor } from '../lib/openai/readers'
import { createContentFilter } from '../lib/redact/content-filter'
import { llmobsEvent } from '../lib/sinks/llmobs/event'
import { MODEL_OPERATIONS } from '../lib/sinks/llmobs/operations'
import { TurnRoots } from '../lib/sinks/turn-roots'
import type { LlmobsParent } from '../lib/tracer/llmobs-parent'

const test = suite('LLM Observability, what a span says')

test('a tool’s message names the tool that the call it answers was of', () => {
  const { input } = metaOf('createChatCompletion', 'chat.completions', {
    messages: [
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'rain' },
    ],
  })
  assert.equal(input, {
    messages: [
      {
        role: 'assistant',
        content: '',
        tool_calls: [{ name: 'weather', arguments: { city: 'Oslo' }, tool_id: 'c1', type: 'function' }],
      },
      {
        role: 'tool',
        content: 'rain',
        tool_results: [{ name: 'weather', result: 'rain', tool_id: 'c1', type: 'tool_result' }],
      },
    ],
  })
})

test('arguments that are no JSON object are kept under `input`, and a custom tool’s text too', () => {
  const calls = (args: string): Json => ({ id: 'c', type: 'function', function: { name: 'f', arguments: args } })
  const { output } = metaOf(
    'createChatCompletion',
    'chat.completions',
    {},
    {
      choices: [
        { message: { role: 'assistant', tool_calls: [calls('{"a":'), calls('[1]'), calls('')] } },
        {
          message: {
            role: 'assistant',
            tool_calls: [{ id: 'x', type: 'custom', custom: { name: 'shell', input: 'ls' } }],
          },
        },
      ],
    },
  )
  const told = isObject(output) && Array.isArray(output.messages) ? output.messages : []
  assert.equal(
    told
      .flatMap(each => (isObject(each) && Array.isArray(each.tool_calls) ? each.tool_calls : []))
      .map(each => isObject(each) && each.arguments),
    [{ input: '{"a":' }, { input: '[1]' }, {}, { input: 'ls' }],
  )
})

test('items of the Responses API: calls of any tool, their results, reasoning, refusals', () => {
  const { input, output } = metaOf(
    'createResponse',
    'responses',
    {
      instructions: 'Be brief.',
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'What is ' },
            { type: 'input_image', file_id: 'file-1' },
          ],
        },
        { type: 'function_call', call_id: 'c1', name: 'look', arguments: '{"at":1}' },
        { type: 'function_call_output', call_id: 'c1', output: 'a cat' },
      ],
    },
    {
      output: [
        { type: 'reasoning', id: 'r1', summary: [{ type: 'summary_text', text: 'Hm.' }], encrypted_content: 'gAAAA' },
        { type: 'web_search_call', id: 'w1', action: { type: 'search', query: 'cats' } },
        { type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
      ],
    },
  )
  assert.equal(input, {
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'What is file-1' },
      { role: 'assistant', tool_calls: [{ name: 'look', arguments: { at: 1 }, tool_id: 'c1', type: 'function_call' }] },
      { role: 'user', tool_results: [{ name: '', result: 'a cat', tool_id: 'c1', type: 'function_call_output' }] },
    ],
  })
  assert.equal(output, {
    messages: [
      {
        role: 'reasoning',
        content: '{"summary":[{"type":"summary_text","text":"Hm."}],"encrypted_content":null,"id":"r1"}',
      },
      {
        role: 'assistant',
        tool_calls: [
          {
            name: 'web_search_call',
            arguments: { type: 'search', query: 'cats' },
            tool_id: 'w1',
            type: 'web_search_call',
          },
        ],
      },
      { role: 'assistant', content: 'No.' },
    ],
  })
})

test('a stored prompt: its variables, and the template that they were put into', () => {
  const { input } = metaOf(
    'createResponse',
    'responses',
    {
      prompt: {
        id: 'pmpt_1',
        version: '3',
        variables: { city: 'Oslo', letter: { type: 'input_file', file_id: 'file-9' } },
      },
    },
    {
      prompt: { id: 'pmpt_1', version: '3' },
      instructions: [
        {
          type: 'message',
          role: 'developer',
          content: [
            { type: 'input_text', text: 'Weather of Oslo by ' },
            { type: 'input_file', file_id: 'file-9' },
          ],
        },
      ],
    },
  )
  const prompt = isObject(input) && isObject(input.prompt) ? input.prompt : {}
  assert.equal([prompt.id, prompt.version], ['pmpt_1', '3'])
  assert.equal(prompt.variables, { city: 'Oslo', letter: 'file-9' })
  assert.equal(prompt.chat_template, [{ role: 'developer', content: 'Weather of {{city}} by {{letter}}' }])
})

test('parameters are as the server applied them, typed, and none of them is content', () => {
  const { metadata } = metaOf(
    'createResponse',
    'responses',
    {
      model: 'gpt-5',
      input: 'Hi',
      temperature: 0.2,
      stream: true,
      reasoning: { effort: 'low' },
      user: null,
      tools: [],
    },
    { temperature: 1, truncation: 'disabled', reasoning: { effort: 'low', summary: null }, store: true },
  )
  assert.equal(metadata, {
    temperature: 1,
    stream: true,
    reasoning: { effort: 'low', summary: null },
    truncation: 'disabled',
    store: true,
  })
})

test('with capture off parameters that are words and numbers stay, and no others', () => {
  const filter = createContentFilter(readConfig({ INTERCEPTOR_CAPTURE_CONTENT: 'false' }))
  const call = callOf('createChatCompletion', 'chat.completions', {
    temperature: 0.5,
    stop: ['secret words'],
    user: 'Jane Doe of Oslo',
    metadata: { about: 'secret' },
    response_format: { type: 'json_schema', json_schema: { name: 'secret', schema: {} } },
    unheard_of: 'secret',
  })
  assert.equal(filter(call, []).parameters, { temperature: 0.5, response_format: { type: 'json_schema' } })
})

test('the app’s redact function reaches what people name in parameters, and leaves settings as they are', () => {
  const filter = createContentFilter(readConfig({}, { redact: (text: string) => text.replaceAll('Jane', '***') }))
  const asked = { user: 'Jane', metadata: { of: 'Jane' }, service_tier: 'flex', temperature: 1 }
  assert.equal(filter(callOf('createChatCompletion', 'chat.completions', asked), []).parameters, {
    user: '***',
    metadata: { of: '***' },
    service_tier: 'flex',
    temperature: 1,
  })
})

test('a conversation that the server names is the session, where neither the app nor the parent names one', () => {
  const ask = { model: 'm', input: 'hi', conversation: { id: 'conv_1' } }
  const call = callOf('createResponse', 'responses', ask, { object: 'response', conversation: { id: 'conv_1' } })
  const parent = { traceId: '1', spanId: '2', sessionId: 'parents' }
  const named = { ...call, tags: { session_id: 'mine' } }
  assert.is(eventOf(call).session_id, 'conv_1')
  assert.is(eventOf(call, parent).session_id, 'parents')
  assert.is(eventOf(named, parent).session_id, 'mine')
  const bare = callOf('createResponse', 'responses', { model: 'm', input: 'hi', previous_response_id: 'resp_1' })
  assert.is(eventOf(bare).session_id, undefined)
})

function callOf(operation: string, family: string, ask: JsonObject, answer: JsonObject = {}): Call {
  const asked = { payload: { kind: 'json', value: ask }, params: new Map(), query: new URLSearchParams() } as const
  const answered = { kind: 'json', value: answer } as const
  const reader = readerFor(family)
  return {
    operation,
    endpoint: '/v1/x',
    method: 'POST',
    family,
    api: { base: 'https://api.openai.com/v1', type: 'open_ai' },
    startedAt: 1_795_613_269_184,
    durationMs: 12,
    tags: {},
    http: { url: '', host: '', port: 443 },
    caller: {},
    request: reader.request(asked),
    response: reader.response(answered),
    sample: reader.sample?.(asked, answered) ?? {},
    parameters: reader.parameters?.(asked, answered) ?? {},
    aborted: false,
    rateLimits: new Map(),
    truncated: false,
    unparsed: [],
  }
}

function metaOf(operationId: string, family: string, ask: JsonObject, answer?: JsonObject): JsonObject {
  const { meta } = eventOf(callOf(operationId, family, ask, answer))
  return isObject(meta) ? meta : {}
}

function eventOf(call: Call, parent?: LlmobsParent): JsonObject {
  const operation = MODEL_OPERATIONS[call.operation]
  if (operation === undefined) throw new Error(call.operation)
  return llmobsEvent(call, { operation, config: readConfig({}), parent, roots: new TurnRoots() })
}

test.run()
