import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readConfig, VARIABLES } from '../../lib/config'
import { liveConfig } from '../../lib/config/live'
import { KEYS } from '../../lib/config/rows'
import { callFromJson, callToJson } from '../../lib/openai/call-json'
import type { Json } from '../../lib/openai/json'
import { createPricer } from '../../lib/openai/price'
import { readOwnPrices } from '../../lib/openai/price/own'
import { createHosts } from '../../lib/openai/recognise/hosts'
import { FORMATS } from '../../lib/openai/tokens/formats'
import { functionsText } from '../../lib/openai/tokens/functions'
import { cleanInPieces } from '../../lib/redact/in-pieces'
import { PATTERNS } from '../../lib/redact/patterns'
import { encodeEntry } from '../../lib/sinks/intake/entry'
import { said } from '../said'
import { changes, damagedJson, tapesOfEachShape, wireOf } from './damage'
import { Reading } from './exchange'
import { random, tries } from './seed'
import { tried } from './tried'

const redaction = suite('redaction')

const SECRETS = [
  'jane@example.com',
  '4111 1111 1111 1111',
  `Bearer ${'a1b2'.repeat(10)}`,
  `sk-${'proj-a1b2c3d4e5f6a7b8'}`,
  'https://user:hunter2x@host/',
  'password: hunter2x9',
  'jane%40example.com',
  `-----BEGIN PRIVATE KEY-----\n${'MIIabc123\n'.repeat(30)}-----END PRIVATE KEY-----`,
]
const PIECES = [
  'a',
  'word',
  'some longer words',
  '1',
  '22 333',
  'x'.repeat(300),
  '\n',
  '@',
  '-----BEGIN ',
  '-----END ',
  'sk-',
  '=',
  ':',
  '%40',
  '\ud800',
  '€',
  'eyJ',
  'Basic ',
  '://',
  ...SECRETS,
]
const text = fc
  .tuple(fc.array(fc.constantFrom(...PIECES), { maxLength: 80 }), fc.constantFrom(' ', '', '\n'))
  .map(([parts, by]) => parts.join(by))

redaction('of any text ends, gives a text, and finds nothing more the second time', async () => {
  const done = await tries(
    fc.asyncProperty(text, fc.constantFrom(...Object.keys(PATTERNS)), async (whole, name) => {
      const pattern = PATTERNS[name] ?? String
      const clean = pattern(whole)
      assert.is(pattern(clean), clean)
      assert.type(await cleanInPieces(whole, pattern, 1_000), 'string')
    }),
    6_000,
  )
  tried({
    what: 'texts of secrets, parts of secrets and words, redacted',
    times: done,
    held: 'ends, and finds nothing more the second time',
  })
})

redaction('of half a megabyte of anything repeated takes time in proportion', async () => {
  const next = random()
  let times = 0
  for (const pattern of Object.values(PATTERNS)) {
    for (let i = 0; i < 60; i += 1) {
      const unit = Array.from(
        { length: 1 + Math.floor(next() * 3) },
        () => PIECES[Math.floor(next() * PIECES.length)],
      ).join('')
      const before = process.cpuUsage()
      pattern(unit.repeat(Math.ceil(100_000 / unit.length)))
      const { user, system } = process.cpuUsage(before)
      // 25 ms at 0.25 µs a character; quadratic would be minutes.
      assert.ok((user + system) / 1_000 < 1_500, `${(user + system) / 1_000} ms for ${JSON.stringify(unit)} repeated`)
      times += 1
    }
  }
  tried({ what: '100,000 characters of one pattern, redacted', times, held: 'time in proportion to the length' })
})

redaction.run()

const counting = suite('tokens and prices')

/** Schemas that nest, repeat, contradict and lie. */
const { schema } = fc.letrec(tie => ({
  schema: fc.oneof(
    { maxDepth: 6, depthIdentifier: 'schema' },
    fc.constantFrom<unknown>(
      'x',
      null,
      5,
      [],
      { type: 'string' },
      { type: ['object', 'object', 'array'] },
      { enum: [1, null, '\ud800'] },
      { $ref: '#' },
    ),
    fc.record(
      {
        type: fc.constantFrom<unknown>('object', 'array', ['object', 'array', 'string', 'object'], 7),
        properties: fc.dictionary(fc.string(), tie('schema'), { maxKeys: 4 }),
        items: tie('schema'),
        anyOf: fc.array(tie('schema'), { maxLength: 4 }),
        required: fc.constantFrom<unknown>(['a'], 'a', null),
        description: fc.constantFrom<unknown>('d', 5),
      },
      { requiredKeys: [] },
    ),
  ),
}))

counting('schemas of tools of any shape are written within their bound', async () => {
  const done = await tries(
    fc.property(fc.array(schema, { maxLength: 6 }), schemas => {
      const tools: Json[] = JSON.parse(JSON.stringify(schemas.map(parameters => ({ name: 'f', parameters }))))
      assert.ok(functionsText(tools).length < 600_000)
    }),
    5_000,
  )
  tried({ what: 'schemas of tools that nest, repeat and lie', times: done, held: 'written within their bound' })
})

counting('what is counted of any request and answer is texts and a whole number', async () => {
  const tapes = tapesOfEachShape().map(tape => wireOf({ tape, request: [], response: [], noise: [] }))
  const formats = Object.values(FORMATS)
  const done = await tries(
    fc.property(fc.constantFrom(...tapes), changes, changes, (wire, damage, other) => {
      const [request, response] = [damagedJson(wire.request, damage), damagedJson(wire.response, other)].map(parsed)
      for (const format of formats) {
        for (const side of [format.prompt(request, 'gpt-4o'), format.completion?.(request, response)]) {
          assert.ok(
            side === undefined ||
              (Number.isSafeInteger(side.tokens) && side.texts.every(one => typeof one === 'string')),
          )
        }
      }
    }),
    6_000,
  )
  tried({
    what: 'tokens of damaged requests and answers, by every format',
    times: done,
    held: 'texts and whole numbers',
  })
})

function parsed(bytes: Buffer): Json | undefined {
  try {
    return JSON.parse(bytes.toString())
  } catch {
    return undefined
  }
}

const OWN =
  '{"models":{"gpt-4o":{"input":2.5,"cachedInput":1.25,"output":10},"llama-*":{"input":{"base":1,"tiers":[{"start":5,"price":2}]},"tiers":{"flex":0.5}}},"providers":{"h:1":{"gpt-4o":{"input":2}}}}'

counting('a file of prices of any content is read or refused in one line; no price is NaN or negative', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'interceptor-hard-'))
  const file = join(folder, 'prices.json')
  const amount = fc.oneof(fc.nat(), fc.constantFrom(0, 1e15, 0.5, 1e-9))
  const usage = fc.record(
    {
      input: amount,
      output: amount,
      cachedInput: amount,
      audioInput: amount,
      reasoningOutput: amount,
      seconds: amount,
    },
    { requiredKeys: [] },
  )
  const model = fc.constantFrom(
    'gpt-4o',
    'llama-3',
    '__proto__',
    'constructor',
    '',
    'x'.repeat(5_000),
    '\ud800',
    'gpt-4o-audio-preview',
  )
  try {
    const done = await tries(
      fc.property(
        changes,
        usage,
        model,
        fc.constantFrom('flex', 'priority', undefined, '__proto__'),
        (damage, used, name, tier) => {
          writeFileSync(file, damagedJson(Buffer.from(OWN), damage))
          try {
            readOwnPrices(file)
          } catch (error) {
            assert.ok(error instanceof Error && !error.message.includes('\n'), String(error))
          }
          let cost: number | undefined
          const lines = said(() => {
            const api = { type: 'open_ai', base: 'https://h:1/v1' } as const
            cost = createPricer({ prices: file }).cost({
              api,
              host: 'h:1',
              usage: used,
              operation: 'createChatCompletion',
              family: 'chat.completions',
              at: 1.77e12,
              model: name,
              ...(tier === undefined ? {} : { tier: { name: tier, confirmed: true } }),
            })?.usd
          })
          assert.ok(cost === undefined || (Number.isFinite(cost) && cost >= 0), String(cost))
          assert.ok(
            lines.every(line => line.startsWith('interceptor: ')),
            lines.join('\n'),
          )
        },
      ),
      2_000,
    )
    tried({
      what: 'files of prices, damaged',
      times: done,
      held: 'read or refused in one line; costs finite, not negative',
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

counting.run()

const settings = suite('settings')

const raw = fc.oneof(
  fc.string(),
  fc.constantFrom(
    '',
    'true',
    'of',
    '1e999',
    '-1',
    '0',
    'http://',
    'https://h/ x',
    'unix:///a',
    'a,b,,',
    '\n',
    '\ud800',
    'x'.repeat(10_000),
    '50%',
    'udp://h',
    'key,card',
    '::1',
    '[::1]:1',
    '__proto__',
  ),
)
const NAMES = [...VARIABLES.map(({ name }) => name), 'INTERCEPTOR_HOST', 'INTERCEPTOR_REDAKT', 'INTERCEPTOR_']

settings(
  'of any kind, from the environment, from code and later: nothing thrown, a line each, types kept, content closed when in doubt',
  async () => {
    const types = new Map(KEYS.map(key => [key, typeof readConfig({})[key]]))
    const env = fc.dictionary(fc.constantFrom(...NAMES), raw, { maxKeys: 6 })
    const code = fc.oneof(
      fc.anything(),
      fc.dictionary(fc.constantFrom(...KEYS, 'host', 'redakt'), fc.oneof(raw, fc.anything()), { maxKeys: 6 }),
    )
    const done = await tries(
      fc.property(env, code, code, (variables, first, later) => {
        let lines: string[] = []
        lines = said(() => {
          const live = liveConfig(variables, first)
          live.apply(later)
          for (const key of KEYS) {
            const now = live.config[key]
            if (now !== undefined && types.get(key) !== 'undefined') assert.is(typeof now, types.get(key), key)
            if (typeof now === 'number') assert.ok(Number.isFinite(now) && now >= 0, key)
          }
          createHosts(live.config).find('https://api.openai.com', '/v1/models')
        })
        for (const line of lines) assert.ok(line.startsWith('interceptor: ') && line.length < 2_000, line)
      }),
      6_000,
    )
    assert.is(Reflect.get({}, 'polluted'), undefined)
    tried({
      what: 'settings of any kind, in the environment, in code and later',
      times: done,
      held: 'nothing thrown, one line each, types kept',
    })
  },
)

settings.run()

const file = suite('the file of calls')

file('what is written is read again; damaged, it is a call or none', async () => {
  const reading = new Reading()
  const lines: Buffer[] = []
  for (const tape of tapesOfEachShape().slice(0, 150)) {
    const call = await reading.of(wireOf({ tape, request: [], response: [], noise: [] }))
    if (call === undefined) continue
    const line = encodeEntry(callToJson(call), 4 << 20)?.json ?? Buffer.alloc(0)
    assert.equal(callToJson(callFromJson(JSON.parse(line.toString())) ?? call), JSON.parse(line.toString()))
    lines.push(line)
  }
  const done = await tries(
    fc.property(fc.constantFrom(...lines), changes, (line, damage) => {
      const call = callFromJson(parsed(damagedJson(line, damage)))
      if (call !== undefined) callToJson(call)
    }),
    6_000,
  )
  tried({ what: 'lines of the file of calls, damaged', times: done, held: 'a call or none, nothing thrown' })
})

file.run()
