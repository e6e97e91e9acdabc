import { once } from 'node:events'
import * as nodeHttp from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import axios from 'axios'
import * as undici7 from 'undici'
import * as undici6 from 'undici6'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Budget } from '../lib/transport/budget'
import { decode } from '../lib/transport/decode'
import { Exchange } from '../lib/transport/exchange'
import { http } from '../lib/transport/http'
import { IdleWatch } from '../lib/transport/idle'
import { undici } from '../lib/transport/undici'

/** Everything seen of one origin's exchanges, and how often each ended. */
class Observer {
  readonly seen: Exchange[] = []
  readonly ends = new Map<Exchange, number>()
  readonly watch: IdleWatch
  readonly #undo: (() => void)[]
  readonly #waiting = new Set<() => void>()

  constructor(origin: string, { idleMs = 60_000, bodyBytes = 1 << 20, totalBytes = 1 << 26 } = {}) {
    this.watch = new IdleWatch(idleMs)
    const budget = new Budget(totalBytes)
    const open = (opening: ConstructorParameters<typeof Exchange>[0]): Exchange | undefined => {
      if (opening.origin !== origin) return undefined
      const exchange = new Exchange(opening, bodyBytes, budget, () => {
        this.watch.delete(exchange)
        this.ends.set(exchange, (this.ends.get(exchange) ?? 0) + 1)
        for (const wake of this.#waiting) wake()
      })
      this.watch.add(exchange)
      this.seen.push(exchange)
      return exchange
    }
    this.#undo = [undici(open, () => true), http(open, () => true)]
  }

  /** The first `count` exchanges, once all of them have ended. */
  async ended(count = 1): Promise<Exchange[]> {
    while (this.ends.size < count) await new Promise<void>(resolve => this.#waiting.add(resolve))
    return this.seen
  }

  stop(): void {
    for (const undo of this.#undo) undo()
  }
}

type Handler = (request: nodeHttp.IncomingMessage, response: nodeHttp.ServerResponse) => void

async function serve(handler: Handler): Promise<{ origin: string; sockets: Set<Socket>; close(): Promise<void> }> {
  const server = nodeHttp.createServer(handler).listen(0, '127.0.0.1')
  const sockets = new Set<Socket>()
  server.on('connection', socket => sockets.add(socket))
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sockets,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

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

const silent = suite('silent ends')

silent('a response that is kept and never read is ended as abandoned by the idle timer', async () => {
  const server = await serve((request, response) => {
    request.resume()
    response.writeHead(200).write('x')
  })
  const observer = new Observer(server.origin, { idleMs: 500 })
  const response = await fetch(server.origin)
  const [exchange] = await observer.ended()
  assert.is(exchange?.state.is === 'ended' && exchange.state.outcome, 'abandoned')
  assert.is(observer.watch.open.size, 0)
  await response.body?.cancel()
  await delay(10)
  assert.equal([...observer.ends.values()], [1])
  observer.stop()
  await server.close()
})

silent('what was abandoned after its head ended when it was last heard of, and is off the app’s objects', async () => {
  const server = await serve((request, response) => {
    request.resume()
    response.writeHead(200).write('x')
  })
  const observer = new Observer(server.origin, { idleMs: 500 })
  const request = nodeHttp.get(server.origin)
  const [response] = (await once(request, 'response')) as [nodeHttp.IncomingMessage]
  const [exchange] = await observer.ended()
  assert.ok(exchange && exchange.state.is === 'ended')
  assert.is(exchange.state.at, exchange.responseBody.lastAt)
  assert.equal(
    ['write', 'end', 'destroy'].filter(name => Object.hasOwn(request, name)),
    [],
  )
  assert.not(Object.hasOwn(response, 'push') || Object.hasOwn(response, '_destroy'))
  request.destroy()
  observer.stop()
  await server.close()
})

silent('a timeout longer than timers last is a long one', async () => {
  const warnings: string[] = []
  const heard = (warning: Error): void => void warnings.push(warning.name)
  process.on('warning', heard)
  const watch = new IdleWatch(3_000_000_000)
  const exchange = new Exchange({ method: 'GET', origin: 'http://x', path: '/' }, 1000, new Budget(1e6), () => {})
  watch.add(exchange)
  await delay(10)
  process.off('warning', heard)
  assert.equal(warnings, [])
  assert.is(exchange.state.is, 'open')
  watch.endAll()
})

silent('an error whose properties throw, or whose stack is no text, ends the exchange all the same', async () => {
  const server = await serve(() => {})
  const observer = new Observer(server.origin)
  const before = Error.prepareStackTrace
  Error.prepareStackTrace = (_, frames) => frames
  const hostile = Object.defineProperty({}, 'name', {
    get() {
      throw new Error('mine')
    },
  })
  for (const reason of [undefined, hostile]) {
    const abort = new AbortController()
    setTimeout(() => abort.abort(reason), 5)
    await fetch(server.origin, { signal: abort.signal }).catch(() => {})
  }
  Error.prepareStackTrace = before
  const seen = await observer.ended(2)
  observer.stop()
  await server.close()
  assert.equal(
    seen.map(({ state }) => state.is === 'ended' && state.outcome),
    ['aborted', 'aborted'],
  )
})

silent('an exchange on which chunks keep coming is not idle, however long it lasts', async () => {
  const server = await serve((request, response) => {
    request.resume()
    response.writeHead(200)
    let left = 10
    const timer = setInterval(() => {
      left -= 1
      if (left > 0) response.write('x')
      else {
        clearInterval(timer)
        response.end()
      }
    }, 20)
  })
  // Ten chunks at 20 ms take 200 ms, of which no silence comes near the 2 s of the timer.
  const observer = new Observer(server.origin, { idleMs: 2000 })
  await (await fetch(server.origin)).text()
  const [exchange] = await observer.ended()
  observer.stop()
  await server.close()
  assert.is(exchange?.state.is === 'ended' && exchange.state.outcome, 'complete')
})

silent('an already aborted signal publishes nothing and leaves nothing open', async () => {
  const server = await serve((_, response) => response.end())
  const observer = new Observer(server.origin)
  await fetch(server.origin, { signal: AbortSignal.abort() }).catch(() => {})
  assert.is(observer.watch.open.size, 0)
  observer.stop()
  await server.close()
})

silent.run()

const redirects = suite('redirects and retries')

redirects('each hop is an exchange of its own, and following is not an abort', async () => {
  const server = await serve((request, response) => {
    request.resume()
    if (request.url === '/a') response.writeHead(307, { location: '/b' }).end('moved')
    else response.end('here')
  })
  const observer = new Observer(server.origin)
  assert.is(await (await fetch(`${server.origin}/a`)).text(), 'here')
  const seen = await observer.ended(2)
  observer.stop()
  await server.close()
  assert.equal(
    seen.map(({ status, state }) => [status, state.is === 'ended' && state.outcome]),
    [
      [307, 'complete'],
      [200, 'complete'],
    ],
  )
})

for (const [name, retrying] of [
  ['undici 6', () => new undici6.RetryAgent(new undici6.Agent(), { minTimeout: 1, maxRetries: 2 })],
  ['undici 7', () => new undici7.RetryAgent(new undici7.Agent(), { minTimeout: 1, maxRetries: 2 })],
] as const) {
  redirects(`${name}: each attempt of a RetryAgent ends once, though two ends are told`, async () => {
    let attempts = 0
    const server = await serve((request, response) => {
      request.resume()
      attempts += 1
      response.writeHead(attempts === 1 ? 503 : 200).end('x')
    })
    const observer = new Observer(server.origin)
    const dispatcher = retrying() as undici7.Dispatcher
    const { body } = await dispatcher.request({ origin: server.origin, path: '/', method: 'GET' })
    await body.text()
    await observer.ended(2)
    await dispatcher.close()
    observer.stop()
    await server.close()
    assert.equal([...observer.ends.values()], [1, 1])
    assert.equal(
      observer.seen.map(({ status }) => status),
      [503, 200],
    )
  })
}

redirects('a proxy’s CONNECT, which names the host, is no call of its own', async () => {
  const proxy = nodeHttp.createServer().on('connect', (_, socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'))
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const opened: string[] = []
  const stop = http(
    opening => {
      opened.push(opening.origin)
      return undefined
    },
    () => true,
  )
  const { port } = proxy.address() as AddressInfo
  const request = nodeHttp.request({ method: 'CONNECT', host: '127.0.0.1', port, path: 'api.openai.com:443' }).end()
  const [, socket] = (await once(request, 'connect')) as [unknown, Socket]
  socket.destroy()
  stop()
  proxy.close()
  assert.equal(opened, [])
})

redirects('patched prototypes show the names that they showed before', () => {
  const names = (): string[] => [
    ...Object.keys(nodeHttp.Agent.prototype),
    ...Object.keys(nodeHttp.ClientRequest.prototype),
  ]
  const before = names()
  const stop = http(
    () => undefined,
    () => true,
  )
  const during = names()
  stop()
  assert.equal([during, names()], [before, before])
})

redirects.run()

const memory = suite('memory')

memory('over the total bound bodies are let go, the exchange is still told, and all is given back', async () => {
  const server = await serve((request, response) => {
    request.resume().on('end', () => response.end('y'.repeat(50_000)))
  })
  const budget = new Budget(10_000)
  const seen: Exchange[] = []
  const stop = undici(
    opening => {
      const exchange = new Exchange(opening, 1 << 20, budget, ended => seen.push(ended))
      return exchange
    },
    () => true,
  )
  assert.is((await (await fetch(server.origin)).text()).length, 50_000)
  stop()
  await server.close()
  const body = seen[0]?.responseBody
  assert.is(body?.size, 50_000)
  assert.is(body?.kept().missing, 50_000)
  seen[0]?.requestBody.release()
  body?.release()
  assert.is(budget.used, 0)
})

memory('100,000 chunks of two bytes are kept in few blocks, and the times of the first 8192 paid for', async () => {
  const budget = new Budget(1 << 26)
  const exchange = new Exchange({ method: 'GET', origin: 'http://x', path: '/' }, 1 << 20, budget, () => {})
  for (let i = 0; i < 100_000; i += 1) exchange.received(Buffer.from('ab'))
  assert.is(exchange.responseBody.kept().head.length, 200_000)
  assert.ok(budget.used < 350_000, `${budget.used} bytes for 200,000`)
  assert.is(exchange.responseBody.chunks, 100_000)
})

memory('a chunk that the app reuses afterwards is kept as it was', async () => {
  const exchange = new Exchange({ method: 'GET', origin: 'http://x', path: '/' }, 1000, new Budget(1e6), () => {})
  const chunk = Buffer.from('before')
  exchange.received(chunk)
  chunk.fill('X')
  assert.is(exchange.responseBody.kept().head.toString(), 'before')
})

memory.run()

const decoding = suite('content-encoding')

async function decoded(bytes: Buffer, encoding: string, limit = 1 << 20) {
  const exchange = new Exchange(
    { method: 'GET', origin: 'http://x', path: '/' },
    1 << 20,
    new Budget(1 << 26),
    () => {},
  )
  for (let i = 0; i < bytes.length; i += 10) exchange.received(bytes.subarray(i, i + 10))
  return decode(exchange.responseBody, encoding, limit)
}

const SAMPLE = JSON.stringify({ text: 'größer '.repeat(100) })

for (const [name, encode] of Object.entries({
  gzip: gzipSync,
  deflate: (text: string) => require('node:zlib').deflateSync(text),
  'deflate (raw)': (text: string) => require('node:zlib').deflateRawSync(text),
  br: (text: string) => require('node:zlib').brotliCompressSync(text),
  identity: (text: string) => Buffer.from(text),
})) {
  decoding(`${name} is taken off`, async () => {
    const { head, truncated, unreadable } = await decoded(encode(SAMPLE), name.split(' ')[0] ?? '')
    assert.is(head.toString(), SAMPLE)
    assert.not(truncated || unreadable)
  })
}

decoding('two encodings, two gzip members, a plain body under a false name', async () => {
  const twice = gzipSync(gzipSync(SAMPLE))
  assert.is((await decoded(twice, 'gzip, gzip')).head.toString(), SAMPLE)
  const members = Buffer.concat([gzipSync('{"a":'), gzipSync('1}')])
  assert.is((await decoded(members, 'gzip')).head.toString(), '{"a":1}')
  for (const name of ['gzip', 'deflate', 'br']) {
    assert.is((await decoded(Buffer.from(SAMPLE), name)).head.toString(), SAMPLE)
  }
})

decoding('a truncated gzip gives what is there', async () => {
  const random = JSON.stringify(Array.from({ length: 3000 }, (_, i) => (i * 7919) % 10_007))
  const { head, unreadable } = await decoded(gzipSync(random).subarray(0, 4000), 'gzip')
  assert.not(unreadable)
  assert.ok(head.length > 1000)
  assert.is(head.toString(), random.slice(0, head.length))
})

decoding('an unknown encoding and garbage are said to be unreadable', async () => {
  assert.ok((await decoded(Buffer.from('whatever'), 'snappy')).unreadable)
  assert.ok((await decoded(Buffer.from([0x1f, 0x8b, 9, 9, 9, 9]), 'gzip')).unreadable)
})

decoding('a compression bomb stops at the bound', async () => {
  const bomb = gzipSync(Buffer.alloc(50 << 20))
  const { head, truncated } = await decoded(bomb, 'gzip', 100_000)
  assert.is(head.length, 100_000)
  assert.ok(truncated)
})

decoding('tells when each decoded byte arrived', async () => {
  const exchange = new Exchange(
    { method: 'GET', origin: 'http://x', path: '/' },
    1 << 20,
    new Budget(1 << 26),
    () => {},
  )
  const first = gzipSync('data: 1\n\n')
  const second = gzipSync('data: 2\n\n')
  exchange.responseBody.add(first, 100)
  exchange.responseBody.add(second, 250)
  const body = await decode(exchange.responseBody, 'gzip', 1000)
  assert.is(body.arrivedAt(0), 100)
  assert.is(body.arrivedAt(8), 100)
  assert.is(body.arrivedAt(9), 250)
})

decoding.run()
