import { createHook } from 'node:async_hooks'
import { channel } from 'node:diagnostics_channel'
import { Agent, ClientRequest, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { start } from '../../lib'
import { answerOf, QUESTION } from './answers'
import { startFar } from './far'
import { heapMb } from './heap'
import { tried } from './tried'

const TIMES = 1_000
const WARM = 200
/** Bytes of heap that a start and a stop may leave behind: compiled code and the pools of others make some of it. */
const MOST_LEFT = 6_000

/** What is alive of each kind of the runtime's resources. */
const alive = new Map<number, string>()
const LONG_LIVED =
  /^(?:Timeout|Immediate|UDPWRAP|TCPWRAP|PIPEWRAP|TCPSERVERWRAP|WORKER|MESSAGEPORT|FSEVENTWRAP|SIGNALWRAP|HTTPCLIENTREQUEST)$/
createHook({
  init(id, type) {
    if (LONG_LIVED.test(type)) alive.set(id, type)
  },
  destroy: id => void alive.delete(id),
}).enable()

const CHANNELS = [
  ...['create', 'bodySent', 'headers', 'trailers', 'error', 'bodyChunkSent', 'bodyChunkReceived'].map(
    name => `undici:request:${name}`,
  ),
  ...['undici:client:connected', 'undici:client:sendHeaders', 'undici:websocket:open', 'undici:websocket:close'],
  ...[
    'http.client.request.created',
    'http.client.request.start',
    'http.client.response.finish',
    'http.client.request.error',
  ],
  ...[
    'http2.client.stream.created',
    'http2.client.stream.start',
    'http2.client.stream.finish',
    'http2.client.stream.close',
  ],
]

/** All that a stop must put back. */
function state(): Record<string, unknown> {
  const listeners = Object.fromEntries(process.eventNames().map(name => [String(name), process.listenerCount(name)]))
  const subscribers = Object.fromEntries(
    CHANNELS.map(name => {
      const all: unknown = Reflect.get(channel(name), '_subscribers')
      return [name, Array.isArray(all) ? all.length : 0]
    }),
  )
  const counts: Record<string, number> = {}
  for (const type of alive.values()) counts[type] = (counts[type] ?? 0) + 1
  return { listeners, subscribers, counts }
}

/** What we, or the tracer before us, may have put something of its own over. */
function patchable(): unknown[] {
  return [Agent.prototype, ClientRequest.prototype].flatMap(prototype =>
    Object.getOwnPropertyNames(prototype).map(name => Object.getOwnPropertyDescriptor(prototype, name)?.value),
  )
}

const restart = suite('start and stop, 1,000 times')

restart('leave no listener, timer, socket, subscriber or memory, and calls outside are not observed', async () => {
  const far = await startFar()
  const { ports } = await far.ask()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const { path, first } = answerOf('chat')
  const byHttp = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const headers = { 'x-kind': 'chat', authorization: 'Bearer sk-test-hard-0123' }
      const asking = request({ host: '127.0.0.1', port: ports.api, path, method: 'POST', headers, agent }, response => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () => resolve(text))
      })
      asking.on('error', reject)
      asking.end(QUESTION)
    })
  const byFetch = async (): Promise<string> => {
    const headers = { 'x-kind': 'chat', authorization: 'Bearer sk-test-hard-0123' }
    return (await fetch(`http://127.0.0.1:${ports.api}${path}`, { method: 'POST', headers, body: QUESTION })).text()
  }
  let patched: unknown[] = []
  let seen = 0
  let inside = 0
  let heap = 0
  let before: Record<string, unknown> = {}
  for (let i = 0; i < WARM + TIMES; i += 1) {
    const call = i % 2 === 0 ? byHttp : byFetch
    if (i === WARM) {
      await sleep(3_000)
      before = state()
      patched = patchable()
      heap = heapMb()
    }
    const handle = start({
      hosts: [`127.0.0.1:${ports.api}`],
      agentHost: '127.0.0.1',
      dogstatsdPort: ports.statsd,
      logsEnabled: true,
      logSampleRate: 1,
      apiKey: 'stand-in',
      logsUrl: `http://127.0.0.1:${ports.intake}`,
      exitTimeoutMs: 30_000,
      onCall: () => {
        seen += 1
      },
    })
    assert.is(await call(), first)
    inside += 1
    await handle.stop()
    assert.is(await call(), first)
    assert.is(handle.counters()['calls.seen'], inside)
  }
  // Sockets that were closed, and timers of the tracer's own, are gone by then.
  await sleep(3_000)
  const [after, left] = [state(), ((heapMb() - heap) * 1e6) / TIMES]
  const told = await far.ask()
  agent.destroy()
  far.close()

  assert.is(seen, WARM + TIMES)
  assert.is(told.calls, 2 * (WARM + TIMES))
  assert.equal([told.spans, told.durations, told.entries], [seen, seen, seen])
  assert.equal(after.listeners, before.listeners)
  assert.equal(after.subscribers, before.subscribers)
  const [was, is] = [before.counts, after.counts].map(counts => new Map(Object.entries(counts ?? {})))
  for (const [type, n] of is ?? [])
    assert.ok(n <= Number(was?.get(type) ?? 0) + 10, `${type}: ${was?.get(type)}, then ${n}`)
  assert.ok(
    patchable().every((own, i) => own === patched[i]),
    'a patch is left',
  )
  assert.ok(left < MOST_LEFT, `${left} bytes`)
  tried({
    what: 'started and stopped, with all outputs, a call inside and one after',
    times: TIMES,
    held: 'no listener, timer, socket, subscriber or patch left; the call inside is seen by each output, the other by none',
    measured: `${left.toFixed(0)} bytes of heap a time`,
  })
})

restart.run()
