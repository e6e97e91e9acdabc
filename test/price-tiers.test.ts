import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Call } from '../lib/openai/call'
import type { Json } from '../lib/openai/json'
import { chatAnswer, countedCalls, priced, RESPONSES, response } from './priced'

const tiers = suite('tiers, places and what is not paid for')

const usage = { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 }

/** What a call of a model cost; what was asked and what was answered of the tier. */
const cost = async (model: string, asked?: string, given?: string, url?: string): Promise<number | undefined> =>
  (
    await priced({
      ...(url === undefined ? {} : { url }),
      body: { model, messages: [], ...(asked === undefined ? {} : { service_tier: asked }) },
      answer: chatAnswer(model, usage, given === undefined ? {} : { service_tier: given }),
    })
  ).cost

tiers('what the answer says goes before what was asked', async () => {
  assert.is(await cost('gpt-5', 'flex', 'default'), 0.00225)
  assert.is(await cost('gpt-5', 'auto', 'flex'), 0.001125)
  assert.is(await cost('gpt-5', 'priority', 'priority'), 0.0045)
})

tiers('one that is only asked for holds where the model has it, and is not assumed where it has none', async () => {
  assert.is(await cost('gpt-5', 'flex'), 0.001125)
  assert.is(await cost('gpt-4o', 'flex'), 0.0035)
  assert.is(await cost('gpt-5', 'priority'), 0.0045)
  assert.is(await cost('gpt-3.5-turbo', 'priority'), 0.00065)
  assert.is(await cost('gpt-3.5-turbo', 'nonsense'), 0.00065)
})

tiers('fast is priority by another name', async () => {
  assert.is(await cost('gpt-5.4', 'fast', 'priority'), await cost('gpt-5.4', undefined, 'fast'))
  assert.is(await cost('gpt-5.4', undefined, 'priority'), 0.008)
  assert.is(await cost('gpt-5.5', undefined, 'priority'), 0.02)
})

tiers('a confirmed tier without a known price has no cost', async () => {
  for (const tier of ['scale', 'ultrafast', 'unheard_of']) assert.is(await cost('gpt-5.6-sol', tier, tier), undefined)
})

tiers('Groq’s tiers cost what is usual', async () => {
  const groq = 'https://api.groq.com/openai/v1/chat/completions'
  for (const tier of ['on_demand', 'flex', 'performance'])
    assert.is(await cost('llama-3.3-70b-versatile', tier, tier, groq), 0.000669)
})

tiers('a region costs ten per cent more on the models that have it', async () => {
  const eu = 'https://eu.api.openai.com/v1/chat/completions'
  assert.is(await cost('gpt-5.4', undefined, undefined, eu), 0.0044)
  assert.is(await cost('gpt-5.4-mini-2026-03-17', undefined, undefined, eu), 0.00132)
  assert.is(await cost('gpt-5.4'), 0.004)
  assert.is(await cost('gpt-4o', undefined, undefined, eu), 0.0035)
  assert.is(await cost('gpt-5.4', undefined, undefined, 'https://mtls.api.openai.com/v1/chat/completions'), 0.004)
})

tiers('who stands behind Cloudflare’s or Vercel’s gateway is paid at its own prices', async () => {
  const cloudflare = (provider: string) => `https://gateway.ai.cloudflare.com/v1/acct/gw/${provider}/chat/completions`
  assert.is(await cost('gpt-4o', undefined, undefined, cloudflare('openai')), 0.0035)
  assert.is(await cost('llama-3.3-70b-versatile', undefined, undefined, cloudflare('groq')), 0.000669)
  assert.is(await cost('openai/gpt-4o', undefined, undefined, cloudflare('compat')), 0.0035)
  assert.is(await cost('anthropic/claude-sonnet-4-5', undefined, undefined, cloudflare('compat')), 0.0045)
  const vercel = 'https://ai-gateway.vercel.sh/v1/chat/completions'
  assert.is(await cost('anthropic/claude-sonnet-4-5', undefined, undefined, vercel), 0.0045)
  assert.is(await cost('openai/gpt-4o', undefined, undefined, vercel), 0.0035)
})

const withWrites = (model: string, details: Json, url?: string): Promise<Call> =>
  priced({
    url: url ?? RESPONSES,
    body: { model },
    answer: response(model, {
      input_tokens: 10_000,
      input_tokens_details: details,
      output_tokens: 0,
      total_tokens: 10_000,
    }),
  })

tiers('what is put into the cache is paid for by how long it stays', async () => {
  const usual = await withWrites('gpt-5.6-sol', { cache_write_tokens: 4000, cached_tokens: 0 })
  assert.is(usual.cost, 6000 * 4e-6 + 4000 * 5e-6)
  const split = { cache_write_tokens_details: { ttl_30m_tokens: 4000, ttl_12h_tokens: 0 } }
  assert.is((await withWrites('gpt-5.6-sol', split)).cost, usual.cost)
  const long = { cache_write_tokens: 4000, cache_write_tokens_details: { ttl_30m_tokens: 1000, ttl_12h_tokens: 3000 } }
  assert.equal((await withWrites('gpt-5.6-sol', long)).costDetails?.missing, ['long_cache_write'])
  const claude = { cache_creation_tokens: 4000, cache_creation_token_details: { ephemeral_1h_input_tokens: 3000 } }
  const anthropic = await withWrites('claude-sonnet-4-5', claude, 'https://api.anthropic.com/v1/responses')
  assert.is(anthropic.cost, 0.03975)
})

tiers('a prompt at the limit of a long one is not above it', async () => {
  const long = async (input: number): Promise<number | undefined> =>
    (
      await priced({
        body: { model: 'gpt-5.4' },
        answer: chatAnswer('gpt-5.4', { prompt_tokens: input, completion_tokens: 0, total_tokens: input }),
      })
    ).cost
  assert.is(await long(272_000), 0.68)
  assert.is(await long(272_001), 1.360005)
})

tiers('reasoning beside the completion is output, and within it is not paid for twice', async () => {
  const of = async (usage: Json): Promise<number | undefined> =>
    (await priced({ answer: chatAnswer('gpt-5', usage) })).cost
  const details = { completion_tokens_details: { reasoning_tokens: 900 } }
  assert.is(await of({ ...details, prompt_tokens: 1000, completion_tokens: 100, total_tokens: 2000 }), 0.01125)
  assert.is(await of({ ...details, prompt_tokens: 1000, completion_tokens: 1000, total_tokens: 2000 }), 0.01125)
})

tiers('what failed and told no usage costs nothing and is not counted', async () => {
  const failed = { status: 'failed', error: { code: 'server_error', message: 'oops' } }
  const before = countedCalls.length
  const plain = await priced({ url: RESPONSES, body: { model: 'gpt-5' }, answer: response('gpt-5', null, [], failed) })
  const streamed = await priced({
    url: RESPONSES,
    body: { model: 'gpt-5', stream: true },
    events: [
      { type: 'response.created', response: response('gpt-5', null, [], { status: 'in_progress' }) },
      { type: 'response.failed', response: response('gpt-5', null, [], failed) },
    ],
  })
  const error = { choices: [], error: { code: 429, message: 'slow down' } }
  const inBody = await priced({ body: { model: 'gpt-5' }, answer: error })
  for (const { cost, costDetails, usage: told, estimated } of [plain, streamed, inBody]) {
    assert.equal([cost, costDetails, told, estimated], [undefined, undefined, undefined, undefined])
  }
  assert.is(countedCalls.length, before)
  const used = { input_tokens: 1000, output_tokens: 100, total_tokens: 1100 }
  const paid = await priced({ url: RESPONSES, body: { model: 'gpt-5' }, answer: response('gpt-5', used, [], failed) })
  assert.is(paid.cost, 0.00225)
})

tiers('a response in the background and a batch are said to be left out', async () => {
  const queued = response('gpt-5', null, [], { status: 'queued', background: true })
  const { cost, costDetails } = await priced({ url: RESPONSES, body: { model: 'gpt-5' }, answer: queued })
  assert.is(cost, undefined)
  assert.equal(costDetails?.missing, ['background'])
  const batch = { id: 'batch_1', object: 'batch', status: 'validating' }
  const begun = await priced({ url: 'https://api.openai.com/v1/batches', answer: batch })
  assert.equal(begun.costDetails?.missing, ['batch'])
  const used = { ...batch, status: 'completed', model: 'gpt-5', usage: { input_tokens: 9, output_tokens: 1 } }
  const polled = await priced({ method: 'GET', url: 'https://api.openai.com/v1/batches/batch_1', answer: used })
  assert.equal([polled.cost, polled.costDetails], [undefined, undefined])
})

tiers('a POST that answers a running total is no spending', async () => {
  const total = { input_tokens: 1000, output_tokens: 100, total_tokens: 1100 }
  const session = { id: 'asess_1', object: 'agent.session', agent: { model: 'gpt-5' }, model: 'gpt-5', usage: total }
  for (const path of ['/agents/sessions/asess_1', '/new-things/thing_1', '/new-things/thing_1/pause']) {
    const { cost } = await priced({
      url: `https://api.openai.com/v1${path}`,
      body: { model: 'gpt-5' },
      answer: session,
    })
    assert.is(cost, undefined, path)
  }
})

tiers.run()
