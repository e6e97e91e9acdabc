import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readConfig } from '../lib/config'
import { callFromJson, callToJson } from '../lib/openai/call-json'
import type { Json } from '../lib/openai/json'
import { createPricer } from '../lib/openai/price'
import { type Counted, type CountInput, createTokenCounter } from '../lib/openai/tokens'
import { knownEncoding } from '../lib/openai/tokens/encodings'
import { CALL_TAGS } from '../lib/sinks/call-tags'
import { chatAnswer, priced } from './priced'

const estimate = suite('estimate')
const counter = createTokenCounter()

async function count(input: CountInput): Promise<Counted | undefined> {
  const [counted] = await Promise.all([counter.complete(input), counter.flush()])
  return counted
}

const asked = (model: string, content: Json, more: Record<string, Json> = {}): CountInput => ({
  family: 'chat.completions',
  request: { model, messages: [{ role: 'user', content }], ...more },
  response: { model, choices: [{ message: { content: 'Elbe' }, finish_reason: 'stop' }] },
})
const REMOTE: Json = [
  { type: 'text', text: 'see' },
  { type: 'image_url', image_url: { url: 'https://example.com/x.png' } },
]
const LONG = ' the quick brown fox jumps over the lazy dog'.repeat(7_000)

estimate('a count says how good it is, and why it is no better', async () => {
  const cases: readonly (readonly [input: CountInput, estimate: string, note?: string])[] = [
    [asked('gpt-4o', 'Hi'), 'counted'],
    [asked('openrouter/openai/gpt-4.1-mini', 'Hi'), 'counted'],
    [asked('qwen3-max', '你好'), 'rough', 'the encoding of the model is not known'],
    [asked('gpt-4o', LONG), 'rough', 'long texts counted by sample'],
    [asked('gpt-4o', REMOTE), 'partial', 'images of unknown size left out'],
    [
      asked('qwen-vl-max', REMOTE),
      'partial',
      'images of unknown size left out, the encoding of the model is not known',
    ],
    [asked('o3-mini', 'Hi'), 'partial', 'hidden reasoning left out'],
    [asked('gpt-5.4', 'Hi', { reasoning_effort: 'none' }), 'counted'],
    [asked('gpt-5-chat-latest', 'Hi'), 'counted'],
    [{ ...asked('gpt-4o', 'Hi'), isCut: true }, 'partial', 'what was not kept left out'],
    [{ ...asked('gpt-4o', 'Hi'), request: undefined }, 'partial', 'the request left out'],
  ]
  for (const [input, expected, note] of cases) {
    const { estimate, note: told } = (await count(input))?.estimated ?? {}
    assert.equal([estimate, told], [expected, note])
  }
})

estimate('only the side that is not whole is named', async () => {
  assert.equal((await count(asked('gpt-4o', REMOTE)))?.partial, ['input'])
  assert.equal((await count(asked('o3', 'Hi')))?.partial, ['output'])
  assert.equal((await count({ ...asked('gpt-4o', REMOTE), usage: { input: 800 } }))?.partial, [])
})

estimate('only the names of OpenAI’s models have a known encoding', () => {
  const known = [
    'gpt-5',
    'gpt-5.4-pro',
    'gpt-4.1-nano',
    'gpt-4-0613',
    'o1-mini',
    'o4-mini-2025-04-16',
    'openai/gpt-oss-120b:free',
    'openai.gpt-oss-20b-1:0',
    'accounts/fireworks/models/gpt-oss-20b',
    'ft:gpt-4o-mini-2024-07-18:acme/labs::id',
    'text-embedding-3-large',
    'text-embedding-ada-002',
    'code-davinci-002',
  ]
  const unknown = [
    'text-bison',
    'text-unicorn',
    'text-embedding-004',
    'text-embedding-v4',
    'text-embedding-gecko',
    'code-llama-34b',
    'code-bison',
    'codestral-latest',
    'adaptive-1',
    'gpt-4b',
    'gpt-neox-20b',
    'gpt-j-6b',
    'gpt-6',
    'deepseek/deepseek-r1',
    'openai/',
    '',
  ]
  assert.equal(
    known.filter(name => knownEncoding(name) === undefined),
    [],
  )
  assert.equal(
    unknown.filter(name => knownEncoding(name) !== undefined),
    [],
  )
})

const SCHEMA: Json = {
  type: 'object',
  properties: { city: { type: 'string', description: 'Where it flows' }, km: { type: 'number' } },
  required: ['city', 'km'],
  additionalProperties: false,
}

estimate('a response schema is counted as sent, in either API', async () => {
  const format = { name: 'river', description: 'A river', strict: true, schema: SCHEMA }
  const plain = (await count(asked('gpt-4o', 'Hi')))?.usage.input ?? 0
  const chat = await count(asked('gpt-4o', 'Hi', { response_format: { type: 'json_schema', json_schema: format } }))
  const response = await count({
    family: 'responses',
    request: { model: 'gpt-4o', input: 'Hi', text: { format: { type: 'json_schema', ...format } } },
    response: { model: 'gpt-4o', output: [] },
  })
  for (const counted of [chat, response]) {
    const added = (counted?.usage.input ?? 0) - plain
    assert.ok(added > 30 && added < 60, `${added}`)
    assert.is(counted?.estimated.estimate, 'rough')
    assert.is(counted?.estimated.note, 'response schema counted as sent')
    assert.equal(counted?.partial, [])
  }
})

estimate('a built-in or custom tool brings instructions that nobody is told: partial', async () => {
  for (const tool of [
    { type: 'web_search' },
    { type: 'mcp', server_url: 'https://a' },
    { type: 'custom', name: 'a' },
  ]) {
    const request = { model: 'gpt-4o', input: 'Hi', tools: [tool] }
    const counted = await count({ family: 'responses', request, response: { output: [] } })
    assert.equal([counted?.estimated.estimate, counted?.partial], ['partial', ['input']])
    assert.ok((counted?.usage.input ?? 0) > 10)
  }
})

estimate('what a response wrote to a built-in tool is not told', async () => {
  const output = [
    { type: 'web_search_call', id: 'ws_1' },
    { type: 'message', content: [{ text: 'Elbe' }] },
  ]
  const counted = await count({ family: 'responses', request: { model: 'gpt-4o', input: 'Hi' }, response: { output } })
  assert.equal([counted?.estimated.estimate, counted?.partial], ['partial', ['output']])
})

estimate('an edit is counted: its input, its instruction and its answer', async () => {
  const request = {
    model: 'text-davinci-edit-001',
    input: 'What day of the wek is it?',
    instruction: 'Fix the spelling mistakes',
  }
  const answer = { choices: [{ text: 'What day of the week is it?' }] }
  const counted = await count({ family: 'edits', request, response: answer })
  assert.is(counted?.usage.input, 25)
  assert.is(counted?.usage.output, 8)
  assert.is(counted?.estimated.estimate, 'rough')
})

const pricer = createPricer(readConfig({}))
const INPUT = {
  api: { type: 'open_ai' as const, provider: 'openai', base: 'https://api.openai.com/v1' },
  host: 'api.openai.com',
  operation: 'createChatCompletion',
  family: 'chat.completions',
  at: Date.parse('2026-09-23T12:00:00Z'),
  model: 'gpt-4o',
  usage: { input: 100, output: 10 },
}

estimate('what is counted in part has no cost, and the side is named', () => {
  const whole = pricer.cost(INPUT)
  const cost = pricer.cost({ ...INPUT, partial: ['input'] })
  assert.ok(whole?.usd !== undefined && whole.missing.length === 0)
  assert.is(cost?.usd, undefined)
  assert.equal(cost?.missing, ['input'])
  assert.equal(cost?.parts, { output: whole.parts.output })
  assert.equal(pricer.cost({ ...INPUT, partial: ['input', 'output'] })?.missing, ['input', 'output'])
})

estimate('a cost that the server told stands, however its tokens are counted', () => {
  const told = { usd: 0.5, source: 'told' as const, parts: {}, missing: [] }
  assert.equal(pricer.cost({ ...INPUT, partial: ['input'], told }), told)
})

estimate('span and log tell how and why; a written call too', async () => {
  const call = {
    ...(await priced({
      body: { model: 'gpt-4o' },
      answer: chatAnswer('gpt-4o', { prompt_tokens: 1, completion_tokens: 1 }),
    })),
    estimated: { prompt: true, completion: false, estimate: 'partial' as const, note: 'files left out' },
  }
  const read = callFromJson(JSON.parse(JSON.stringify(callToJson(call))))
  assert.ok(read)
  for (const one of [call, read]) {
    assert.is(CALL_TAGS['openai.estimate'](one), 'partial')
    assert.is(CALL_TAGS['openai.estimate_reason'](one), 'files left out')
  }
  const strange = { ...callToJson(call), estimated: { prompt: true, completion: false, estimate: 'perhaps' } }
  assert.is(callFromJson(strange), undefined)
})

estimate.after(() => counter.stop())
estimate.run()
