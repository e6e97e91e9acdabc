import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Json, JsonObject } from '../lib/openai/json'
import { paramsOf } from '../lib/openai/params'
import { credentialsOf } from '../lib/openai/read/credentials'
import { REQUEST_BOUNDS } from '../lib/openai/read/json/bounds'
import { readRequest } from '../lib/openai/read/payload'
import { SseParser } from '../lib/openai/read/sse'
import { readStream } from '../lib/openai/read/stream'
import { readerFor } from '../lib/openai/readers'
import { loggable } from '../lib/openai/readers/loggable'
import { functionsText } from '../lib/openai/tokens/functions'
import { encodeEntry } from '../lib/sinks/intake/entry'
import type { Decoded } from '../lib/transport/decode'
import { headersFromPairs } from '../lib/transport/headers'

/** Inputs of a kilobyte or a megabyte whose reading once took seconds: each is bounded by what is counted, not timed. */
const bounds = suite('work on hostile bodies')

const KEY = `${'sk'}-test-Qm4x9TzLp2Wc7Rv1`

/** Counts how often members of a value, at any depth, are looked at. */
function watched(value: Json, seen: { looks: number }): Json {
  if (typeof value !== 'object' || value === null) return value
  const wrapped = new Map<string | symbol, unknown>()
  return new Proxy(value, {
    get(target, key) {
      seen.looks += 1
      if (!wrapped.has(key)) {
        const inner: unknown = Reflect.get(target, key)
        wrapped.set(key, typeof inner === 'function' ? inner : watched(inner as Json, seen))
      }
      return wrapped.get(key)
    },
  })
}

function nested(levels: number, type: readonly string[]): JsonObject {
  const inner: JsonObject = levels === 0 ? { type: 'string' } : nested(levels - 1, type)
  return { type: [...type], properties: { a: inner }, items: { type: 'string' } }
}

bounds('a schema that names its types many times, many levels deep, costs what its size costs', () => {
  const seen = { looks: 0 }
  const repeated = nested(
    19,
    Array.from({ length: 6 }, () => 'object'),
  )
  const once = nested(19, ['object'])
  const text = functionsText([watched({ name: 'f', parameters: repeated }, seen)])
  assert.is(text, functionsText([{ name: 'f', parameters: once }]))
  assert.ok(seen.looks < 2_000, `${seen.looks} looks`)
})

bounds('the text of tools ends at a bound', () => {
  const properties = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`property_${i}`, { type: 'string' }]))
  const tools = Array.from({ length: 50 }, (): Json => ({ name: 'f', parameters: { properties } }))
  assert.ok(functionsText(tools).length < 600_000)
})

bounds('moderations of many results with many names are read in one pass', () => {
  const seen = { looks: 0 }
  const results = Array.from({ length: 200 }, (_, r): Json => {
    const names = Array.from({ length: 100 }, (_, n): [string, Json] => [`name_${r}_${n}`, n / 100])
    return { flagged: r === 7, categories: {}, category_scores: Object.fromEntries(names) }
  })
  const { fields } = readerFor('moderations').response({ kind: 'json', value: watched({ results }, seen) })
  assert.is(fields.get('flagged'), 1)
  assert.is(fields.get('category_scores.name_0_99'), 0.99)
  assert.ok(fields.size <= 1_000)
  assert.ok(seen.looks < 4 * 200 * 100, `${seen.looks} looks`)
})

bounds('items that say nothing are not looked at without end', () => {
  const seen = { looks: 0 }
  const input = Array.from({ length: 20_000 }, (): Json => ({}))
  readerFor('responses').request({
    payload: { kind: 'json', value: { input: watched(input, seen) } },
    params: new Map(),
    query: new URLSearchParams(),
  })
  assert.ok(seen.looks < 50_000, `${seen.looks} looks`)
})

function sent(text: string): Decoded {
  const head = Buffer.from(text)
  const never = (): undefined => undefined
  return {
    head,
    tail: Buffer.alloc(0),
    truncated: false,
    endKept: true,
    unreadable: false,
    size: head.length,
    release: () => {},
    arrivedAt: never,
    tailArrivedAt: never,
    marks: { offsets: [], times: [] },
  }
}

bounds('a form of a million names is read in part, and said to be', async () => {
  const { payload, bounded } = await readRequest(sent('a=1&'.repeat(300_000)), 'application/x-www-form-urlencoded')
  assert.is(payload.kind, 'form')
  assert.ok(bounded)
})

bounds('a multipart form of thousands of parts gives the first of them', async () => {
  const part = (i: number): string => `--x\r\ncontent-disposition: form-data; name="n${i}"\r\n\r\n${i}\r\n`
  const body = sent(`${Array.from({ length: 15_000 }, (_, i) => part(i)).join('')}--x--\r\n`)
  const { payload } = await readRequest(body, 'multipart/form-data; boundary=x')
  if (payload.kind !== 'form') assert.unreachable(payload.kind)
  else assert.is(payload.fields.size, 200)
})

bounds('a form that its parser never finishes is read as far as it is, and said to be unreadable', async () => {
  // The boundary stands nowhere as it should: what comes before it is a part that nobody reads.
  const part = `------hard\r\ncontent-disposition: form-data; name="model"\r\n\r\n${'y'.repeat(20_000)}\r\n`
  const body = sent(`${part.slice(1)}${part}------hard--\r\n`)
  const { payload, unparsed } = await readRequest(body, 'multipart/form-data; boundary=--')
  assert.is(payload.kind, 'form')
  assert.ok(unparsed)
})

bounds('a request of more values than are read says so, and its model is known', async () => {
  const body = sent(`{"messages":[${'{"role":"user"},'.repeat(30_000)}{}],"model":"gpt-4o"}`)
  const { payload, bounded, unparsed } = await readRequest(body, 'application/json')
  assert.ok(bounded)
  assert.not(unparsed)
  if (payload.kind !== 'json') assert.unreachable(payload.kind)
  else assert.is((payload.value as JsonObject).model, 'gpt-4o')
  assert.ok(REQUEST_BOUNDS.values <= 50_000)
})

bounds('a hundred thousand tiny events are counted, in many turns', async () => {
  const { events, bounded, turns } = await streamed('data: {"a":1}\n\n'.repeat(100_000))
  assert.is(events, 100_000)
  assert.not(bounded)
  assert.ok(turns > 3, `${turns} turns`)
})

bounds('one event of thirty thousand lines is read whole', async () => {
  const numbers = Array.from({ length: 30_000 }, (_, i) => i)
  const { events, payload } = await streamed(
    `${JSON.stringify({ id: 'x', numbers }, null, 1).replace(/^/gm, 'data: ')}\n\n`,
  )
  assert.is(events, 1)
  assert.is(payload.kind === 'json' && (payload.value as JsonObject).id, 'x')
  const parser = new SseParser()
  const lines = 'data: ab\n'.repeat(30_000)
  for (let at = 0; at < lines.length; at += 1_000) parser.push(Buffer.from(lines.slice(at, at + 1_000)))
  const [event] = parser.push(Buffer.from('\n'))
  assert.is(event?.bytes?.toString(), 'ab\n'.repeat(30_000).trimEnd())
})

bounds('a query of thousands of credentials is taken apart once', () => {
  const pairs = Array.from({ length: 4_000 }, (_, n) => `token${n}=abcdefgh%2F${n}`)
  const whole = pairs.join('&')
  const { split } = String.prototype
  let cut = 0
  const counting = function (this: string, ...parts: unknown[]): unknown {
    cut += this.length
    return Reflect.apply(split, this, parts)
  }
  Reflect.set(String.prototype, 'split', counting)
  try {
    credentialsOf({ headers: new Map(), origin: 'https://api.openai.com', query: whole })
  } finally {
    String.prototype.split = split
  }
  assert.ok(cut < 3 * whole.length, `${cut} characters`)
})

bounds('of parameters of the same name each is a credential, as it stands in the query', () => {
  const query = 'sig=first%2dsecret-1&sig=other%2dsecret-2&%73ig=third%2dsecret-3'
  const { secrets } = credentialsOf({ headers: new Map(), origin: 'https://api.openai.com', query })
  for (const text of query.split('&').map(pair => pair.slice(pair.indexOf('=') + 1))) {
    for (const value of [text, decodeURIComponent(text)]) {
      assert.ok(
        secrets.some(secret => secret.value === value),
        value,
      )
    }
  }
})

bounds('of a query of a megabyte the beginning and the end are read', () => {
  const [first, last] = [`key=${KEY}`, `&token=${KEY}Z`]
  const query = `${first}&${'a=b&'.repeat(250_000)}${last}`
  assert.ok(paramsOf(query).size < 20_000)
  const { secrets } = credentialsOf({ headers: new Map(), origin: 'https://api.openai.com', query })
  assert.equal(
    secrets.map(({ value }) => value),
    [`${KEY}Z`, KEY],
  )
})

bounds('of thousands of headers the first thousand are read', () => {
  const pairs = Array.from({ length: 5_000 }, (_, i) => [`X-RateLimit-Limit-${i}`, '1']).flat()
  assert.is(headersFromPairs(pairs).size, 1_000)
  const repeated = headersFromPairs([...pairs, 'x-ratelimit-limit-0', '2'])
  assert.is(repeated.get('x-ratelimit-limit-0'), '1, 2')
})

bounds('one event of ten megabytes is read within the bounds, and what follows it', async () => {
  const deltas = '{"index":0,"delta":{"content":"x"}},'.repeat(280_000)
  const large = `data: {"choices":[${deltas}{}]}\n\n`
  const usage = 'data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}}\n\ndata: [DONE]\n\n'
  const { events, bounded, payload, terminated } = await streamed(large + usage)
  assert.is(events, 2)
  assert.ok(bounded)
  assert.ok(terminated)
  if (payload.kind !== 'json') assert.unreachable(payload.kind)
  else assert.equal((payload.value as JsonObject).usage, { prompt_tokens: 3, completion_tokens: 4 })
})

async function streamed(text: string): Promise<Awaited<ReturnType<typeof readStream>> & { turns: number }> {
  let turns = 0
  const count = (): void => {
    turns += 1
    timer = setImmediate(count)
  }
  let timer = setImmediate(count)
  const reading = await readStream(sent(text), readerFor('chat.completions'))
  clearImmediate(timer)
  return { ...reading, turns }
}

bounds('what a log carries of an answer has an end', () => {
  const value = { list: Array.from({ length: 300 }, () => Array.from({ length: 300 }, (): Json => ({ a: 1 }))) }
  assert.ok(JSON.stringify(loggable(value)).length < 300_000)
})

bounds('an entry that is too large is cut in a few serialisations, whatever makes it large', () => {
  const names = Array.from({ length: 20_000 }, (_, i): [string, Json] => [`${'name'.repeat(20)}${i}`, 1])
  const large: Readonly<Record<string, JsonObject>> = {
    texts: { a: 'x'.repeat(2_000_000), b: '\u0001'.repeat(500_000) },
    names: { sample: Object.fromEntries(names), message: 'kept' },
    numbers: { sample: Array.from({ length: 300_000 }, (_, i) => i), message: 'kept' },
  }
  const stringify = JSON.stringify
  for (const [what, entry] of Object.entries(large)) {
    let count = 0
    JSON.stringify = new Proxy(stringify, {
      apply(target, self, args) {
        count += 1
        return Reflect.apply(target, self, args)
      },
    })
    const encoded = encodeEntry(entry, 900_000)
    JSON.stringify = stringify
    assert.ok(encoded?.truncated)
    assert.ok((encoded?.json.length ?? 0) <= 900_000)
    assert.ok(count <= 5, `${what}: ${count} serialisations`)
  }
})

bounds.run()
