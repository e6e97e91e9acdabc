import { request as httpRequest, type OutgoingHttpHeaders, type RequestListener } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { createServer, type LookupFunction } from 'node:net'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { Agent, fetch as undiciFetch } from 'undici'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { listen } from '../lib/local/listen'
import { startOpenAI } from '../lib/local/openai/openai'
import type { Span } from '../lib/local/receiver/spans'
import { startWorld, type World } from './world'

/**
 * What can go wrong on the wire, through the real tracer to the agent. What the transports alone can tell
 * (chunks, ends, encodings) has its tests there.
 */

const PATH = '/v1/chat/completions'
const KEY = 'sk-test-Qm9uam91ciBsZSBtb25kZQ-wxyz'
const CHAT = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] }
const ANSWER = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_700_000_000,
  model: 'gpt-4o-mini-2024-07-18',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi there' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 8, completion_tokens: 2, total_tokens: 10 },
}
const JSON_TYPE = { 'content-type': 'application/json' }
const SSE_TYPE = { 'content-type': 'text/event-stream' }

/** A small bound on bodies: what is over it is cut in every test of this file. */
const MOST_BYTES = 8192

type Expected = Record<string, string | number | RegExp | undefined>

/** Says each tag that is not as expected, whichever side it is on. */
function expectTags({ meta, metrics }: Span, expected: Expected): void {
  const seen = Object.fromEntries(Object.keys(expected).map(tag => [tag, meta[tag] ?? metrics[tag]]))
  const matched = Object.entries(expected).map(([tag, want]) => {
    const is = seen[tag]
    return [tag, want instanceof RegExp && typeof is === 'string' && want.test(is) ? is : want]
  })
  assert.equal(seen, Object.fromEntries(matched))
}

function event(data: unknown): string {
  return `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`
}

function delta(content: string, finish: string | null = null): object {
  const { id, created, model } = ANSWER
  const choices = [{ index: 0, delta: { content }, finish_reason: finish }]
  return { id, object: 'chat.completion.chunk', created, model, choices }
}

const test = suite<{ world: World; closed: number }>('faults')

test.before(async context => {
  const server = createServer()
  context.closed = await listen(server, 0)
  await new Promise(resolve => server.close(resolve))
  context.world = await startWorld({
    openaiBaseUrl: `http://127.0.0.1:${context.closed}/v1`,
    maxBodyBytes: MOST_BYTES,
    idleTimeoutMs: 1000,
  })
})
test.after(({ world }) => world.stop())

/** Posts a chat and reads the answer, whatever comes of it. */
async function post(url: string, body: unknown = CHAT, init: RequestInit = {}): Promise<string | Error> {
  try {
    const headers = { ...JSON_TYPE, authorization: `Bearer ${KEY}` }
    const sent = typeof body === 'string' ? body : JSON.stringify(body)
    return await (await fetch(url, { method: 'POST', headers, body: sent, ...init })).text()
  } catch (error) {
    return error as Error
  }
}

interface HttpOptions {
  url: string
  /** Where the connection goes instead of where the name says. */
  lookup?: LookupFunction
  headers?: OutgoingHttpHeaders
}

function postByHttp({ url, headers = {}, ...options }: HttpOptions): Promise<string | Error> {
  const ask = url.startsWith('https') ? httpsRequest : httpRequest
  return new Promise(resolve => {
    const request = ask(url, { method: 'POST', headers: { ...JSON_TYPE, ...headers }, ...options }, response => {
      text(response).then(resolve, resolve)
    })
    request.on('error', resolve)
    request.end(JSON.stringify(CHAT))
  })
}

function answerWith(world: World, headers: Record<string, string>, ...pieces: (string | Buffer)[]): void {
  world.openai.respond(PATH, (_, response) => {
    response.writeHead(200, headers)
    for (const piece of pieces) response.write(piece)
    response.end()
  })
}

const noSuchHost: LookupFunction = (host, _options, done) => {
  done(Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND', syscall: 'getaddrinfo' }), '')
}
const toLoopback: LookupFunction = (_host, options, done) => {
  if ('all' in options && options.all === true) done(null, [{ address: '127.0.0.1', family: 4 }])
  else done(null, '127.0.0.1', 4)
}

/** No answer: the class, the cause's code, a stack, and no status. */
function expectConnectionError(span: Span, code: RegExp): void {
  assert.is(span.error, 1)
  expectTags(span, {
    'error.type': 'APIConnectionError',
    'error.message': code,
    'error.stack': /\n\s+at /,
    'openai.error.kind': 'connection',
    'openai.error.code': code,
    'http.status_code': undefined,
    'openai.request.model': 'gpt-4o-mini',
    'openai.response.aborted': undefined,
  })
}

for (const [client, ask] of Object.entries({
  fetch: (url: string) => post(url),
  'node:http': (url: string) => postByHttp({ url }),
})) {
  test(`${client}: a refused connection is an APIConnectionError with its code`, async ({ world, closed }) => {
    const span = await world.spanOf(() => ask(`http://127.0.0.1:${closed}${PATH}`))
    expectTags(span, { 'openai.error.code': 'ECONNREFUSED', 'out.host': '127.0.0.1' })
    assert.is(span.error, 1)
    expectTags(span, { 'error.type': 'APIConnectionError', 'openai.error.kind': 'connection' })
  })

  test(`${client}: a reset before the head is an APIConnectionError`, async ({ world }) => {
    world.openai.respond(PATH, ({ socket }) => void socket.resetAndDestroy())
    expectConnectionError(await world.spanOf(() => ask(world.openai.origin + PATH)), /ECONNRESET|UND_ERR_SOCKET/)
  })

  test(`${client}: an answer that is not HTTP is an APIConnectionError`, async ({ world }) => {
    world.openai.respond(PATH, ({ socket }) => void socket.end('this is not HTTP\r\n\r\n'))
    const span = await world.spanOf(() => ask(world.openai.origin + PATH))
    assert.is(span.error, 1)
    expectTags(span, {
      'error.type': 'APIConnectionError',
      'error.message': /HTTP/,
      'openai.response.aborted': undefined,
    })
  })

  test(`${client}: a stream reset in its middle is an error that keeps what had arrived`, async ({ world }) => {
    world.openai.respond(PATH, (request, response) => {
      response.writeHead(200, SSE_TYPE)
      response.write(event(delta('Hi ')) + event(delta('there')), () => setImmediate(() => request.socket.destroy()))
    })
    const span = await world.spanOf(() => ask(world.openai.origin + PATH))
    assert.is(span.error, 1)
    expectTags(span, {
      'error.type': 'APIConnectionError',
      'http.status_code': /200/,
      'openai.response.choices.0.message.content': 'Hi there',
      'openai.response.incomplete': 'cut',
      'openai.response.truncated': 'true',
      'openai.response.chunks': 2,
    })
  })

  test(`${client}: a body shorter than its content-length is an error that keeps what had arrived`, async ({
    world,
  }) => {
    world.openai.respond(PATH, (request, response) => {
      const body = JSON.stringify(ANSWER)
      response.writeHead(200, { ...JSON_TYPE, 'content-length': body.length })
      response.write(body.slice(0, 120), () => setImmediate(() => request.socket.destroy()))
    })
    const span = await world.spanOf(() => ask(world.openai.origin + PATH))
    assert.is(span.error, 1)
    expectTags(span, {
      'error.type': 'APIConnectionError',
      'openai.response.incomplete': 'cut',
      'openai.response.truncated': 'true',
      'openai.response.id': 'chatcmpl-1',
    })
  })
}

test('a name that does not resolve is an APIConnectionError with ENOTFOUND', async ({ world }) => {
  const url = `https://api.openai.com${PATH}`
  expectConnectionError(await world.spanOf(() => postByHttp({ url, lookup: noSuchHost })), /ENOTFOUND/)
  const dispatcher = new Agent({ connect: { lookup: noSuchHost } })
  const byFetch = await world.spanOf(() =>
    undiciFetch(url, { method: 'POST', body: JSON.stringify(CHAT), dispatcher }).catch(() => {}),
  )
  expectTags(byFetch, {
    'error.type': 'APIConnectionError',
    'openai.error.code': 'ENOTFOUND',
    'out.host': 'api.openai.com',
  })
  await dispatcher.close()
})

test('a certificate that nobody vouches for is an APIConnectionError with TLS’s code', async ({ world }) => {
  const tls = await startOpenAI({ tapes: [], tls: true })
  const url = `https://api.openai.com:${tls.port}${PATH}`
  const code = /CERT|SIGNATURE|ALTNAME|ISSUER/
  expectConnectionError(await world.spanOf(() => postByHttp({ url, lookup: toLoopback })), code)
  const dispatcher = new Agent({ connect: { lookup: toLoopback } })
  const byFetch = await world.spanOf(() =>
    undiciFetch(url, { method: 'POST', body: JSON.stringify(CHAT), dispatcher }).catch(() => {}),
  )
  expectTags(byFetch, { 'error.type': 'APIConnectionError', 'openai.error.code': code })
  await dispatcher.close()
  await tls.close()
})

const silence: RequestListener = () => {}

test('a timeout signal is an APITimeoutError, before the head and in the body', async ({ world }) => {
  world.openai.respond(PATH, silence)
  const before = await world.spanOf(() => post(world.openai.origin + PATH, CHAT, { signal: AbortSignal.timeout(50) }))
  assert.is(before.error, 1)
  expectTags(before, {
    'error.type': 'APITimeoutError',
    'openai.error.kind': 'timeout',
    'openai.response.aborted': undefined,
  })
  world.openai.respond(PATH, (_, response) => void response.writeHead(200, SSE_TYPE).write(event(delta('Hi'))))
  const during = await world.spanOf(() => post(world.openai.origin + PATH, CHAT, { signal: AbortSignal.timeout(200) }))
  expectTags(during, { 'error.type': 'APITimeoutError', 'openai.response.choices.0.message.content': 'Hi' })
})

for (const [name, reason] of Object.entries<unknown>({
  'nothing said': undefined,
  'a string': 'enough',
  'a number': 42,
  'an Error': new Error('enough'),
  'a DOMException': new DOMException('enough', 'AbortError'),
})) {
  test(`a stream that the app aborts with ${name} is no error, and its content is kept`, async ({ world }) => {
    world.openai.respond(PATH, (_, response) => {
      response.writeHead(200, SSE_TYPE).write(event(delta('Hi ')) + event(delta('there')))
    })
    const span = await world.spanOf(async () => {
      const controller = new AbortController()
      const { signal } = controller
      const response = await fetch(world.openai.origin + PATH, { method: 'POST', body: JSON.stringify(CHAT), signal })
      for await (const _ of response.body ?? []) break
      if (!signal.aborted) controller.abort(reason)
    })
    assert.is(span.error, 0)
    expectTags(span, {
      'openai.response.aborted': 'true',
      'openai.response.incomplete': 'aborted',
      'openai.response.choices.0.message.content': 'Hi there',
      'error.type': undefined,
      'openai.response.unparsed': undefined,
      'openai.response.truncated': undefined,
    })
  })

  test(`a call that the app aborts before the head with ${name} is no error`, async ({ world }) => {
    const controller = new AbortController()
    world.openai.respond(PATH, () => controller.abort(reason))
    const { signal } = controller
    const span = await world.spanOf(() => post(world.openai.origin + PATH, CHAT, { signal }))
    assert.is(span.error, 0)
    expectTags(span, {
      'openai.response.aborted': 'true',
      'error.type': undefined,
      'openai.request.model': 'gpt-4o-mini',
    })
  })
}

test('a stream that is kept and never read is ended as abandoned', async ({ world }) => {
  world.openai.respond(PATH, (_, response) => void response.writeHead(200, SSE_TYPE).write(event(delta('Hi'))))
  const kept: Response[] = []
  const isAbandoned = ({ meta }: Span): boolean => meta['openai.response.incomplete'] === 'abandoned'
  const ended = world.datadog.agent.waitFor(spans => spans.some(isAbandoned))
  kept.push(await fetch(world.openai.origin + PATH, { method: 'POST', body: JSON.stringify(CHAT) }))
  const [span] = (await ended).filter(isAbandoned)
  assert.is(span?.meta['openai.response.choices.0.message.content'], 'Hi')
  assert.is(span?.error, 0)
  for (const response of kept) await response.body?.cancel()
})

interface BodyFault {
  headers?: Record<string, string>
  pieces: (string | Buffer)[]
  expected: Expected
  error?: 1
}

const whole = JSON.stringify(ANSWER)
const USAGE: Expected = {
  'openai.response.usage.prompt_tokens': 8,
  'openai.response.usage.completion_tokens': 2,
  'openai.response.usage.total_tokens': 10,
}
const READ: Expected = { ...USAGE, 'openai.response.choices.0.message.content': 'Hi there' }
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
      // Counted, since what the server says of it is no count.
      'openai.response.usage.estimated': 1,
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

test('an error page is read by its status, whatever it is written in, and its words are told', async ({ world }) => {
  for (const [type, body, message] of [
    ['text/html', '<html><h1>502 Bad Gateway</h1></html>', '502 Bad Gateway'],
    ['text/plain', 'upstream connect error', 'upstream connect error'],
    ['application/octet-stream', '', 'HTTP 502'],
  ] as const) {
    world.openai.respond(PATH, (_, response) => void response.writeHead(502, { 'content-type': type }).end(body))
    const span = await world.spanOf(() => post(world.openai.origin + PATH))
    assert.is(span.error, 1)
    expectTags(span, {
      'error.type': 'InternalServerError',
      'openai.error.kind': 'server',
      'error.message': message,
    })
  }
})

test('headers that are strange are left out, the rest is read', async ({ world }) => {
  world.openai.respond(PATH, (_, response) => {
    response.setHeader('openai-processing-ms', 'soon')
    response.setHeader('x-ratelimit-limit-requests', ['10', '20'])
    response.setHeader('x-ratelimit-reset-tokens', '9'.repeat(400))
    response.setHeader('x-ratelimit-remaining-tokens', '77')
    response.setHeader('openai-organization', 'caf\u00e9')
    response.setHeader('x-request-id', 'r'.repeat(9000))
    response.writeHead(200, JSON_TYPE).end(whole)
  })
  const span = await world.spanOf(() => post(world.openai.origin + PATH))
  expectTags(span, {
    ...READ,
    'openai.response.processing_ms': undefined,
    'openai.organization.ratelimit.tokens.remaining': 77,
    'openai.organization.ratelimit.tokens.reset': undefined,
    'openai.organization.name': /^caf/,
  })
  assert.ok((span.meta['openai.request.id'] ?? '').length <= 200)
})

test('a redirect is two calls, and the key in its target stays there', async ({ world }) => {
  world.openai.respond('/v1/models', (request, response) => {
    if (request.url?.includes('key=')) response.writeHead(200, JSON_TYPE).end('{"object":"list","data":[]}')
    else response.writeHead(307, { location: `/v1/models?key=${KEY}` }).end()
  })
  const before = (await world.spans()).length
  await fetch(`${world.openai.origin}/v1/models`)
  await world.spans()
  await world.datadog.agent.waitFor(spans => spans.filter(({ name }) => name === 'openai.request').length >= before + 2)
  const hops = (await world.spans()).slice(before).sort((one, other) => Number(one.start - other.start))
  assert.equal(
    hops.map(({ resource, meta, metrics }) => [
      resource,
      String(meta['http.status_code'] ?? metrics['http.status_code']),
    ]),
    [
      ['listModels', '307'],
      ['listModels', '200'],
    ],
  )
  assert.is(hops[1]?.meta['http.url'], `${world.openai.origin}/v1/models`)
})

test('a key in the query, in the userinfo, in a cookie or for a proxy is on no span', async ({ world }) => {
  answerWith(world, JSON_TYPE, whole)
  const { host, port } = world.openai
  const span = await world.spanOf(() =>
    postByHttp({
      url: `http://user:${KEY}@${host}${PATH}?api-key=${KEY}&key=${KEY}#${KEY}`,
      headers: { authorization: `Bearer ${KEY}`, cookie: `token=${KEY}`, 'proxy-authorization': `Basic ${KEY}` },
    }),
  )
  expectTags(span, { ...READ, 'http.url': `http://127.0.0.1:${port}${PATH}`, 'openai.user.api_key': 'sk-...wxyz' })
})

test('over all of these, nothing that left this process has the key in it', async ({ world }) => {
  await world.spans()
  const { agent, dogstatsd, intake } = world.datadog
  const left = JSON.stringify([agent.spans(), dogstatsd.datagrams, intake.entries()], (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  )
  assert.ok(left.includes('sk-...wxyz'))
  assert.not(left.includes(KEY))
  assert.not(left.includes(KEY.slice(8, -4)))
})

test('nothing of ours was swallowed on the way', ({ world }) => {
  const swallowed = Object.entries(world.handle.counters()).filter(([name]) => name.startsWith('swallowed'))
  assert.equal(swallowed, [])
})

test.run()
