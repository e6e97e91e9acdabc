import { createHash } from 'node:crypto'
import { Agent, createServer, request } from 'node:http'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { start } from '../../lib'
import { listen } from '../../lib/local/listen'
import { Budget } from '../../lib/transport/budget'
import { counted, tried } from './tried'

const EXCHANGES = 2_000
const ANSWER_BYTES = 100_000
const BUDGET = 16 * 1_048_576

/** The most that any budget had given out, and what is out now: looked at whenever some is taken or given back. */
const seen = { most: 0, now: 0, refused: 0 }
const { take, give } = Budget.prototype
Budget.prototype.take = function (bytes: number): boolean {
  const taken = take.call(this, bytes)
  seen.refused += taken ? 0 : 1
  seen.most = Math.max(seen.most, this.used)
  seen.now = this.used
  return taken
}
Budget.prototype.give = function (bytes: number): void {
  give.call(this, bytes)
  seen.now = this.used
}

const budget = suite('2,000 exchanges at once against the byte budget')

budget('never keep more than it, give all back, and leave the app its bytes', async () => {
  const text = `{"model":"gpt-4o","choices":[{"message":{"content":"${'x'.repeat(ANSWER_BYTES)}"}}],"usage":{"prompt_tokens":1}}`
  const half = Math.floor(text.length / 2)
  const waiting: (() => void)[] = []
  const server = createServer((asked, response) => {
    asked.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' }).write(text.slice(0, half))
      waiting.push(() => response.end(text.slice(half)))
      // The second half comes when all have their first.
      if (waiting.length === EXCHANGES) for (const go of waiting) go()
    })
  })
  const port = await listen(server, 0)
  process.env.DD_TRACE_ENABLED = 'false'
  let calls = 0
  let truncated = 0
  let unread = 0
  const handle = start({
    hosts: [`127.0.0.1:${port}`],
    maxTotalBytes: BUDGET,
    metricsEnabled: false,
    exitTimeoutMs: 60_000,
    onCall: call => {
      calls += 1
      if (call.truncated) truncated += 1
      else if (call.unparsed.length > 0) unread += 1
    },
  })
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
  const wanted = createHash('sha256').update(text).digest('hex')
  let equal = 0
  const exchange = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const asking = request(
        { host: '127.0.0.1', port, path: '/v1/chat/completions', method: 'POST', agent },
        response => {
          const hash = createHash('sha256')
          response.on('data', chunk => hash.update(chunk))
          response.on('error', reject)
          response.on('end', () => {
            if (hash.digest('hex') === wanted) equal += 1
            resolve()
          })
        },
      )
      asking.on('error', reject)
      asking.end('{"model":"gpt-4o","messages":[]}')
    })
  await Promise.all(Array.from({ length: EXCHANGES }, exchange))
  await handle.flush(60_000)
  const counters = handle.counters()
  agent.destroy()
  await handle.stop()
  server.closeAllConnections()
  server.close()

  assert.is(equal, EXCHANGES)
  assert.is(calls, EXCHANGES)
  assert.is(counters['calls.seen'], EXCHANGES)
  assert.ok(seen.most <= BUDGET, `${seen.most} bytes kept`)
  assert.ok(seen.most > BUDGET / 2, `the budget was never needed: ${seen.most} bytes`)
  assert.is(seen.now, 0)
  const dropped = (counters['dropped.read'] ?? 0) + (counters['calls.unread'] ?? 0)
  // Each of those that lost bytes says so, and each that ended unread is counted.
  assert.ok(truncated > 0)
  assert.is(unread, dropped)
  tried({
    what: `${counted(EXCHANGES)} exchanges at once, ${((EXCHANGES * text.length) / 1e6).toFixed(0)} MB, with a budget of ${BUDGET / 1_048_576} MiB`,
    times: EXCHANGES,
    held: 'bytes kept never beyond the budget, all given back, the app gets its bytes, what is left out is said',
    measured: `at most ${(seen.most / 1_048_576).toFixed(2)} MiB kept; ${counted(truncated)} calls truncated, ${counted(dropped)} ended unread`,
  })
})

budget.run()
