import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Call } from '../lib/openai/call'
import type { Json } from '../lib/openai/json'
import { contentAttributes } from '../lib/sinks/otel/content'
import { faults, SCHEMAS } from './data/gen-ai-schemas'

/** What was asked and answered, as messages: kinds that no tape has, and what must not become of any. */

const NO_FACTS = { fields: new Map(), content: new Map() }

function callWith(sample: Record<string, Json>, more: Partial<Call> = {}): Call {
  return {
    operation: 'createResponse',
    endpoint: '/v1/responses',
    method: 'POST',
    family: 'responses',
    api: { base: 'https://api.openai.com/v1', type: 'open_ai' },
    startedAt: 0,
    durationMs: 1,
    tags: {},
    http: { url: '', host: 'api.openai.com', port: 443, status: 200 },
    caller: {},
    request: NO_FACTS,
    response: NO_FACTS,
    sample,
    aborted: false,
    rateLimits: new Map(),
    truncated: false,
    unparsed: [],
    ...more,
  }
}

/** An attribute's value, valid by its schema. */
function shown(name: string, sample: Record<string, Json>, more: Partial<Call> = {}): unknown {
  const json = contentAttributes(callWith(sample, more))[name]
  if (json === undefined) return undefined
  const value: unknown = JSON.parse(json)
  const schema = SCHEMAS[name]
  if (schema !== undefined) assert.equal(faults(value, schema), [])
  return value
}

const test = suite('content as messages')

test('parts of other servers: a film, what a model thinks, sounds by their registered names', () => {
  const content: Json = [
    { type: 'video_url', video_url: { url: 'https://example.com/a.mp4' } },
    { type: 'video_url', video_url: { url: '[binary]' } },
    { type: 'input_audio', input_audio: { format: 'mp3' } },
    { type: 'input_audio', input_audio: { format: 'constructor' } },
    { type: 'thinking', thinking: [{ type: 'text', text: 'so' }] },
    { type: 'thinking', thinking: 'then', signature: 'x' },
  ]
  assert.equal(shown('gen_ai.input.messages', { messages: [{ role: 'user', content }] }), [
    {
      role: 'user',
      parts: [
        { type: 'uri', modality: 'video', uri: 'https://example.com/a.mp4' },
        { type: 'blob', modality: 'video', content: '' },
        { type: 'blob', modality: 'audio', mime_type: 'audio/mpeg', content: '' },
        { type: 'blob', modality: 'audio', mime_type: 'audio/constructor', content: '' },
        { type: 'reasoning', content: 'so' },
        { type: 'reasoning', content: 'then' },
      ],
    },
  ])
})

test('a tool that the server runs is a call and its response, one that the app runs is a tool call', () => {
  const output: Json = [
    { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'weather' } },
    { type: 'code_interpreter_call', id: 'ci_1', code: 'print(1)', outputs: [{ type: 'logs', logs: '1' }] },
    { type: 'mcp_call', id: 'mcp_1', name: 'ask', server_label: 'wiki', arguments: '{"q":"x"}', output: 'y' },
    { type: 'local_shell_call', call_id: 'call_1', action: { type: 'exec', command: ['ls'] } },
    { type: 'image_generation_call', id: 'ig_1', result: '[binary]' },
  ]
  const response = { fields: new Map([['status', 'completed']]), content: new Map() }
  assert.equal(shown('gen_ai.output.messages', { output }, { response }), [
    {
      role: 'assistant',
      finish_reason: 'tool_call',
      parts: [
        {
          type: 'server_tool_call',
          id: 'ws_1',
          name: 'web_search',
          server_tool_call: { action: { type: 'search', query: 'weather' }, type: 'web_search' },
        },
        {
          type: 'server_tool_call',
          id: 'ci_1',
          name: 'code_interpreter',
          server_tool_call: { code: 'print(1)', type: 'code_interpreter' },
        },
        {
          type: 'server_tool_call_response',
          id: 'ci_1',
          server_tool_call_response: { outputs: [{ type: 'logs', logs: '1' }], type: 'code_interpreter' },
        },
        {
          type: 'server_tool_call',
          id: 'mcp_1',
          name: 'ask',
          server_tool_call: { server_label: 'wiki', arguments: { q: 'x' }, type: 'mcp' },
        },
        {
          type: 'server_tool_call_response',
          id: 'mcp_1',
          server_tool_call_response: { output: 'y', type: 'mcp' },
        },
        {
          type: 'tool_call',
          id: 'call_1',
          name: 'local_shell',
          arguments: { type: 'exec', command: ['ls'] },
        },
        {
          type: 'server_tool_call',
          id: 'ig_1',
          name: 'image_generation',
          server_tool_call: { type: 'image_generation' },
        },
        {
          type: 'server_tool_call_response',
          id: 'ig_1',
          server_tool_call_response: { result: '[binary]', type: 'image_generation' },
        },
      ],
    },
  ])
})

test('results of tools, references and what nobody knows keep their place in the input', () => {
  const input: Json = [
    { role: 'user', content: 'Hi' },
    { type: 'function_call', call_id: 'c1', name: 'f', arguments: 'not JSON' },
    { type: 'function_call_output', call_id: 'c1', output: '42' },
    { type: 'custom_tool_call_output', call_id: 'c2', output: [{ type: 'input_text', text: 'two' }] },
    { type: 'item_reference', id: 'msg_1' },
    { type: 'of_next_year', content: [{ type: 'text', text: 'new' }] },
  ]
  assert.equal(shown('gen_ai.input.messages', { input }), [
    { role: 'user', parts: [{ type: 'text', content: 'Hi' }] },
    { role: 'assistant', parts: [{ type: 'tool_call', id: 'c1', name: 'f', arguments: 'not JSON' }] },
    { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: '42' }] },
    { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c2', response: 'two' }] },
    { role: 'user', parts: [{ type: 'item_reference', id: 'msg_1' }] },
    { role: 'user', parts: [{ type: 'of_next_year', content: 'new' }] },
  ])
})

test('a text of megabytes, and thousands of messages, give JSON that is whole and short', () => {
  const long = [{ role: 'user', content: 'x'.repeat(3_000_000) }]
  const many = Array.from({ length: 900 }, (_, n) => ({ role: 'user', content: `${n} ${'y'.repeat(2_000)}` }))
  for (const messages of [long, many]) {
    const json = contentAttributes(callWith({ messages }))['gen_ai.input.messages'] ?? ''
    assert.ok(json.length > 30_000 && json.length <= 128 * 1024, String(json.length))
    assert.ok(Array.isArray(JSON.parse(json)))
  }
  const last = contentAttributes(callWith({ messages: [...many, { role: 'user', content: 'the question' }] }))
  assert.match(last['gen_ai.input.messages'] ?? '', 'the question')
})

const ODD: Record<string, Json> = {
  'lists of lists': [[[]], [1, 'a']],
  nothing: null,
  'a number': 7,
  'members of other types': [{ role: 7, content: 9, type: ['x'], tool_calls: 'no', function_call: [], name: {} }],
  'members named like those of objects': [{ __proto__: 1, constructor: 'x', type: 'constructor', role: '__proto__' }],
  'empty objects': [{}, {}],
  'halves of characters': [{ role: 'user', content: '\ud800' }],
}

for (const [what, value] of Object.entries(ODD)) {
  test(`${what} where messages were expected: valid, or left out`, () => {
    const names = 'messages completion input output instructions prompt tools functions choices items text content'
    for (const name of names.split(' ')) {
      for (const family of ['responses', 'chat.completions', 'images', 'threads.runs']) {
        for (const attribute of Object.keys(SCHEMAS)) shown(attribute, { [name]: value }, { family })
      }
    }
  })
}

test('tools by their names, with an empty description where there is none', () => {
  const tools: Json = [
    { type: 'function', name: 'f', parameters: { type: 'object' } },
    { type: 'mcp', server_label: 'wiki', server_description: 'Knows' },
    { type: 'custom', custom: { name: 'c', format: { type: 'text' } } },
    { type: 'web_search' },
  ]
  assert.equal(shown('gen_ai.tool.definitions', { tools }), [
    { type: 'function', name: 'f', description: '', parameters: { type: 'object' } },
    { type: 'mcp', name: 'wiki', description: 'Knows' },
    { type: 'custom', name: 'c', description: '', parameters: { type: 'text' } },
    { type: 'web_search', name: 'web_search', description: '' },
  ])
})

test.run()
