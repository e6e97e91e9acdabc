import { gzipSync } from 'node:zlib'
import * as assert from 'uvu/assert'
import {
  ANSWER,
  answerWith,
  delta,
  type Expected,
  event,
  expectTags,
  faultSuite,
  JSON_TYPE,
  MOST_BYTES,
  PATH,
  post,
  READ,
  runLast,
  SSE_TYPE,
  USAGE,
  whole,
} from './fault-suite'

/** Answers that are broken, strange or too large, through the real tracer to the agent. */

const test = faultSuite('faults in bodies')

interface BodyFault {
  headers?: Record<string, string>
  pieces: (string | Buffer)[]
  expected: Expected
  error?: 1
}

const UNPARSED: Expected = { 'openai.response.unparsed': 'response', 'error.type': undefined }
const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
const small = (text: string): string => whole.replace('Hi there', text)

const BODIES: Record<string, BodyFault> = {
  'JSON with a BOM': { pieces: [`\ufeff${whole}`], expected: { ...READ, 'openai.response.unparsed': undefined } },
  'JSON that says it is text': {
    headers: { 'content-type': 'text/plain' },
    pieces: [whole],
    expected: { ...READ, 'openai.response.unparsed': undefined },
  },
  'JSON without a type': { headers: {}, pieces: [whole], expected: READ },
  'JSON that breaks off': {
    pieces: [whole.slice(0, 60)],
    expected: { ...UNPARSED, 'openai.response.id': 'chatcmpl-1' },
  },
  'no JSON at all': { pieces: ['upstream connect error'], expected: UNPARSED },
  'an HTML page': {
    headers: { 'content-type': 'text/html' },
    pieces: ['<!doctype html><title>Welcome</title>'],
    expected: UNPARSED,
  },
  'an empty body': { pieces: [], expected: { 'openai.response.unparsed': undefined, 'error.type': undefined } },
  'a list where an object should be': { pieces: [`[${whole}]`], expected: { 'error.type': undefined } },
  'a scalar where an object should be': { pieces: ['"hello"'], expected: { 'error.type': undefined } },
  'lone surrogates': {
    pieces: [small('a\\ud83d b')],
    expected: { ...USAGE, 'openai.response.choices.0.message.content': /^a. b$/ },
  },
  'a NUL in a text': {
    pieces: [small('a\\u0000b')],
    expected: { ...USAGE, 'openai.response.choices.0.message.content': 'a\u0000b' },
  },
  'bytes that are not UTF-8': {
    pieces: [small('~').split('~')[0] ?? '', Buffer.from([0xff, 0xfe]), small('~').split('~')[1] ?? ''],
    expected: { ...USAGE, 'openai.response.choices.0.message.content': '\ufffd\ufffd' },
  },
  'names that attack objects': {
    pieces: [`{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":1,${whole.slice(1)}`],
    expected: READ,
  },
  'duplicate names': {
    pieces: [`{"model":"first",${whole.slice(1)}`],
    expected: { 'openai.response.model': ANSWER.model },
  },
  'fields of the wrong type': {
    pieces: [
      '{"id":7,"model":{},"created":"x","choices":{"0":1},"usage":{"prompt_tokens":"8","completion_tokens":-1}}',
    ],
    expected: {
      'error.type': undefined,
      // Not counted: there is no answer in it.
      'openai.response.usage.estimated': undefined,
      'openai.response.created': undefined,
      'openai.response.model': undefined,
    },
  },
  'gzip that is none': {
    headers: { ...JSON_TYPE, 'content-encoding': 'gzip' },
    pieces: [Buffer.from([0x1f, 0x8b, 8, 9, 9, 9, 9, 9, 9, 9, 9])],
    expected: { 'openai.response.unparsed': 'response' },
  },
  'an encoding that nobody knows': {
    headers: { ...JSON_TYPE, 'content-encoding': 'snappy' },
    pieces: ['....'],
    expected: { 'openai.response.unparsed': 'response' },
  },
  'a stream that says it is JSON': {
    pieces: [event(delta('Hi ')), event(delta('there', 'stop')), event('[DONE]')],
    expected: { 'openai.response.choices.0.message.content': 'Hi there', 'openai.response.chunks': 2 },
  },
  'a stream without its end': {
    headers: SSE_TYPE,
    pieces: [event(delta('Hi ')), event(delta('there'))],
    expected: { 'openai.response.choices.0.message.content': 'Hi there', 'openai.response.incomplete': 'cut' },
  },
  'a stream whose last event is cut': {
    headers: SSE_TYPE,
    pieces: [event(delta('Hi ')), event(delta('there')).slice(0, -30)],
    expected: { 'openai.response.choices.0.message.content': 'Hi ', 'openai.response.incomplete': 'cut' },
  },
  'a stream with an event that is no JSON': {
    headers: SSE_TYPE,
    pieces: [event(delta('Hi ')), event('{"broken'), event(delta('there', 'stop')), event('[DONE]')],
    expected: { 'openai.response.choices.0.message.content': 'Hi there', 'openai.response.unparsed': 'response' },
  },
  'a stream with an error event': {
    headers: SSE_TYPE,
    pieces: [
      event(delta('Hi ')),
      event({ error: { message: 'overloaded', type: 'server_error', code: 'server_is_overloaded', param: null } }),
    ],
    error: 1,
    expected: {
      'error.type': 'APIError',
      'error.message': 'overloaded',
      'openai.error.code': 'server_is_overloaded',
      'openai.error.type': 'server_error',
      'openai.response.incomplete': 'failed',
      'openai.response.choices.0.message.content': 'Hi ',
    },
  },
  'a body over the bound': {
    pieces: [small('x'.repeat(100_000))],
    expected: {
      ...USAGE,
      'openai.response.truncated': 'true',
      'openai.response.unparsed': undefined,
      'openai.response.id': 'chatcmpl-1',
      'openai.response.model': ANSWER.model,
    },
  },
  'a stream over the bound': {
    headers: SSE_TYPE,
    pieces: [
      ...Array.from({ length: 200 }, () => event(delta('word '))),
      event(delta('', 'stop')),
      event({ ...delta(''), choices: [], usage: ANSWER.usage }),
      event('[DONE]'),
    ],
    expected: {
      ...USAGE,
      'openai.response.truncated': 'true',
      'openai.response.unparsed': undefined,
      'openai.response.incomplete': undefined,
      'openai.response.choices.0.finish_reason': 'stop',
    },
  },
  'a compression bomb': {
    headers: { ...JSON_TYPE, 'content-encoding': 'gzip' },
    pieces: [gzipSync(small('x'.repeat(5_000_000)))],
    expected: { 'openai.response.truncated': 'true', 'openai.response.id': 'chatcmpl-1' },
  },
}

for (const [name, { headers = JSON_TYPE, pieces, expected, error = 0 }] of Object.entries(BODIES)) {
  test(`an answer that is ${name} reaches the app as it is, and the span says what it was`, async ({ world }) => {
    answerWith(world, headers, ...pieces)
    const url = world.openai.origin + PATH
    const seen: unknown[] = []
    const span = await world.spanOf(async () => seen.push(await post(url)))
    expectTags(span, { 'openai.request.model': 'gpt-4o-mini', ...expected })
    assert.is(span.error, error)
    assert.is(Reflect.get({}, 'polluted'), undefined)
    if (!('content-encoding' in headers)) {
      assert.is(seen[0], new TextDecoder().decode(Buffer.concat(pieces.map(piece => Buffer.from(piece)))))
    }
  })
}

test('JSON nested 100,000 deep on both sides harms nothing', async ({ world }) => {
  const nested = (name: string): string =>
    `{"model":"gpt-4o-mini","${name}":${deep(100_000)},"usage":{"total_tokens":10}}`
  answerWith(world, JSON_TYPE, nested('choices'))
  const cut = await world.spanOf(() => post(world.openai.origin + PATH, nested('messages')))
  expectTags(cut, { 'openai.request.model': 'gpt-4o-mini', 'openai.response.truncated': 'true' })
  const within = deep(MOST_BYTES / 2 - 100)
  answerWith(world, JSON_TYPE, `{"model":"gpt-4o-mini","choices":${within}}`)
  const read = await world.spanOf(() =>
    post(world.openai.origin + PATH, `{"model":"gpt-4o-mini","logit_bias":${within}}`),
  )
  expectTags(read, { 'openai.request.model': 'gpt-4o-mini', 'openai.response.truncated': undefined })
})

test('a request that is no JSON is sent as it is, and said to be unparsed', async ({ world }) => {
  answerWith(world, JSON_TYPE, whole)
  const span = await world.spanOf(() => post(world.openai.origin + PATH, '{"model":"gpt-4o-mini","messages":[tru'))
  expectTags(span, { ...READ, 'openai.response.unparsed': 'request', 'openai.request.model': 'gpt-4o-mini' })
})

runLast(test)
