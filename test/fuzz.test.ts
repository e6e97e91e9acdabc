import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { loadTapes, requestBytes, responseBytes } from '../lib/local/tapes/tape'
import type { Facts } from '../lib/openai/call'
import { isObject, type Json } from '../lib/openai/json'
import { parseJson } from '../lib/openai/read/payload'
import { eventValue, looksLikeEvents, parseEvents, parseTail } from '../lib/openai/read/sse'
import { readerFor } from '../lib/openai/readers'
import { foldAll } from '../lib/openai/readers/fold'
import type { Asked, Payload } from '../lib/openai/readers/reader'
import { usageOf } from '../lib/openai/usage'

/** Whatever JSON arrives, no reader throws, and what it says is a text or a finite number. */
const fuzz = suite('readers against any JSON')

const FAMILIES = (
  'chat.completions completions embeddings edits images audio.transcriptions audio.speech moderations models files ' +
  'fine-tunes fine_tuning.jobs responses conversations threads.runs batches vector_stores uploads evals.runs videos ' +
  'realtime.sessions agents.sessions decisions agents.automations live.sessions unknown'
).split(' ')

function checkFacts({ fields, content }: Facts): void {
  assert.ok(fields.size <= 1000 && content.size <= 1000)
  for (const [key, value] of fields) {
    assert.ok(typeof value === 'string' ? value !== '' : Number.isFinite(value), `${key} is ${String(value)}`)
  }
  for (const [key, value] of content) assert.ok(typeof value === 'string' && value !== '', key)
}

/** Every function of a family's reader on one value, as a request, an answer and the events of a stream. */
function readAll(family: string, value: Json): void {
  const reader = readerFor(family)
  const payload: Payload = { kind: 'json', value }
  const asked: Asked = { payload, params: new Map([['model', 'm']]), query: new URLSearchParams('limit=1&limit=2') }
  const events = Array.isArray(value) ? value : [value, value]
  const folded = (reader.fold && foldAll(reader.fold(), events)) ?? null
  checkFacts(reader.request(asked))
  checkFacts(reader.response(payload))
  checkFacts(reader.response({ kind: 'json', value: folded }))
  for (const answer of [value, folded]) {
    reader.incomplete?.(answer)
    const failure = reader.failure?.(answer)
    if (failure !== undefined) assert.type(failure.message, 'string')
    for (const count of Object.values(reader.usage?.(answer) ?? {})) assert.ok(count >= 0 && Number.isFinite(count))
  }
  for (const event of events) reader.carries?.(event)
  // A log entry is written by JSON.stringify, which must not overflow on it.
  JSON.stringify(reader.sample?.(asked, payload))
}

const everyFamily = (value: Json): void => {
  for (const family of FAMILIES) readAll(family, value)
}

fuzz('any JSON value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ depthSize: 'medium' }), value => everyFamily(value as Json)),
    { numRuns: 150 },
  )
})

/** What a field may hold that it should not. */
const ODD: readonly Json[] = [
  null,
  true,
  -1,
  1e308,
  '',
  'text',
  [],
  {},
  [null, [[]], { index: -1 }, { index: 1e9 }, 'x', 3],
  { __proto__: null, constructor: 1, toString: 'x', length: 9, index: 'x', type: 5, text: { value: {} } },
  JSON.parse('{"__proto__":{"polluted":1},"type":"text","text":{"text":{"text":{"text":{"text":"deep"}}}}}'),
]

/** The value with one place of it, at any depth, replaced. */
function replaced(value: Json, path: readonly number[], by: Json): Json {
  const [step, ...rest] = path
  if (step === undefined || value === null || typeof value !== 'object') return by
  const keys = Object.keys(value)
  const key = keys[step % keys.length]
  if (key === undefined) return by
  const inner = replaced((value as Record<string, Json>)[key] ?? null, rest, by)
  return Array.isArray(value) ? value.with(Number(key), inner) : { ...value, [key]: inner }
}

/** Real bodies, requests and answers, streams as the lists of their events; one of a kind is enough. */
function realBodies(): Json[] {
  const bodies = loadTapes().flatMap(tape => {
    const answer = responseBytes(tape)
    const streamed = looksLikeEvents(answer)
    const events = streamed ? parseEvents(answer).map(eventValue) : []
    const values = [
      parseJson(requestBytes(tape).toString()),
      streamed ? events.slice(0, 60) : parseJson(answer.toString()),
    ]
    return values.filter(value => value !== undefined).map(value => value as Json)
  })
  const small = bodies.filter(body => JSON.stringify(body).length < 20_000)
  return [...new Map(small.map(body => [shapeOf(body), body])).values()]
}

function shapeOf(body: Json): string {
  const shown = Array.isArray(body) ? body.at(-1) : body
  return `${Array.isArray(body)} ${isObject(shown) ? Object.keys(shown).sort().join() : typeof shown}`
}

fuzz('real bodies with a wrong value in any place', () => {
  const bodies = realBodies()
  assert.ok(bodies.length > 20)
  const place = fc.array(fc.nat(30), { maxLength: 6 })
  fc.assert(
    fc.property(fc.constantFrom(...bodies), place, fc.constantFrom(...ODD), (body, path, odd) => {
      everyFamily(replaced(body, path, odd))
    }),
    { numRuns: 400 },
  )
  assert.is(Reflect.get({}, 'polluted'), undefined)
})

const KEYS = ['text', 'content', 'message', 'error', 'usage']

fuzz('nesting a hundred thousand deep', () => {
  let list: Json = []
  let object: Json = {}
  for (let i = 0; i < 100_000; i += 1) {
    list = [list]
    object = { type: 'text', [KEYS[i % KEYS.length] ?? 'text']: object }
  }
  for (const deep of [list, object]) {
    for (const key of [
      'messages',
      'prompt',
      'input',
      'choices',
      'output',
      'stop',
      'error',
      'usage',
      'data',
      'results',
    ]) {
      everyFamily({ [key]: deep })
      everyFamily({ [key]: [deep, { role: deep, content: deep, delta: deep, message: deep, code: deep }] })
    }
    everyFamily(deep)
  }
})

fuzz('texts of ten megabytes and lists of a hundred thousand', () => {
  const long = 'x'.repeat(10 * 1024 * 1024)
  const message = { role: long, name: long, content: long, tool_calls: [{ id: long, function: { name: long } }] }
  everyFamily({
    id: long,
    model: long,
    messages: [message],
    input: long,
    choices: [{ text: long, message }],
    [long]: 1,
  })
  const many = Array.from({ length: 100_000 }, (_, index): Json => ({ index, role: 'user', content: 'x', text: 'y' }))
  everyFamily({ messages: many, input: many, prompt: many, choices: many, output: many, data: many, results: many })
})

fuzz('numbers that JSON can say and nobody can count', () => {
  const usage: Json = JSON.parse('{"prompt_tokens":1e999,"completion_tokens":-1e999,"total_tokens":1e300}')
  assert.is(usageOf({ usage }), undefined)
  everyFamily({ usage, created: JSON.parse('1e999'), choices: [{ index: JSON.parse('1e999') }] })
})

fuzz('any bytes as a stream', () => {
  const byte = fc.constantFrom(...Buffer.from('data: {}[DONE]\r\n\r\n:eventid\ufeff"x'), 0, 255)
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 200 }), bytes => {
      const input = Uint8Array.from(bytes)
      looksLikeEvents(input)
      for (const event of [...parseEvents(input), ...parseTail(Buffer.from(input))]) {
        assert.ok(event.end > 0 && event.end <= input.length)
        eventValue(event)
      }
    }),
    { numRuns: 500 },
  )
})

fuzz.run()
