import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { start } from '../../lib'
import { answerOf, type Kind, QUESTION } from './answers'
import { type Mode, startFar } from './far'
import { heapMb } from './heap'
import { random } from './seed'
import { counted, tried } from './tried'

const CALLS = 100_000
const AT_ONCE = 40
/** The heap is looked at so often. */
const POINTS = 10
/** More often than not a call is a plain one. */
const MIX: readonly Kind[] = [
  'chat',
  'chat',
  'chat',
  'stream',
  'stream',
  'embeddings',
  'images',
  'refused',
  'failed',
  'left',
]
/** Bytes of heap a call may leave behind: about 100 are measured, most of them the queue of logs; a kept record is thousands. */
const MOST_SLOPE = 250

/** What the Agent and the intake do during the call of this number. */
function modeAt(call: number): Mode {
  const quarter = Math.floor((call * 4) / CALLS)
  if (quarter === 3) return (['alive', 'dead', 'hanging'] as const)[Math.floor(call / 2_500) % 3] ?? 'alive'
  return (['alive', 'dead', 'hanging'] as const)[quarter] ?? 'alive'
}

/** Least squares, by the points' distance of one. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const up = values.reduce((sum, value, i) => sum + (i - middle) * (value - mean), 0)
  return up / values.reduce((sum, _, i) => sum + (i - middle) ** 2, 0)
}

const soak = suite('a soak')

soak(
  'of 100,000 mixed calls, the Agent alive, dead, hanging and alternating: seen is what came out and what was lost',
  async () => {
    const far = await startFar()
    const { ports } = await far.ask()
    const handle = start({
      hosts: [`127.0.0.1:${ports.api}`],
      agentHost: '127.0.0.1',
      dogstatsdPort: ports.statsd,
      logsEnabled: true,
      logSampleRate: 1,
      apiKey: 'stand-in',
      logsUrl: `http://127.0.0.1:${ports.intake}`,
      exitTimeoutMs: 30_000,
    })
    const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
    const next = random()
    let unequal = 0
    const call = (kind: Kind, byFetch: boolean): Promise<void> => {
      const { path, first, rest } = answerOf(kind)
      const headers = { 'x-kind': kind, authorization: 'Bearer sk-test-hard-0123', 'content-type': 'application/json' }
      return byFetch ? fetched() : requested()
      async function fetched(): Promise<void> {
        const abort = new AbortController()
        const url = `http://127.0.0.1:${ports.api}${path}`
        const response = await fetch(url, { method: 'POST', headers, body: QUESTION, signal: abort.signal })
        if (kind !== 'left') {
          if ((await response.text()) !== first + rest) unequal += 1
          return
        }
        const reader = response.body?.getReader()
        if (Buffer.from((await reader?.read())?.value ?? '').toString() !== first) unequal += 1
        abort.abort()
        await reader?.read().catch(() => {})
      }
      function requested(): Promise<void> {
        return new Promise((resolve, reject) => {
          const asking = request(
            { host: '127.0.0.1', port: ports.api, path, method: 'POST', headers, agent },
            response => {
              let text = ''
              response.setEncoding('utf8')
              response.on('data', (chunk: string) => {
                text += chunk
                if (kind === 'left' && text === first) response.destroy()
              })
              response.on('error', () => {})
              response.on('close', () => {
                if (text !== (kind === 'left' ? first : first + rest)) unequal += 1
                resolve()
              })
            },
          )
          asking.on('error', reject)
          asking.end(QUESTION)
        })
      }
    }

    const heap: number[] = []
    let began = 0
    let mode: Mode = 'alive'
    let alive = 0
    for (let block = 0; block < CALLS / 2_500; block += 1) {
      const wanted = modeAt(block * 2_500)
      if (wanted !== mode) {
        // What was sent to an Agent that lives has arrived before it dies, so that it can be counted.
        if (mode === 'alive') await handle.flush(20_000)
        mode = wanted
        await far.ask({ mode })
      }
      const until = began + 2_500
      const caller = async (): Promise<void> => {
        while (began < until) {
          began += 1
          await call(MIX[Math.floor(next() * MIX.length)] ?? 'chat', next() < 0.5)
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, caller))
      if (began === CALLS / 4) {
        await handle.flush(20_000)
        const told = await far.ask()
        alive = began
        assert.equal([told.spans, told.entries], [began, began], 'with an Agent that lives nothing is lost')
        assert.is(told.durations, began)
      }
      if (began % (CALLS / POINTS) === 0) {
        while ((handle.counters()['calls.delivered.metrics'] ?? 0) < began) await sleep(20)
        heap.push(heapMb())
      }
    }
    await far.ask({ mode: 'alive' })
    // The tracer and the intake's breaker come back by themselves.
    await sleep(5_000)
    agent.destroy()
    await handle.stop()
    const told = await far.ask()
    far.close()
    const counters = handle.counters()
    const of = (name: string): number => counters[name] ?? 0

    assert.is(unequal, 0)
    assert.is(told.calls, CALLS)
    assert.equal([of('calls.seen'), of('calls.delivered.spans'), of('calls.delivered.metrics')], [CALLS, CALLS, CALLS])
    assert.is(of('logs.written'), CALLS)
    assert.is(of('logs.sent') + of('logs.dropped'), CALLS)
    assert.is(told.entries, of('logs.sent'))
    assert.ok(told.spans >= alive && told.spans <= CALLS, `${told.spans} spans`)
    assert.ok(told.spans === CALLS || of('spans.posts.failed') > 0, 'spans are lost though no post failed')
    assert.is(told.rejected, 0)
    const swallowed = Object.keys(counters).filter(name => name.startsWith('swallowed'))
    assert.equal(swallowed, [])
    // The first point is before everything is compiled and every pool is full.
    const bytes = (slope(heap.slice(1)) * 1e6) / (CALLS / POINTS)
    assert.ok(bytes < MOST_SLOPE, `${bytes} bytes a call: ${heap.map(mb => mb.toFixed(1)).join(', ')}`)
    tried({
      what: `${counted(CALLS)} mixed calls (chat, streams, embeddings, images, errors, streams left), the Agent and the intake alive, dead, hanging, alternating`,
      times: CALLS,
      held: 'the app gets its bytes; each call reaches every output; logs written = taken + dropped; nothing lost while they live',
      measured:
        `spans: ${counted(told.spans)} decoded by the Agent, ${counted(CALLS - told.spans)} lost in ${counted(of('spans.posts.failed'))} failed posts of the tracer's; ` +
        `metrics: ${counted(told.durations)} decoded, ${counted(CALLS - told.durations)} sent to nobody; logs: ${counted(told.entries)} taken, ${counted(of('logs.dropped'))} dropped; ` +
        `heap at ten points ${heap.map(mb => mb.toFixed(0)).join(', ')} MB, ${bytes.toFixed(0)} bytes a call`,
    })
  },
)

soak.run()
