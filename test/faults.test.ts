import type { RequestListener } from 'node:http'
import type { LookupFunction } from 'node:net'
import { Agent, fetch as undiciFetch } from 'undici'
import * as assert from 'uvu/assert'
import { startOpenAI } from '../lib/local/openai/openai'
import type { Span } from '../lib/local/receiver/spans'
import {
  ANSWER,
  answerWith,
  CHAT,
  delta,
  event,
  expectTags,
  faultSuite,
  JSON_TYPE,
  KEY,
  PATH,
  post,
  postByHttp,
  READ,
  runLast,
  SSE_TYPE,
  whole,
} from './fault-suite'

/**
 * What can go wrong on the wire, through the real tracer to the agent. What the transports alone can tell
 * (chunks, ends, encodings) has its tests there.
 */

const test = faultSuite('faults')

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

runLast(test)
