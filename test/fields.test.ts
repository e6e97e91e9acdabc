import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Facts } from '../lib/openai/call'
import type { Json, JsonObject } from '../lib/openai/json'
import { readerFor } from '../lib/openai/readers'
import { foldAll } from '../lib/openai/readers/fold'
import type { Asked, Reader } from '../lib/openai/readers/reader'
import { startWorld, type World } from './world'

const chat = readerFor('chat.completions')
const responses = readerFor('responses')

const asked = (value: Json): Asked => ({
  payload: { kind: 'json', value },
  params: new Map(),
  query: new URLSearchParams(),
})

/** What of these names is told, fields and content in one. */
function told({ fields, content }: Facts, ...prefixes: string[]): Record<string, string | number> {
  const all = [...fields, ...content].filter(([key]) => prefixes.some(prefix => key.startsWith(prefix)))
  return Object.fromEntries(all)
}

const question = (reader: Reader, body: JsonObject, ...prefixes: string[]) =>
  told(reader.request(asked(body)), ...prefixes)
const answer = (reader: Reader, body: JsonObject, ...prefixes: string[]) =>
  told(reader.response({ kind: 'json', value: body }), ...prefixes)

const fields = suite('fields that users slice by')

fields('metadata of both sides, sixteen at most, keys and values bounded, scalars only', () => {
  const metadata = {
    team: 'harbour',
    shift: 2,
    night: true,
    none: null,
    deep: { a: 1 },
    long: 'x'.repeat(2000),
    '': 'x',
  }
  const expected = {
    'metadata.team': 'harbour',
    'metadata.shift': '2',
    'metadata.night': 'true',
    'metadata.long': 'x'.repeat(512),
  }
  for (const reader of [chat, responses, readerFor('batches'), readerFor('agents'), readerFor('threads')]) {
    assert.equal(question(reader, { metadata }, 'metadata.'), expected)
    assert.equal(answer(reader, { metadata }, 'metadata.'), expected)
  }
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`key${i}`, 'x']))
  assert.is(Object.keys(question(chat, { metadata: many }, 'metadata.')).length, 16)
  assert.equal(question(chat, { metadata: { ['k'.repeat(65)]: 'x' } }, 'metadata.'), {})
  for (const wrong of [null, 5, 'x', ['a']]) assert.equal(question(chat, { metadata: wrong }, 'metadata'), {})
})

fields('what a chat was asked with', () => {
  const body = {
    modalities: ['text', 'audio'],
    audio: { voice: 'alloy', format: 'wav' },
    stream_options: { include_usage: true },
    prompt_cache_key: 'shop',
    prompt_cache_retention: '24h',
    safety_identifier: 'user-1',
    verbosity: 'low',
    prediction: { type: 'content', content: 'Elbe' },
  }
  const { model: _, ...found } = { model: '', ...question(chat, body, '') }
  assert.equal(found, {
    modalities: '["text", "audio"]',
    'audio.voice': 'alloy',
    'audio.format': 'wav',
    'stream_options.include_usage': 'true',
    prompt_cache_key: 'shop',
    prompt_cache_retention: '24h',
    safety_identifier: 'user-1',
    verbosity: 'low',
    'prediction.type': 'content',
    'prediction.content': 'Elbe',
  })
  assert.ok(chat.request(asked(body)).content.has('prediction.content'))
})

fields('the parameters of a response as the server applied them', () => {
  const body = {
    temperature: 1,
    top_p: 0.98,
    max_output_tokens: null,
    parallel_tool_calls: true,
    tool_choice: { type: 'function', name: 'tide' },
    truncation: 'disabled',
    reasoning: { effort: 'medium', summary: null },
    text: { format: { type: 'text' }, verbosity: 'medium' },
    store: false,
    prompt_cache_retention: '24h',
    prompt_cache_diagnostics: { type: 'cache_miss', reason: 'tools_changed', cache_missed_tokens: 512 },
  }
  assert.equal(answer(responses, body, ''), {
    temperature: 1,
    top_p: 0.98,
    parallel_tool_calls: 'true',
    tool_choice: 'function',
    'tool_choice.name': 'tide',
    truncation: 'disabled',
    'reasoning.effort': 'medium',
    'text.format.type': 'text',
    'text.verbosity': 'medium',
    store: 'false',
    prompt_cache_retention: '24h',
    'prompt_cache_diagnostics.type': 'cache_miss',
    'prompt_cache_diagnostics.reason': 'tools_changed',
    'prompt_cache_diagnostics.cache_missed_tokens': 512,
  })
  assert.equal(answer(responses, { tool_choice: 'auto' }, 'tool_choice'), { tool_choice: 'auto' })
})

fields('verdicts of moderation that come with an answer', () => {
  const verdict = (flagged: boolean): JsonObject => ({
    type: 'moderation_result',
    flagged,
    model: 'omni-moderation-latest',
    categories: { violence: flagged, hate: false },
    category_scores: { violence: 0.9, hate: 0.1 },
  })
  const expected = {
    'moderation.input.flagged': 0,
    'moderation.input.model': 'omni-moderation-latest',
    'moderation.output.flagged': 1,
    'moderation.output.model': 'omni-moderation-latest',
    'moderation.output.categories.violence': 1,
  }
  assert.equal(
    answer(responses, { moderation: { input: verdict(false), output: verdict(true) } }, 'moderation'),
    expected,
  )
  const listed = (flagged: boolean): JsonObject => ({ model: 'omni-moderation-latest', results: [verdict(flagged)] })
  assert.equal(answer(chat, { moderation: { input: listed(false), output: listed(true) } }, 'moderation'), expected)
  const failed = { input: { type: 'error', code: 'server_error', message: 'no' }, output: null }
  assert.equal(answer(chat, { moderation: failed }, 'moderation'), { 'moderation.input.error.code': 'server_error' })
})

fields('annotations are counted, plain and streamed', () => {
  const annotations = [{ type: 'url_citation' }, { type: 'url_citation' }]
  const count = { 'choices.0.message.annotations_count': 2 }
  assert.equal(answer(chat, { choices: [{ message: { annotations } }] }, 'choices.0.message'), count)
  const events = annotations.map(each => ({ choices: [{ index: 0, delta: { annotations: [each] } }] }))
  const folded = chat.fold && foldAll(chat.fold(), events)
  assert.equal(told(chat.response({ kind: 'json', value: folded ?? null }), 'choices.0.message'), count)
  const output = [{ type: 'message', content: [{ type: 'output_text', text: 'x', annotations }] }]
  assert.is(answer(responses, { output }, 'output.0')['output.0.annotations_count'], 2)
})

fields.run()

const tools = suite('tools and history')

tools('calls and results of earlier turns of a chat', () => {
  const messages = [
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'tide', arguments: '{"p":"Kiel"}' } }],
    },
    { role: 'tool', tool_call_id: 'call_1', content: 'Low water 06:00' },
    { role: 'assistant', function_call: { name: 'day', arguments: '{}' } },
  ]
  assert.equal(question(chat, { messages }, 'messages.'), {
    'messages.0.role': 'assistant',
    'messages.0.tool_calls.0.id': 'call_1',
    'messages.0.tool_calls.0.type': 'function',
    'messages.0.tool_calls.0.name': 'tide',
    'messages.0.tool_calls.0.arguments': '{"p":"Kiel"}',
    'messages.1.role': 'tool',
    'messages.1.tool_call_id': 'call_1',
    'messages.1.content': 'Low water 06:00',
    'messages.2.role': 'assistant',
    'messages.2.tool_calls.0.name': 'day',
    'messages.2.tool_calls.0.arguments': '{}',
  })
  const { content } = chat.request(asked({ messages }))
  assert.ok(content.has('messages.0.tool_calls.0.arguments') && content.has('messages.1.content'))
})

tools('what may be called: kind, name and description; the schema is in the log', () => {
  const parameters = { type: 'object', properties: { p: { type: 'string' } } }
  const ofChat = [
    { type: 'function', function: { name: 'tide', description: 'Tells the tide', parameters } },
    { type: 'custom', custom: { name: 'grep', description: 'Searches' } },
  ]
  const ofResponses = [
    { type: 'function', name: 'tide', description: 'Tells the tide', parameters },
    { type: 'web_search' },
    {
      type: 'mcp',
      server_label: 'harbour',
      server_url: 'https://mcp.example.com/?key=secret',
      authorization: 'secret',
    },
  ]
  assert.equal(question(chat, { tools: ofChat }, 'tools'), {
    tools_count: 2,
    'tools.0.type': 'function',
    'tools.0.name': 'tide',
    'tools.0.description': 'Tells the tide',
    'tools.1.type': 'custom',
    'tools.1.name': 'grep',
    'tools.1.description': 'Searches',
  })
  assert.equal(question(chat, { functions: [{ name: 'tide', description: 'Tells', parameters }] }, 'tools.'), {
    'tools.0.type': 'function',
    'tools.0.name': 'tide',
    'tools.0.description': 'Tells',
  })
  assert.equal(question(responses, { tools: ofResponses }, 'tools.'), {
    'tools.0.type': 'function',
    'tools.0.name': 'tide',
    'tools.0.description': 'Tells the tide',
    'tools.1.type': 'web_search',
    'tools.2.type': 'mcp',
    'tools.2.server_label': 'harbour',
  })
  assert.equal(chat.sample?.(asked({ tools: ofChat }), { kind: 'none' }).tools, ofChat)
  assert.ok(chat.request(asked({ tools: ofChat })).content.has('tools.0.description'))
  const logged = responses.sample?.(asked({ tools: ofResponses }), { kind: 'none' }).tools
  assert.equal(logged, [ofResponses[0], { type: 'web_search' }, { type: 'mcp', server_label: 'harbour' }])
})

tools('a thousand tools leave room for the messages, and none is lost from the count', () => {
  const many = Array.from({ length: 1000 }, (_, i) => ({ type: 'function', function: { name: `tool${i}` } }))
  const found = question(chat, { tools: many, messages: [{ role: 'user', content: 'Hi' }] }, '')
  assert.is(found.tools_count, 1000)
  assert.is(found['messages.0.content'], 'Hi')
  assert.is(found['tools.100.name'], undefined)
})

tools('the kind of a tool call in an answer', () => {
  const tool_calls = [{ id: 'a', type: 'custom', custom: { name: 'grep', input: 'tide' } }]
  assert.equal(answer(chat, { choices: [{ message: { tool_calls } }] }, 'choices.0.message.tool_calls'), {
    'choices.0.message.tool_calls.0.id': 'a',
    'choices.0.message.tool_calls.0.type': 'custom',
    'choices.0.message.tool_calls.0.name': 'grep',
    'choices.0.message.tool_calls.0.arguments': 'tide',
  })
})

tools('a stored prompt: which one, filled in with what, and what it came to', () => {
  const prompt = { id: 'pmpt_1', version: '3', variables: { place: 'Kiel', chart: { type: 'input_image' } } }
  assert.equal(question(responses, { prompt }, 'prompt'), {
    'prompt.id': 'pmpt_1',
    'prompt.version': '3',
    'prompt.variables.place': 'Kiel',
    'prompt.variables.chart': '[image]',
  })
  const instructions = [
    { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Tides of Kiel' }] },
  ]
  assert.equal(answer(responses, { prompt, instructions }, 'instructions', 'prompt'), {
    'prompt.id': 'pmpt_1',
    'prompt.version': '3',
    'instructions.0.type': 'message',
    'instructions.0.role': 'developer',
    'instructions.0.content': 'Tides of Kiel',
  })
  const logged = responses.sample?.(asked({ prompt }), { kind: 'json', value: { instructions } })
  assert.equal(logged, { prompt, instructions })
})

tools.run()

const metrics = suite<{ world: World }>('metadata on metrics')

metrics.before(async context => {
  context.world = await startWorld({ metricTags: ['metadata.team', 'metadata.answered', 'customer'] })
})
metrics.after(({ world }) => world.stop())

metrics('only what INTERCEPTOR_METRIC_TAGS names, of the question before the answer', async ({ world }) => {
  world.openai.respond('/v1/chat/completions', (_, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ choices: [], metadata: { team: 'other', answered: 'yes', secret: 'x' } }))
  })
  await world.spanOf(async () => {
    const body = JSON.stringify({ model: 'gpt-5', messages: [], metadata: { team: 'harbour', ship: 'Gorch' } })
    const response = await fetch(`${world.openai.origin}/v1/chat/completions`, { method: 'POST', body })
    await response.text()
  })
  const { dogstatsd } = world.datadog
  await dogstatsd.waitFor(all => all.some(({ name }) => name === 'openai.request.duration'))
  const tags = dogstatsd.metrics().find(({ name }) => name === 'openai.request.duration')?.tags ?? []
  assert.equal(tags.filter(tag => tag.includes('metadata')).sort(), ['metadata.answered:yes', 'metadata.team:harbour'])
})

metrics.run()
