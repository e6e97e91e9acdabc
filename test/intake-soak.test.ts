import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { gunzipSync } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { at, list, num } from '../lib/openai/json'
import { createLogWriter, LOGS } from '../lib/sinks/intake/logs'

const ENTRIES = 100_000
const MB = 1_048_576

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

/** Counts how often each `n` arrived; answers 500 to every third request. */
async function startCounting() {
  const times = new Uint8Array(ENTRIES)
  let requests = 0
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk)
    requests += 1
    if (requests % 3 === 0) {
      res.writeHead(500).end()
      return
    }
    for (const entry of list(JSON.parse(gunzipSync(Buffer.concat(chunks)).toString()))) {
      const n = num(at(entry, 'n')) ?? -1
      times[n] = (times[n] ?? 0) + 1
    }
    res.writeHead(202).end()
  }).listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  return { times, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

function used(): number {
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

const soak = suite('intake, a soak')

for (const { what, queueEntries, most } of [
  { what: 'with the queue as it is', queueEntries: LOGS.limits.queueEntries, most: LOGS.limits.queueBytes },
  { what: 'with room for all of them', queueEntries: ENTRIES, most: 64 * MB },
]) {
  soak(
    `${what}: 100,000 entries, a third of the requests failing: each arrives once or is counted as lost`,
    async () => {
      const { times, server, url } = await startCounting()
      const intake = createLogWriter({
        site: 'datadoghq.com',
        apiKey: 'the-key',
        logsUrl: url,
        spoolDir: undefined,
        env: {},
        limits: { queueEntries, queueBytes: most },
        notices: { once: () => {}, eachMinute: () => {} },
      })
      const before = used()
      let peak = 0
      const text = 'x'.repeat(400)
      for (let n = 0; n < ENTRIES; n += 1) {
        intake.write({ n, text })
        if (n % 200 === 0) await turn()
        if (n % 10_000 === 9_999) peak = Math.max(peak, used() - before)
        assert.ok(intake.counts.pending <= queueEntries)
      }
      await intake.flush(120_000)

      const { written, sent, dropped, pending } = intake.counts
      assert.equal([written, pending, sent + dropped], [ENTRIES, 0, ENTRIES])
      assert.is(
        times.reduce((sum, n) => sum + n, 0),
        sent,
      )
      assert.not.ok(times.includes(2), 'none arrived twice')
      assert.ok(
        queueEntries < ENTRIES ? sent > ENTRIES / 20 : dropped === 0,
        `${sent} arrived, ${dropped} were dropped`,
      )
      assert.ok(peak < most + 3 * LOGS.limits.batchBytes, `${Math.round(peak / MB)} MB`)
      if (process.env.SHOW) console.log({ sent, dropped, peakMB: Math.round(peak / MB) })
      await intake.stop(0)
      server.close()
    },
  )
}

soak.run()
