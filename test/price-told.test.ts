import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Json } from '../lib/openai/json'
import { chatAnswer, priced, RESPONSES, response } from './priced'

const told = suite('what a server says that a call cost')

const OPENROUTER = 'https://openrouter.ai/api/v1/chat/completions'
const tokens = { prompt_tokens: 2000, completion_tokens: 10, total_tokens: 2010 }
const answer = (model: string, more: Record<string, Json>): Json => chatAnswer(model, { ...tokens, ...more })

told('goes before any list, with its parts where they are told', async () => {
  const { cost, costDetails } = await priced({
    url: OPENROUTER,
    answer: answer('openai/gpt-4o', {
      cost: 0.0029,
      is_byok: false,
      cost_details: { upstream_inference_prompt_cost: 0.002, upstream_inference_completions_cost: 0.0005 },
    }),
  })
  assert.is(cost, 0.0029)
  assert.equal(costDetails, { source: 'told', parts: { input: 0.002, output: 0.0005, tools: 0.0004 }, missing: [] })
})

told('is OpenRouter’s fee and what the provider is paid, with a key of one’s own there', async () => {
  const own = (more: Record<string, Json>) => answer('openai/gpt-4o', { cost: 0.0001, is_byok: true, ...more })
  const both = await priced({ url: OPENROUTER, answer: own({ cost_details: { upstream_inference_cost: 0.002 } }) })
  assert.is(both.cost, 0.0021)
  const fee = await priced({ url: OPENROUTER, answer: own({ cost_details: { upstream_inference_cost: null } }) })
  assert.is(fee.cost, undefined)
  assert.equal(fee.costDetails?.missing, ['upstream'])
})

told('is read at the end of a stream', async () => {
  const { cost, costDetails } = await priced({
    url: OPENROUTER,
    body: { model: 'openai/gpt-4o', stream: true },
    events: [
      { id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: 'Elbe' } }] },
      { id: 'c', object: 'chat.completion.chunk', choices: [], usage: { ...tokens, cost: 0.0031 } },
    ],
  })
  assert.is(cost, 0.0031)
  assert.is(costDetails?.source, 'told')
})

told('by Perplexity as an object, by xAI in ticks, by DeepInfra as an estimate', async () => {
  const perplexity = await priced({
    url: 'https://api.perplexity.ai/chat/completions',
    answer: answer('sonar', {
      cost: { input_tokens_cost: 0.002, output_tokens_cost: 0.0001, request_cost: 0.005, total_cost: 0.0071 },
    }),
  })
  assert.is(perplexity.cost, 0.0071)
  assert.equal(perplexity.costDetails?.parts, { input: 0.002, output: 0.0001, tools: 0.005 })
  const xai = { url: 'https://api.x.ai/v1/chat/completions' }
  assert.is((await priced({ ...xai, answer: answer('grok-4', { cost_in_usd_ticks: 37_756_000 }) })).cost, 0.0037756)
  const responses = { url: 'https://api.x.ai/v1/responses' }
  const usage = { input_tokens: 9, output_tokens: 1, total_tokens: 10, cost_in_usd_ticks: 200_000_000 }
  assert.is((await priced({ ...responses, answer: response('grok-4', usage) })).cost, 0.02)
  const deepinfra = { url: 'https://api.deepinfra.com/v1/openai/chat/completions' }
  assert.is((await priced({ ...deepinfra, answer: answer('any/model', { estimated_cost: 0.00002 }) })).cost, 0.00002)
})

told('by LiteLLM in a header, which is nearer than what stands in the body', async () => {
  const headers = { 'x-litellm-response-cost': '0.000123' }
  assert.is((await priced({ headers, answer: answer('gpt-4o', { cost: 0.5 }) })).cost, 0.000123)
  const none = { 'x-litellm-response-cost': 'None' }
  const { cost, costDetails } = await priced({ headers: none, answer: answer('gpt-4o', {}) })
  assert.is(cost, 0.0051)
  assert.is(costDetails?.source, 'list')
})

told('is not believed where it is no amount', async () => {
  for (const cost of [-1, '', 'free', null, true, [1], '0x10', 'Infinity']) {
    const { costDetails } = await priced({ answer: answer('gpt-4o', { cost }) })
    assert.is(costDetails?.source, 'list', String(cost))
  }
  assert.is((await priced({ answer: answer('gpt-4o', { cost: '0.25' }) })).cost, 0.25)
  assert.is((await priced({ answer: answer('gpt-4o', { cost: 0 }) })).cost, 0)
})

told('is not spent where an answer only shows it again', async () => {
  const url = `${RESPONSES}/resp_1`
  const usage = { input_tokens: 9, output_tokens: 1, total_tokens: 10, cost: 0.5 }
  const { cost, costDetails } = await priced({ method: 'GET', url, answer: response('gpt-5', usage) })
  assert.is(cost, undefined)
  assert.is(costDetails, undefined)
})

told('nothing is paid for an answer that a gateway had kept', async () => {
  const hits: Record<string, string>[] = [
    { 'helicone-cache': 'HIT' },
    { 'x-portkey-cache-status': 'HIT' },
    { 'x-portkey-cache-status': 'SEMANTIC HIT' },
    { 'cf-aig-cache-status': 'HIT' },
    { 'x-litellm-cache-key': 'abc', 'x-litellm-response-cost': '0.0' },
    { 'x-litellm-cache-key': 'abc', 'x-litellm-cache-hit': 'True' },
  ]
  for (const headers of hits) {
    const { cost, costDetails, gatewayCache } = await priced({ headers, answer: answer('gpt-4o', {}) })
    assert.is(cost, 0, JSON.stringify(headers))
    assert.is(costDetails?.source, 'told')
    assert.is(gatewayCache, 'hit')
  }
  const misses: Record<string, string>[] = [
    { 'helicone-cache': 'MISS' },
    { 'x-portkey-cache-status': 'DISABLED' },
    { 'cf-aig-cache-status': 'BYPASS' },
    { 'x-litellm-cache-key': 'abc', 'x-litellm-response-cost': '0.0051' },
  ]
  for (const headers of misses) {
    const { cost, gatewayCache } = await priced({ headers, answer: answer('gpt-4o', {}) })
    assert.is(cost, 0.0051, JSON.stringify(headers))
    assert.is(gatewayCache, undefined)
  }
})

told.run()
