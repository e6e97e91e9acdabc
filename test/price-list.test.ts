import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { calcPrice, findProvider, type ModelPrice, waitForUpdate } from '@pydantic/genai-prices'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { listText } from '../lib/local/prices/list-text'
import type { Json } from '../lib/openai/json'
import { builtInRates, providerOf } from '../lib/openai/price/built-in'
import { PRICE_LIST } from '../lib/openai/price/list'
import { checkedList } from '../lib/openai/price/list-file'
import { condense } from '../lib/prices/condense'

const list = suite('the bundled price list')

const FILE = join(__dirname, '..', 'lib', 'openai', 'price', 'list.ts')
/** Before and after dated prices, and at each hour that one follows. */
const TIMES = ['2025-05-01T00:10', '2026-09-01T00:40', '2026-09-23T03:00', '2026-09-23T08:00', '2027-02-01T23:00']

list('is what the installed price package has (`npm run prices` makes it anew)', async () => {
  const file = readFileSync(FILE, 'utf8')
  assert.ok((await listText(file, new Date())) === file)
})

list('gets the day on which it was made when the package is another, and keeps it else', async () => {
  const file = readFileSync(FILE, 'utf8')
  const now = new Date('2030-01-02T03:04:05Z')
  assert.match(await listText(file.replaceAll(PRICE_LIST.source, 'an older one'), now), "date: '2030-01-02'")
})

list('says for every model of every provider what the package says, at any time', async () => {
  const wrong: string[] = []
  let asked = 0
  for (const { provider, model } of await namesOfAll()) {
    for (const time of TIMES) {
      const timestamp = new Date(`${time}Z`)
      const theirs = calcPrice({}, model, { providerId: provider, timestamp })
      const ours = builtInRates(provider, model, timestamp.getTime())
      const expected = theirs === null ? undefined : condensed(theirs.model_price)
      asked++
      if (JSON.stringify(ours) !== JSON.stringify(expected)) wrong.push(`${provider} ${model} ${time}`)
    }
  }
  assert.equal(wrong, [])
  assert.ok(asked > 10_000, String(asked))
})

list('in a file is refused where a rate is no number that can be reckoned with', () => {
  const listWith = (rates: Json): Json => ({
    source: 'x',
    date: '2026-01-01',
    providers: { p: `${JSON.stringify({ base: 'x' })}\n${JSON.stringify(['m', rates])}` },
  })
  assert.ok(checkedList(listWith({ input: 1, output: { base: 2, tiers: [{ start: 1000, price: 3 }] } })))
  for (const bad of [{ input: '1' }, { input: -1 }, { input: null }, { input: 1e308 }, { input: { base: 'x' } }]) {
    assert.throws(() => checkedList(listWith(bad)), /the prices of "p" cannot be read/, JSON.stringify(bad))
  }
})

/** Every name that a pattern holds, and variants of it that only some patterns take. */
async function namesOfAll(): Promise<{ provider: string; model: string }[]> {
  const providers = (await waitForUpdate()) ?? []
  return providers.flatMap(({ id, models }) => {
    const texts = models.flatMap(({ match }) => [...JSON.stringify(match).matchAll(/":"([^"]+)"/g)].map(([, t]) => t))
    const names = texts.map(text => (text ?? '').replaceAll(/[\\^$]|\(.*\)/g, '').replaceAll(/d(?:\{\d\})?/g, '1'))
    return [...names, ...names.map(name => `${name}-2026-01-01`), ...names.map(name => `x${name}-20250807`)].map(
      model => ({ provider: id, model }),
    )
  })
}

/** By the same words, but of one model. */
function condensed(prices: ModelPrice): unknown {
  const provider = { id: 'p', api_pattern: 'x', models: [{ id: 'm', match: { equals: 'm' }, prices }] }
  const [, line = ''] = condense([JSON.parse(JSON.stringify(provider))]).p?.split('\n') ?? []
  return JSON.parse(line)[1]
}

list('knows a provider by its host or by its name as the package does', () => {
  const bases = [
    'https://api.openai.com/v1',
    'https://eu.api.openai.com/v1',
    'https://api.groq.com/openai/v1',
    'https://openrouter.ai/api/v1',
    'https://generativelanguage.googleapis.com/v1beta/openai',
    'https://api.x.ai/v1',
    'https://api.moonshot.ai/v1',
    'https://nowhere.example/v1',
  ]
  for (const base of bases) {
    const openai = /(^|\.)api\.openai\.com$/.test(new URL(base).hostname) ? 'openai' : undefined
    const expected = openai ?? findProvider({ providerApiUrl: base })?.id
    assert.is(providerOf({ base, type: 'open_ai' }, new URL(base).hostname), expected, base)
  }
  for (const provider of ['xai', 'groq', 'anthropic', 'google', 'bedrock', 'vertex', 'ollama', 'constructor']) {
    const api = { base: 'https://nowhere.example/v1', type: 'open_ai', provider } as const
    assert.is(providerOf(api, 'nowhere.example'), findProvider({ providerId: provider })?.id, provider)
  }
})

list('a long prompt is one above the limit that is told, not one at it', () => {
  for (const model of ['gpt-5.4', 'gpt-6-sol']) {
    const rate = builtInRates('openai', model, Date.parse('2026-10-01'))?.input
    assert.equal(typeof rate === 'object' && rate.tiers.map(({ start }) => start), [272_000])
  }
})

list('data of another shape is refused and not written down in part', () => {
  const model = { id: 'm', match: { equals: 'm' }, prices: { input_mtok: 1 } }
  const bad = [
    {},
    [],
    [{ id: 'p', api_pattern: 'x', models: [{ ...model, prices: { input_mtok: 'free' } }] }],
    [{ id: 'p', api_pattern: 'x', models: [{ ...model, match: { like: 'm' } }] }],
    [{ id: 'p', api_pattern: 'x', models: [{ ...model, match: { equals: 'a b' } }] }],
    [{ id: 'p', models: [model] }],
  ]
  for (const data of bad) assert.throws(() => condense(data), /the price data/)
})

list.run()
