import { once } from 'node:events'
import * as nodeHttp from 'node:http'
import { text } from 'node:stream/consumers'
import axios from 'axios'
import * as undici7 from 'undici'
import * as undici6 from 'undici6'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Observer, serve } from './observer'

/** One way to call a server: what the app gets is the text, or an error. */
interface Client {
  name: string
  post(url: string, body: string, signal?: AbortSignal): Promise<string>
  /** Reads the first chunk and leaves. */
  leave(url: string): Promise<void>
}

async function firstOf(body: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of body) break
}

const ASKED = { 'X-Asked': 'yes' }

const clients: Client[] = [
  {
    name: 'fetch',
    post: async (url, body, signal) =>
      (await fetch(url, { method: 'POST', body, headers: ASKED, signal: signal ?? null })).text(),
    leave: async url =>
      firstOf((await fetch(url, { method: 'POST', body: 'x' })).body as unknown as AsyncIterable<unknown>),
  },
  ...[undici6, undici7].map((undici_, i) => ({
    name: `undici ${6 + i} request`,
    post: async (url: string, body: string, signal?: AbortSignal) =>
      (await undici_.request(url, { method: 'POST', body, headers: ASKED, ...(signal ? { signal } : {}) })).body.text(),
    leave: async (url: string) => firstOf((await undici_.request(url, { method: 'POST', body: 'x' })).body),
  })),
  {
    name: 'undici 7 fetch',
    post: async (url, body, signal) =>
      (await undici7.fetch(url, { method: 'POST', body, headers: ASKED, signal: signal ?? null })).text(),
    leave: async url =>
      firstOf((await undici7.fetch(url, { method: 'POST', body: 'x' })).body as AsyncIterable<unknown>),
  },
  {
    name: 'http.request',
    post: (url, body, signal) =>
      new Promise((resolve, reject) => {
        const request = nodeHttp.request(
          url,
          { method: 'POST', headers: ASKED, ...(signal ? { signal } : {}) },
          response => {
            text(response).then(resolve, reject)
          },
        )
        request.on('error', reject)
        request.write(body.slice(0, 2))
        request.end(body.slice(2))
      }),
    leave: url =>
      new Promise((resolve, reject) => {
        const request = nodeHttp.request(url, { method: 'POST' }, response => firstOf(response).then(resolve, reject))
        request.on('error', reject)
        request.end('x')
      }),
  },
  {
    name: 'axios',
    post: async (url, body, signal) =>
      (
        await axios.post(url, body, {
          responseType: 'text',
          transformResponse: [],
          headers: ASKED,
          ...(signal ? { signal } : {}),
        })
      ).data,
    leave: async url => firstOf((await axios.post(url, 'x', { responseType: 'stream' })).data),
  },
]

for (const client of clients) {
  const test = suite(client.name)

  test('is seen once, with both bodies, headers, status and times in order', async () => {
    const server = await serve((request, response) => {
      request.resume().on('end', () => {
        response.writeHead(201, { 'x-one': 'eins', 'content-type': 'text/plain' })
        response.write('hello ')
        response.end('world')
      })
    })
    const observer = new Observer(server.origin)
    assert.is(await client.post(`${server.origin}/v1/x?q=1`, 'the prompt'), 'hello world')
    const [exchange] = await observer.ended()
    observer.stop()
    await server.close()

    assert.is(observer.seen.length, 1)
    assert.ok(exchange)
    assert.equal(
      [exchange.method, exchange.path, exchange.status, exchange.state.is === 'ended' && exchange.state.outcome],
      ['POST', '/v1/x?q=1', 201, 'complete'],
    )
    assert.is(exchange.requestBody.kept().head.toString(), 'the prompt')
    assert.is(exchange.responseBody.kept().head.toString(), 'hello world')
    assert.is(exchange.responseHeaders().get('x-one'), 'eins')
    assert.is(exchange.requestHeaders().get('x-asked'), 'yes')
    const { startedAt, requestSentAt = 0, headAt = 0, responseBody, state } = exchange
    assert.ok(requestSentAt >= startedAt)
    const order = [
      startedAt,
      headAt,
      responseBody.firstAt ?? 0,
      responseBody.lastAt ?? 0,
      state.is === 'ended' ? state.at : 0,
    ]
    assert.equal(
      order,
      [...order].sort((a, b) => a - b),
    )
  })

  test('ends as failed when the connection is refused', async () => {
    const server = await serve(() => {})
    await server.close()
    const observer = new Observer(server.origin)
    await client.post(`${server.origin}/`, 'x').then(
      () => assert.unreachable('a refused connection must fail'),
      () => {},
    )
    const [exchange] = await observer.ended()
    observer.stop()
    assert.is(exchange?.state.is === 'ended' && exchange.state.outcome, 'failed')
    assert.is(exchange?.status, undefined)
  })

  test('ends as failed when the server resets in the body, with what had arrived', async () => {
    const server = await serve((request, response) => {
      request.resume().on('end', () => {
        response.writeHead(200, { 'content-length': '100' })
        response.write('half', () => setImmediate(() => request.socket.destroy()))
      })
    })
    const observer = new Observer(server.origin)
    await client.post(`${server.origin}/`, 'x').then(
      () => assert.unreachable('a truncated answer must fail'),
      () => {},
    )
    const [exchange] = await observer.ended()
    observer.stop()
    await server.close()
    assert.is(exchange?.state.is === 'ended' && exchange.state.outcome, 'failed')
    assert.is(exchange?.responseBody.kept().head.toString(), 'half')
  })

  test('ends as aborted when the app aborts before the head', async () => {
    const abort = new AbortController()
    const server = await serve(() => abort.abort())
    const observer = new Observer(server.origin)
    await client.post(`${server.origin}/`, 'x', abort.signal).then(
      () => assert.unreachable('an aborted call must fail'),
      () => {},
    )
    const [exchange] = await observer.ended()
    observer.stop()
    await server.close()
    assert.is(exchange?.state.is === 'ended' && exchange.state.outcome, 'aborted')
  })

  test('ends as failed when a timeout signal aborts', async () => {
    const server = await serve(() => {})
    const observer = new Observer(server.origin)
    await client.post(`${server.origin}/`, 'x', AbortSignal.timeout(30)).then(
      () => assert.unreachable('a timed out call must fail'),
      () => {},
    )
    const [exchange] = await observer.ended()
    observer.stop()
    await server.close()
    // axios hides what the signal's reason was: an abort is all that can be known there.
    const expected = client.name === 'axios' ? 'aborted' : 'failed'
    assert.is(exchange?.state.is === 'ended' && exchange.state.outcome, expected)
  })

  test('ends as aborted when the app leaves a stream, and the server sees it leave', async () => {
    let closed: Promise<unknown> | undefined
    const server = await serve((request, response) => {
      request.resume()
      closed = once(response, 'close')
      response.writeHead(200)
      const write = (): void => {
        if (!response.destroyed) response.write('chunk', () => setTimeout(write, 1))
      }
      write()
    })
    const observer = new Observer(server.origin)
    await client.leave(`${server.origin}/`)
    const [exchange] = await observer.ended()
    await closed
    observer.stop()
    await server.close()
    assert.is(exchange?.state.is === 'ended' && exchange.state.outcome, 'aborted')
    assert.match(exchange?.responseBody.kept().head.toString() ?? '', /^chunk/)
  })

  test('ends once for 204, HEAD-like empty answers and early hints', async () => {
    const server = await serve((request, response) => {
      request.resume()
      if (request.url === '/hints') response.writeEarlyHints({ link: '</x>; rel=preload' })
      response.writeHead(request.url === '/hints' ? 200 : 204).end()
    })
    const observer = new Observer(server.origin)
    await client.post(`${server.origin}/empty`, 'x')
    await client.post(`${server.origin}/hints`, 'x')
    const seen = await observer.ended(2)
    observer.stop()
    await server.close()
    assert.equal(
      seen.map(exchange => exchange.status),
      [204, 200],
    )
    assert.equal([...observer.ends.values()], [1, 1])
  })

  test('keeps head and tail of a body over the bound, copied from the app’s memory', async () => {
    const server = await serve((request, response) => {
      request.resume().on('end', () => response.end(`HEAD${'.'.repeat(500_000)}TAIL`))
    })
    const observer = new Observer(server.origin, { bodyBytes: 1000 })
    assert.is((await client.post(`${server.origin}/`, `ASKED${'?'.repeat(5000)}END`)).length, 500_008)
    const [exchange] = await observer.ended()
    observer.stop()
    await server.close()
    if (exchange === undefined) throw new Error('nothing was seen')
    const { head, tail, missing } = exchange.responseBody.kept()
    assert.is(head.toString().slice(0, 4), 'HEAD')
    assert.is(tail.toString().slice(-4), 'TAIL')
    assert.is(head.length + tail.length + missing, 500_008)
    assert.ok(head.length <= 500 && tail.length <= 1000)
    assert.is(exchange?.requestBody.kept().head.toString().slice(0, 5), 'ASKED')
    assert.is(exchange?.requestBody.kept().tail.toString().slice(-3), 'END')
  })

  test.run()
}

const looks = suite('what the app sees of a request')

/** How an object shows itself. */
function sightOf(object: object): Record<string, string[]> {
  const enumerated: string[] = []
  for (const name in object) enumerated.push(name)
  return { enumerated: enumerated.sort(), spread: Object.keys({ ...object }), own: Object.getOwnPropertyNames(object) }
}

/** Of a request and its answer, while the answer comes. */
function sights(origin: string): Promise<Record<string, string[]>[]> {
  return new Promise((resolve, reject) => {
    const request = nodeHttp.request(origin, { method: 'POST', agent: false }, response => {
      response.once('data', () => {
        const seen = [sightOf(request), sightOf(response)]
        response.resume().on('end', () => resolve(seen))
      })
    })
    request.on('error', reject)
    request.end('x')
  })
}

const CLASSES = [nodeHttp.ClientRequest, nodeHttp.IncomingMessage, nodeHttp.OutgoingMessage]
const methods = (): unknown[] =>
  CLASSES.map(({ prototype }) =>
    Object.getOwnPropertyNames(prototype).map(name => [name, Object.getOwnPropertyDescriptor(prototype, name)?.value]),
  )

looks('it is enumerated, spread and listed as without us, and the classes are given back when we stop', async () => {
  const server = await serve((request, response) => request.resume().on('end', () => response.end('answer')))
  const [bare, before] = [await sights(server.origin), methods()]
  const observer = new Observer(server.origin)
  assert.equal(await sights(server.origin), bare)
  assert.is((await observer.ended())[0]?.responseBody.size, 'answer'.length)
  observer.stop()
  assert.equal(methods(), before)
  await server.close()
})

looks('what somebody has put in the place of a method, before or after us, is called once and seen once', async () => {
  const server = await serve((request, response) => request.pipe(response))
  const observer = new Observer(server.origin)
  let calls = 0
  const answer = await new Promise<string>((resolve, reject) => {
    const request = nodeHttp.request(server.origin, { method: 'POST' }, response => {
      text(response).then(resolve, reject)
    })
    const { write } = request
    request.write = ((...args: Parameters<typeof write>) => {
      calls += 1
      return Reflect.apply(write, request, args)
    }) as typeof write
    request.write('abc')
    request.end('def')
  })
  assert.equal([answer, calls], ['abcdef', 1])
  assert.is((await observer.ended())[0]?.requestBody.size, 'abcdef'.length)
  observer.stop()
  await server.close()
})

looks.run()
