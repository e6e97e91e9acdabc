import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { chatAnswer, priced } from './priced'

/**
 * What makers say that their models cost, written down from their own pages and not from the package that the bundled
 * list is made of: US dollars per million tokens.
 */
interface Row {
  readonly provider: string
  readonly model: string
  readonly input: number
  readonly cached?: number
  readonly output?: number
  readonly source: string
  readonly date: string
}

const rows: readonly Row[] = JSON.parse(readFileSync(join(__dirname, 'data', 'prices.json'), 'utf8'))

const URLS: Readonly<Record<string, string>> = {
  openai: 'https://api.openai.com/v1',
  azure: 'https://acme.openai.azure.com/openai/deployments/mine',
  groq: 'https://api.groq.com/openai/v1',
  xai: 'https://api.x.ai/v1',
  anthropic: 'https://api.anthropic.com/v1',
  google: 'https://generativelanguage.googleapis.com/v1beta/openai',
  mistral: 'https://api.mistral.ai/v1',
  cerebras: 'https://api.cerebras.ai/v1',
  together: 'https://api.together.xyz/v1',
}

const INPUT = 10_000
const CACHED = 4_000
const OUTPUT = 1_000
const MILLION = 1e6

const elsewhere = suite('prices as the makers tell them')

elsewhere('are at least sixty, each with its source and date', () => {
  assert.ok(rows.length >= 60, String(rows.length))
  for (const { source, date, model } of rows)
    assert.ok(/^https:/.test(source) && /^20\d\d-\d\d-\d\d$/.test(date), model)
})

for (const { provider, model, input, cached, output, date } of rows) {
  elsewhere(`${provider} ${model}`, async () => {
    const isEmbedding = output === undefined
    const fromCache = cached === undefined ? 0 : CACHED
    const usage = {
      prompt_tokens: INPUT,
      ...(cached === undefined ? {} : { prompt_tokens_details: { cached_tokens: CACHED } }),
      ...(isEmbedding ? {} : { completion_tokens: OUTPUT }),
      total_tokens: INPUT + (isEmbedding ? 0 : OUTPUT),
    }
    const path = isEmbedding ? '/embeddings' : '/chat/completions'
    const query = provider === 'azure' ? '?api-version=2025-01-01' : ''
    const { cost = Number.NaN, costDetails } = await priced({
      url: `${URLS[provider]}${path}${query}`,
      body: { model, messages: [{ role: 'user', content: 'Name a river' }] },
      answer: isEmbedding ? { object: 'list', model, data: [], usage } : chatAnswer(model, usage),
      at: Date.parse(`${date}T12:00:00Z`),
    })
    const search = model.includes('-search-') ? 0.01 : 0
    const expected =
      ((INPUT - fromCache) * input + fromCache * (cached ?? 0) + (isEmbedding ? 0 : OUTPUT * output)) / MILLION + search
    assert.ok(Math.abs(cost - expected) < 1e-9, `${cost}, not ${expected}; ${JSON.stringify(costDetails)}`)
    assert.is(costDetails?.source, 'list')
  })
}

elsewhere.run()
