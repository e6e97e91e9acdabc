import { once } from 'node:events'
import * as nodeHttp from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import * as undici7 from 'undici'
import * as undici6 from 'undici6'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Budget } from '../lib/transport/budget'
import { Exchange } from '../lib/transport/exchange'
import { http } from '../lib/transport/http'
import { IdleWatch } from '../lib/transport/idle'
import { Observer, serve } from './observer'

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
