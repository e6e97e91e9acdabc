import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Json } from '../lib/openai/json'
import { createPricer, type PriceInput } from '../lib/openai/price'
import { chatAnswer, priced, RESPONSES, response } from './priced'

const tools = suite('fees beside tokens')

const USAGE = { input_tokens: 1000, output_tokens: 100, total_tokens: 1100 }
/** What these tokens cost with gpt-5. */
const TOKENS = 0.00225

const item = (type: string, more: Record<string, Json> = {}): Json => ({ id: 'i', type, status: 'completed', ...more })
const search = (type: string): Json => item('web_search_call', { action: { type } })

/** A response of gpt-5 with these items; `given` are the tools of the request. */
const answered = (output: Json[], given: Json[] = [], more: Record<string, Json> = {}, model = 'gpt-5') =>
  priced({ url: RESPONSES, body: { model, input: 'hi', tools: given }, answer: response(model, USAGE, output, more) })

const near = (cost: number | undefined, expected: number): void =>
  assert.ok(Math.abs((cost ?? Number.NaN) - expected) < 1e-9, `${cost}, not ${expected}`)

tools('searches on the web are paid for, and opening a page is not', async () => {
  const { cost, costDetails } = await answered([search('search'), search('open_page'), search('search')])
  near(cost, TOKENS + 0.02)
  assert.is(costDetails?.parts.tools, 0.02)
  assert.is(costDetails?.parts.output, 0.001)
})

tools('what the server counts of searches goes before what is seen of them', async () => {
  const more = { tool_usage: { web_search: { num_requests: 1 } } }
  near((await answered([search('search'), search('search')], [], more)).cost, TOKENS + 0.01)
})

tools('the preview’s search costs more where the model does not reason', async () => {
  const preview = [{ type: 'web_search_preview' }]
  near((await answered([search('search')], preview)).cost, TOKENS + 0.01)
  near((await answered([search('search')], preview, {}, 'gpt-4.1')).cost, 0.0028 + 0.025)
  near((await answered([search('search')], [{ type: 'web_search' }], {}, 'gpt-4.1')).cost, 0.0028 + 0.01)
})

tools('a failed search is not paid for', async () => {
  near((await answered([item('web_search_call', { status: 'failed' })])).cost, TOKENS)
})

tools('file searches, and containers once each', async () => {
  near((await answered([item('file_search_call'), item('file_search_call')])).cost, TOKENS + 0.005)
  const ran = (id: string): Json => item('code_interpreter_call', { container_id: id })
  const auto = (memory_limit?: string): Json[] => [
    { type: 'code_interpreter', container: { type: 'auto', ...(memory_limit === undefined ? {} : { memory_limit }) } },
  ]
  near((await answered([ran('a'), ran('a')], auto())).cost, TOKENS + 0.03)
  near((await answered([ran('a'), ran('b')], auto('4g'))).cost, TOKENS + 0.24)
  // Its own call has paid for it.
  near((await answered([ran('a')], [{ type: 'code_interpreter', container: 'a' }])).cost, TOKENS)
  const made = { id: 'a', object: 'container', memory_limit: '16g', status: 'running' }
  near((await priced({ url: 'https://api.openai.com/v1/containers', answer: made })).cost, 0.48)
})

tools('a container that runs for several answers is paid for once, until it must be gone', () => {
  const pricer = createPricer({ prices: undefined })
  const at = Date.parse('2026-09-01T12:00:00Z')
  const call = (minutes: number): PriceInput => ({
    api: { base: 'https://api.openai.com/v1', type: 'open_ai' },
    host: 'api.openai.com',
    model: 'gpt-5',
    usage: { input: 1000, output: 100 },
    operation: 'createResponse',
    family: 'responses',
    at: at + minutes * 60_000,
    tools: [{ tool: 'container', what: 'code_interpreter', ids: ['a'] }],
  })
  near(pricer.cost(call(0))?.usd, TOKENS + 0.03)
  near(pricer.cost(call(10))?.usd, TOKENS)
  near(pricer.cost(call(29))?.usd, TOKENS)
  near(pricer.cost(call(50))?.usd, TOKENS + 0.03)
})

tools('pictures that a response draws are paid for by their model’s tokens', async () => {
  const image_gen = {
    input_tokens: 50,
    input_tokens_details: { text_tokens: 50, image_tokens: 0 },
    output_tokens: 4160,
  }
  const more = { tool_usage: { image_gen: { ...image_gen, total_tokens: 4210 } } }
  const drawn = [item('image_generation_call', { result: 'AAAA' })]
  const { cost, costDetails } = await answered(drawn, [{ type: 'image_generation', model: 'gpt-image-1' }], more)
  near(cost, TOKENS + 50 * 5e-6 + 4160 * 40e-6)
  near(costDetails?.parts.tools, 50 * 5e-6 + 4160 * 40e-6)
})

tools('where a part has no known price there is no cost, and the part is named', async () => {
  const unknown: [output: Json[], missing: string][] = [
    [[item('image_generation_call')], 'image_generation'],
    [[item('hologram_call')], 'hologram'],
    [[item('shell_call', { environment: { type: 'container_reference', container_id: 'c' } })], ''],
    [[item('shell_call', { environment: { type: 'local' } })], ''],
    [[item('function_call'), item('mcp_call'), item('computer_call')], ''],
  ]
  for (const [output, missing] of unknown) {
    const { cost, costDetails } = await answered(output)
    assert.is(costDetails?.missing.join(), missing, JSON.stringify(output))
    assert.is(cost === undefined, missing !== '')
  }
})

tools('models of chat that search before each answer have a fee for each', async () => {
  const usage = { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 }
  near((await priced({ answer: chatAnswer('gpt-4o-search-preview', usage) })).cost, 0.0035 + 0.025)
  near((await priced({ answer: chatAnswer('gpt-4o-mini-search-preview-2025-03-11', usage) })).cost, 0.00021 + 0.025)
  near((await priced({ answer: chatAnswer('gpt-5-search-api', usage) })).cost, TOKENS + 0.01)
})

tools('searches of other servers are paid for where the list knows the fee', async () => {
  const usage = { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 }
  const searched = { ...usage, server_tool_use: { web_search_requests: 2 } }
  const claude = { url: 'https://api.anthropic.com/v1/chat/completions' }
  near((await priced({ ...claude, answer: chatAnswer('claude-sonnet-4-5', searched) })).cost, 0.0045 + 0.02)
  const xai = { url: 'https://api.x.ai/v1/chat/completions' }
  const used = { ...usage, server_side_tool_usage_details: { web_search_calls: 1, x_search_calls: 0 } }
  const { cost, costDetails } = await priced({ ...xai, answer: chatAnswer('grok-3', used) })
  assert.is(cost, undefined)
  assert.equal(costDetails?.missing, ['web_search'])
})

tools.run()
