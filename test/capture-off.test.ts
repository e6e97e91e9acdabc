import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readConfig } from '../lib/config'
import { callOfTape } from '../lib/local/docs/tape-facts'
import { loadTapes, type Tape } from '../lib/local/tapes/tape'
import type { Call } from '../lib/openai/call'
import { isNamed, STAYS } from '../lib/openai/readers/content-names'
import { createContentFilter } from '../lib/redact/content-filter'
import { startWorld, type World } from './world'

/**
 * With capture off nothing that was asked or answered stays: tried on every operation, whose tapes have each of their
 * texts replaced by one that is known again.
 */

const off = createContentFilter({ ...readConfig({}), captureContent: false })

/** What says of which kind the rest is: with another value a reader would not look further. */
const KIND = /^(?:type|object|event|status|role|encoding_format|stream|id|method)$/

type Change = (text: string, name: string) => string

function changed(value: unknown, change: Change, name = ''): unknown {
  if (typeof value === 'string') return KIND.test(name) ? value : change(value, name)
  if (Array.isArray(value)) return value.map(inner => changed(inner, change, name))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, changed(inner, change, key)]))
}

function changedTape(tape: Tape, change: Change): Tape {
  const copy = structuredClone(tape)
  for (const side of [copy.request, copy.response]) {
    if (side.body !== undefined) Object.assign(side, { body: changed(side.body, change) })
    if (side.events !== undefined) Object.assign(side, { events: changed(side.events, change) })
    if (side.text !== undefined) Object.assign(side, { text: change(side.text, 'text') })
  }
  return copy
}

/** The names under which a text is left, those that stay by design aside. */
function left(call: Call, canary: string): string[] {
  const found: string[] = []
  const { request, response, model, responseModel, ...rest } = off(call, [])
  for (const [side, { fields, content }] of Object.entries({ request, response })) {
    if (content.size > 0) found.push(`${side}.content`)
    for (const [key, value] of fields) {
      if (`${key}=${value}`.includes(canary) && !isNamed(key)) found.push(`${side}.${key}`)
    }
  }
  const others = JSON.stringify(rest, (_, value) => (value instanceof Map ? [...value] : value))
  if (others.includes(canary)) found.push(others)
  return found
}

const tapes = suite('capture off, every operation')

for (const [what, canary, change] of [
  ['prose where there was any text', 'CANARY of prose', () => 'CANARY of prose'],
  ['a word where there was prose', 'CANARYWORD', (text: string) => (/\s/.test(text.trim()) ? 'CANARYWORD' : text)],
] as const) {
  tapes(what, async () => {
    const seen = new Set<string>()
    const leaks = new Map<string, string>()
    for (const tape of loadTapes()) {
      const call = await callOfTape(changedTape(tape, change))
      if (call === undefined) continue
      seen.add(call.operation)
      for (const key of left(call, canary)) leaks.set(`${call.operation}: ${key.replace(/\d+/g, 'N')}`, tape.name)
    }
    assert.ok(seen.size > 300, `${seen.size} operations`)
    assert.equal([...leaks], [])
  })
}

tapes('what stays by design is the README’s list', async () => {
  const { readFileSync } = await import('node:fs')
  const { join } = await import('node:path')
  const readme = readFileSync(join(__dirname, '..', 'README.md'), 'utf8')
  assert.ok(readme.replace(/\s+/g, ' ').includes(STAYS.map(name => `\`${name}\``).join(', ')))
})

tapes.run()

const test = suite<{ world: World }>('capture off, what leaves')

test.before(async context => {
  context.world = await startWorld()
  const { openai } = context.world
  openai.respond('/v1/completions', (request, response) => {
    const fails = request.headers['x-fails'] === 'yes'
    const answer = fails
      ? { error: { message: 'you said SECRET', type: 'SECRET words', code: 'invalid_thing', param: 'your SECRET' } }
      : { id: 'cmpl-1', choices: [{ index: 0, text: 'SECRET', finish_reason: 'stop' }], metadata: { a: 'SECRET' } }
    request.resume().on('end', () => {
      response.writeHead(fails ? 400 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    })
  })
})
test.after(async ({ world }) => world.stop())

const BODY = JSON.stringify({
  model: 'gpt-3.5-turbo-instruct',
  prompt: 'SECRET',
  suffix: 'SECRET',
  stop: ['SECRET'],
  metadata: { a: 'SECRET' },
  user: 'jane',
})

for (const [what, settings] of [
  ['INTERCEPTOR_CAPTURE_CONTENT=false', { captureContent: false, logSampleRate: 1 }],
  ['both rates 0', { spanSampleRate: 0, logSampleRate: 0 }],
] as const) {
  test(`${what}: no suffix, stop, metadata, error message or code in prose`, async ({ world }) => {
    const { dogstatsd, intake } = world.datadog
    await world.restart({ logsEnabled: true, ...settings })
    const [datagrams, entries] = [dogstatsd.datagrams.length, intake.entries().length]
    const spans = await world.spansOf(2, async () => {
      for (const fails of ['no', 'yes']) {
        const headers = { 'content-type': 'application/json', 'x-fails': fails }
        await (await fetch(`${world.openai.origin}/v1/completions`, { method: 'POST', headers, body: BODY })).text()
      }
    })
    const all = [spans, dogstatsd.datagrams.slice(datagrams), intake.entries().slice(entries)]
    const text = JSON.stringify(all, (_, value) => (typeof value === 'bigint' ? String(value) : value))
    assert.not.match(text, 'SECRET')
    assert.match(text, 'invalid_thing')
    assert.match(text, 'jane')
  })
}

test('the redact function and the patterns reach what stays', async ({ world }) => {
  const wheres = new Set<string>()
  await world.restart({
    redactPatterns: ['email'],
    redact: (value, where) => {
      wheres.add(where)
      return value.replaceAll('jane', '[somebody]')
    },
  })
  const body = JSON.stringify({ ...JSON.parse(BODY), metadata: { owner: 'jane', 'a@b.de': 'c@d.org' } })
  const span = await world.spanOf(async () => {
    const headers = { 'content-type': 'application/json', 'user-agent': 'app (me@x.org)' }
    await (await fetch(`${world.openai.origin}/v1/completions`, { method: 'POST', headers, body })).text()
  })
  assert.is(span.meta['openai.request.user'], '[somebody]')
  assert.is(span.meta['openai.request.metadata.owner'], '[somebody]')
  assert.is(span.meta['openai.request.[redacted email]'], '[redacted email]')
  assert.is(span.meta['openai.request.client'], 'app ([redacted email])')
  assert.ok(wheres.has('request.user') && wheres.has('request.stop'), [...wheres].join())
})

test.run()
