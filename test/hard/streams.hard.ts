import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { start } from '../../lib'
import { answerOf, QUESTION } from './answers'
import { startFar } from './far'
import { heapMb } from './heap'
import { counted, tried } from './tried'

const STREAMS = 10_000
/** Descriptors of this process besides the streams' own. */
const OTHERS = 300

/** How many sockets may be open at a time: Node takes the hard limit when it starts. */
function mostAtOnce(): number {
  const report: unknown = process.report.getReport()
  const limits = typeof report === 'object' && report !== null ? Reflect.get(report, 'userLimits') : undefined
  const files = Number(limits?.open_files?.soft ?? 1_024)
  return Math.min(STREAMS, (Number.isNaN(files) ? STREAMS : files) - OTHERS)
}

const streams = suite('10,000 concurrent streams')

streams('each gives the app its bytes, is counted, and leaves no memory behind', async () => {
  const far = await startFar()
  const { ports } = await far.ask()
  let events = 0
  let read = 0
  const handle = start({
    hosts: [`127.0.0.1:${ports.api}`],
    agentHost: '127.0.0.1',
    dogstatsdPort: ports.statsd,
    exitTimeoutMs: 120_000,
    onCall: call => {
      if (call.stream === undefined) return
      read += 1
      events += call.stream.events
    },
  })
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
  const { path, first, rest } = answerOf('held')
  const wanted = first + rest
  let equal = 0
  const stream = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const headers = {
        'x-kind': 'held',
        authorization: 'Bearer sk-test-hard-0123',
        'content-type': 'application/json',
      }
      const asking = request({ host: '127.0.0.1', port: ports.api, path, method: 'POST', headers, agent }, response => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          text += chunk
        })
        response.on('error', reject)
        response.on('end', () => {
          if (text === wanted) equal += 1
          resolve()
        })
      })
      asking.on('error', reject)
      asking.end(QUESTION)
    })

  const atOnce = mostAtOnce()
  const before = heapMb()
  let peak = 0
  for (let done = 0; done < STREAMS; ) {
    const wave = Math.min(atOnce, STREAMS - done)
    const all: Promise<void>[] = []
    for (let i = 0; i < wave; i += 1) {
      all.push(stream())
      if (i % 200 === 199) await sleep(5)
    }
    while ((await far.ask()).waiting < wave) await sleep(50)
    peak = Math.max(peak, heapMb())
    await far.ask({ release: true })
    await Promise.all(all)
    done += wave
  }
  await handle.flush(120_000)
  const counters = handle.counters()
  agent.destroy()
  await handle.stop()
  const after = heapMb()
  const told = await far.ask()
  far.close()

  assert.is(equal, STREAMS)
  assert.is(told.calls, STREAMS)
  assert.is(counters['calls.seen'], STREAMS)
  assert.is(counters['calls.delivered.spans'], STREAMS)
  assert.is(counters['calls.delivered.metrics'], STREAMS)
  const unread = (counters['dropped.read'] ?? 0) + (counters['calls.unread'] ?? 0)
  assert.is(read + unread, STREAMS)
  assert.is(events, read * 22)
  assert.is(told.spans, STREAMS)
  assert.ok(after - before < 40, `${after - before} MB of heap left behind`)
  tried({
    what: `${counted(STREAMS)} streams over HTTP/1.1, ${counted(atOnce)} open at a time`,
    times: STREAMS,
    held: 'the app gets its bytes, each is seen and has its span at the Agent and its metrics',
    measured: `${counted(unread)} ended unread and counted; heap ${peak.toFixed(0)} MB with all open, ${(after - before).toFixed(1)} MB more at the end than before`,
  })
})

streams.run()
