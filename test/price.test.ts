import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { calcPrice } from '@pydantic/genai-prices'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { counters } from '../lib/counters'
import type { Usage } from '../lib/openai/call'
import { createPricer, type PriceInput } from '../lib/openai/price'
import { jsonErrorAt } from '../lib/openai/price/json-error'
import { sayUnpriced } from '../lib/openai/price/unpriced'

const price = suite('price')

const AT = Date.parse('2026-09-01T12:00:00Z')
const openai = { base: 'https://api.openai.com/v1', type: 'open_ai' } as const
const call: PriceInput = {
  api: openai,
  host: 'api.openai.com',
  model: 'gpt-4o',
  usage: { input: 1_000_000, output: 100_000, total: 1_100_000 },
  operation: 'createChatCompletion',
  family: 'chat.completions',
  at: AT,
}
const cost = (changes: Partial<PriceInput> = {}, prices?: string) =>
  createPricer({ prices }).cost({ ...call, ...changes })?.usd

const confirmed = (name: string) => ({ tier: { name, confirmed: true } })

/** What is said on standard error meanwhile. */
function heard(act: () => void): string[] {
  const lines: string[] = []
  const { write } = process.stderr
  process.stderr.write = line => lines.push(String(line)) > 0
  try {
    act()
  } finally {
    process.stderr.write = write
  }
  return lines
}

function withFile<T>(text: string, act: (file: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'prices-'))
  try {
    const file = join(folder, 'prices.json')
    writeFileSync(file, text)
    return act(file)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

price('what a call cost at the published prices', () => {
  assert.is(cost(), 2.5 + 1)
  assert.is(cost({ model: 'gpt-4o-2024-08-06' }), 3.5)
  assert.is(cost({ model: 'text-embedding-3-small', usage: { input: 1_000_000, total: 1_000_000 } }), 0.02)
})

price('cached tokens at their own price, within the input and not beside it', () => {
  assert.is(cost({ usage: { input: 1_000_000, output: 0, cachedInput: 400_000 } }), 0.6 * 2.5 + 0.4 * 1.25)
})

price('a cache that is larger than its prompt is taken for the whole prompt', () => {
  assert.is(cost({ usage: { input: 1_000_000, output: 0, cachedInput: 5_000_000 } }), 1.25)
})

price('reasoning is part of the output', () => {
  assert.is(cost({ usage: { input: 0, output: 100_000, reasoningOutput: 90_000 } }), 1)
})

price('audio and pictures at their own prices, and minutes of audio where those are billed', () => {
  const spoken = { input: 1_000_000, audioInput: 500_000, output: 1_000_000, audioOutput: 1_000_000 }
  assert.is(cost({ model: 'gpt-audio-mini', usage: spoken }), 0.5 * 0.6 + 0.5 * 10 + 20)
  const picture = { input: 1_000_000, imageInput: 1_000_000, output: 1_000_000, imageOutput: 1_000_000 }
  assert.is(cost({ model: 'gpt-image-1', usage: picture }), 10 + 40)
  assert.is(cost({ model: 'whisper-1', usage: { seconds: 1800 } }), 0.18)
})

price('audio is never charged as text where its price is not known', () => {
  const usage = { input: 1_000_000, audioInput: 1, output: 0 }
  assert.is(cost({ model: 'gpt-4o', usage }), undefined)
})

price('long prompts at the price of long prompts', () => {
  assert.is(cost({ model: 'gpt-5.4', usage: { input: 200_000, output: 0 } }), 0.5)
  assert.is(cost({ model: 'gpt-5.4', usage: { input: 1_000_000, output: 0 } }), 5)
})

price('agrees with its source for any usage that the source takes', () => {
  const models = ['gpt-4o', 'gpt-4.1-mini', 'gpt-5.4', 'gpt-5.6-sol', 'gpt-audio-mini', 'o4-mini', 'gpt-3.5-turbo']
  const share = fc.integer({ min: 0, max: 200_000 })
  fc.assert(
    fc.property(fc.constantFrom(...models), share, share, share, (model, text, cachedInput, output) => {
      const usage: Usage = { input: text + cachedInput, cachedInput, output }
      const theirs = calcPrice(
        { input_tokens: text + cachedInput, cache_read_tokens: cachedInput, output_tokens: output },
        model,
        {
          providerId: 'openai',
          timestamp: new Date(AT),
        },
      )
      const ours = cost({ model, usage }) ?? Number.NaN
      assert.ok(Math.abs(ours - (theirs?.total_price ?? 0)) < 1e-9, `${model}: ${ours}, ${theirs?.total_price}`)
    }),
    { numRuns: 200 },
  )
})

price('batch and flex are half price', () => {
  assert.is(cost({ ...confirmed('flex') }), 1.75)
  assert.is(cost({ ...confirmed('batch') }), 1.75)
  assert.is(cost({ ...confirmed('default') }), 3.5)
})

price('priority costs what OpenAI says it does, and nothing is said where it does not say', () => {
  assert.is(cost({ ...confirmed('priority') }), 4.25 + 1.7)
  assert.is(cost({ ...confirmed('priority'), model: 'gpt-4o-mini' }), 0.25 + 0.1)
  assert.is(cost({ ...confirmed('priority'), model: 'gpt-4.1-2025-04-14' }), 3.5 + 1.4)
  assert.is(cost({ ...confirmed('priority'), model: 'gpt-3.5-turbo' }), undefined)
  assert.is(cost({ ...confirmed('scale') }), undefined)
})

price('at the price of the provider whose host it is', () => {
  const azure = { base: 'https://x.openai.azure.com/', type: 'azure' } as const
  assert.is(cost({ api: azure, host: 'x.openai.azure.com' }), 3.5)
  const groq = { base: 'https://api.groq.com/openai/v1', type: 'open_ai', provider: 'groq' } as const
  assert.is(cost({ api: groq, host: 'api.groq.com', model: 'llama-3.1-8b-instant', ...confirmed('on_demand') }), 0.058)
  const regional = { base: 'https://eu.api.openai.com/v1', type: 'open_ai' } as const
  assert.is(cost({ api: regional, host: 'eu.api.openai.com' }), 3.5)
})

price('a gateway is taken for OpenAI where the model is one of OpenAI’s', () => {
  const gateway = { api: { base: 'http://gateway.internal/v1', type: 'open_ai' }, host: 'gateway.internal' } as const
  assert.is(cost({ ...gateway }), 3.5)
  assert.is(cost({ ...gateway, model: 'openai/gpt-4o' }), 3.5)
  assert.is(cost({ ...gateway, model: 'my-llama' }), undefined)
  assert.is(cost({ ...gateway, model: 'gpt-oss-20b' }), undefined)
})

price('what only shows again what another call has spent costs nothing', () => {
  assert.is(cost({ operation: 'getResponse' }), undefined)
  assert.is(cost({ operation: 'retrieveBatch' }), undefined)
  assert.is(cost({ operation: 'createResponse' }), 3.5)
})

price('an unknown model has no cost, which is said once', () => {
  const lines = heard(() => {
    assert.is(cost({ model: 'gpt-nonsense' }), undefined)
    assert.is(cost({ model: 'gpt-nonsense' }), undefined)
  })
  assert.is(lines.length, 1)
  const newer = /no price is known for "model gpt-nonsense": it is not in the price list of [\d-]{10} \(\d+ days? old\)/
  assert.match(lines[0] ?? '', newer)
  assert.match(lines[0] ?? '', /npx interceptor prices --update .* INTERCEPTOR_PRICES/)
})

price('of a call that names no model nothing is said: nobody could add its price', () => {
  assert.equal(heard(() => sayUnpriced({ model: '' }, ['model'])).concat(heard(() => sayUnpriced({}, ['model']))), [])
  assert.is(heard(() => sayUnpriced({ model: 'gpt-of-nobody' }, ['model'])).length, 1)
})

price('a model that is newer than the list is counted at each call, one of a server of your own is not', () => {
  const before = counters()['price.model_unknown'] ?? 0
  heard(() => {
    for (const model of ['gpt-next', 'gpt-next', 'gpt-4o']) cost({ model })
    cost({ model: 'ours', host: 'llm.internal', api: { base: 'http://llm.internal/v1', type: 'open_ai' } })
  })
  assert.is(counters()['price.model_unknown'], before + 2)
})

price('unknown models without end are not all told', () => {
  const lines = heard(() => {
    for (let i = 0; i < 100; i++) cost({ model: `unheard-of-${i}` })
  })
  assert.ok(lines.length <= 20, `${lines.length} lines`)
})

price('prices of your own go first: fine-tunes, prefixes, providers, tiers', () => {
  const file = {
    models: {
      'gpt-4o': { input: 1, output: 1 },
      'llama-*': { input: 0.1, output: 0, tiers: { night: 0.5 } },
      'llama-3-*': { input: 0.3, output: 0 },
      long: { input: { base: 1, tiers: [{ start: 100, price: 3 }] }, output: 0 },
    },
    providers: { 'gateway.internal:8443': { 'gpt-4o': { input: 7, output: 0 } } },
  }
  withFile(JSON.stringify(file), prices => {
    assert.is(cost({}, prices), 1.1)
    assert.is(cost({ host: 'gateway.internal:8443' }, prices), 7)
    assert.is(cost({ model: 'llama-2' }, prices), 0.1)
    assert.is(cost({ model: 'llama-2', ...confirmed('night') }, prices), 0.05)
    assert.is(cost({ model: 'llama-3-8b' }, prices), 0.3)
    assert.is(cost({ model: 'long', usage: { input: 1_000_000, output: 0 } }, prices), 3)
    assert.is(cost({ model: 'gpt-4o-mini' }, prices), 0.15 + 0.06)
  })
})

price('a service tier that is named like a member of every object has no price', () => {
  withFile('{"models":{"gpt-4o":{"input":1,"output":1,"tiers":{"night":0.5}}}}', prices => {
    for (const tier of ['__proto__', 'constructor', 'toString']) {
      heard(() => assert.is(cost({ model: 'gpt-4o', ...confirmed(tier) }, prices), undefined))
    }
  })
})

price('the place of a fault in a file is found wherever it is', () => {
  const whole = '{"a": [1, -2.5e3, {"b": "x\\"y"}, [], {}], "c": null}'
  assert.is(jsonErrorAt(whole), undefined)
  for (let cut = 0; cut < whole.length; cut++) {
    const broken = `${whole.slice(0, cut)}?${whole.slice(cut)}`
    if (jsonErrorAt(broken) === undefined) assert.not.throws(() => JSON.parse(broken), broken)
    else assert.throws(() => JSON.parse(broken))
  }
})

price('a prices file that does not parse is told with its place, and the built-in prices are used', () => {
  const bad: readonly [text: string, told: RegExp][] = [
    ['{\n  "models": {\n    "x": }\n}', /prices\.json: not JSON from line 3, column 10; built-in prices are used\n$/],
    ['{"models":', /line 1, column 11;/],
    ['{"models":{"x":{"input":"1"}}}', /models\["x"\]\.input is not a number from 0 to 1000000000;/],
    ['{"models":{"x":{"input":1e308}}}', /models\["x"\]\.input is not a number from 0 to/],
    ['{"models":{"x":{"inptu":1}}}', /models\["x"\] has "inptu"/],
    ['[]', /the file is not an object/],
  ]
  for (const [text, told] of bad) {
    withFile(text, prices => {
      const lines = heard(() => assert.is(cost({}, prices), 3.5))
      assert.is(lines.length, 1)
      assert.match(lines[0] ?? '', told)
    })
  }
  assert.match(heard(() => assert.is(cost({}, '/nowhere/prices.json'), 3.5))[0] ?? '', /ENOENT/)
})

price.run()
