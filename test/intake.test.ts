import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { callContext, withTags } from '../lib/context'
import { startIntake } from '../lib/local/receiver/intake'
import type { JsonObject } from '../lib/openai/json'
import type { EventWriter, Limits } from '../lib/sinks/intake'
import { systemClock } from '../lib/sinks/intake/clock'
import { createLogWriter, type LogWriterOptions, logIntakeUrl } from '../lib/sinks/intake/logs'
import { ManualClock, until } from './manual-clock'

const HOUR = 3_600_000
const TIMEOUT = 5_000

interface Setup {
  server: Awaited<ReturnType<typeof startIntake>>
  intake: EventWriter
  clock: ManualClock
  /** What was said, line by line. */
  said: string[]
  /** Writes entries `{ n }` from `from` to before `to`. */
  write(from: number, to: number): void
  /** The `n` of all that arrived, in order. */
  arrived(): number[]
  /** Lets the second pass after which a batch goes, and waits until it has failed or been taken. */
  attempt(): Promise<void>
}

const open: Setup[] = []

async function setup(
  options: Partial<LogWriterOptions> & { limits?: Partial<Limits> } = {},
  stand: Parameters<typeof startIntake>[0] = {},
): Promise<Setup> {
  const server = await startIntake(stand)
  const clock = new ManualClock()
  const said: string[] = []
  const speak = (_: string, line: string): number => said.push(line)
  const intake = createLogWriter({
    site: 'datadoghq.com',
    apiKey: 'the-key',
    logsUrl: server.url,
    spoolDir: undefined,
    env: {},
    clock,
    notices: { once: speak, eachMinute: speak },
    ...options,
  })
  const made: Setup = {
    server,
    intake,
    clock,
    said,
    write: (from, to) => {
      for (let n = from; n < to; n += 1) intake.write({ n })
    },
    arrived: () => server.entries().map(({ n }) => Number(n)),
    async attempt() {
      const { sent, dropped } = intake.counts
      const before = clock.waits.length
      clock.advance(clock.pending[0] ?? 0)
      await until('the attempt has ended', () => {
        const ended = clock.waits.length > before && !clock.pending.includes(TIMEOUT)
        return ended && (clock.pending.length > 0 || intake.counts.sent > sent || intake.counts.dropped > dropped)
      })
    },
  }
  open.push(made)
  return made
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index)
}

function suiteOf(name: string) {
  const tests = suite(name)
  tests.after.each(async () => {
    for (const { intake, server } of open.splice(0)) {
      intake.spoolSync()
      await server.close()
    }
  })
  return tests
}

const sending = suiteOf('intake, all being well')

sending('sends what has come within a second, as one gzipped JSON array with the key', async () => {
  const { server, intake, clock, write, arrived, said } = await setup()
  write(0, 3)
  assert.equal(clock.pending, [1_000])
  clock.advance(999)
  assert.is(server.batches.length, 0)
  clock.advance(1)
  await server.waitFor(3)
  const [batch] = server.batches
  assert.is(batch?.headers['dd-api-key'], 'the-key')
  assert.is(batch?.headers['content-encoding'], 'gzip')
  assert.is(batch?.headers['content-type'], 'application/json')
  assert.equal(arrived(), [0, 1, 2])
  await until('all is counted', () => intake.counts.pending === 0)
  assert.equal(intake.counts, { written: 3, sent: 3, dropped: 0, spooled: 0, pending: 0 })
  assert.equal(said, [])
})

sending('does not wait for the second when 1,000 entries are there, and sends no more than that at once', async () => {
  const { server, clock, write } = await setup()
  write(0, 1_500)
  clock.advance(0)
  await server.waitFor(1_000)
  await until('the rest waits', () => clock.pending.includes(1_000))
  assert.equal(
    server.batches.map(({ entries }) => entries.length),
    [1_000],
  )
  clock.advance(1_000)
  await server.waitFor(1_500)
})

sending('sends no more than 4.5 MB at once', async () => {
  const { server, intake, clock } = await setup()
  const text = 'x'.repeat(800_000)
  for (let n = 0; n < 7; n += 1) intake.write({ n, text })
  clock.advance(0)
  await server.waitFor(5)
  await until('the rest waits', () => clock.pending.includes(1_000))
  clock.advance(1_000)
  await server.waitFor(7)
  assert.equal(
    server.batches.map(({ entries }) => entries.length),
    [5, 2],
  )
  for (const { bytes } of server.batches) assert.ok(bytes <= 4_500_000)
})

sending('cuts the longest texts of an entry over 900 kB, and only them, and marks it', async () => {
  const { server, intake, clock } = await setup()
  const entry = { long: '"\n€😀'.repeat(150_000), longer: 'y'.repeat(2_000_000), short: 'z'.repeat(1_000), count: 1 }
  intake.write(entry)
  clock.advance(1_000)
  const [got] = await server.waitFor(1)
  assert.is(got?.truncated, true)
  assert.is(got?.short, entry.short)
  assert.is(got?.count, 1)
  assert.is(entry.longer.length, 2_000_000, 'the app’s own object is as it was')
  assert.ok(String(got?.longer).endsWith('…'))
  const [batch] = server.batches
  assert.ok((batch?.bytes ?? 0) <= 900_002 && (batch?.bytes ?? 0) > 600_000, `${batch?.bytes} bytes`)
})

sending('does not cut a character in halves', async () => {
  const { server, intake, clock } = await setup({ limits: { entryBytes: 2_000 } })
  // Cut at the same length: in one of them that is in the middle of a pair.
  intake.write({ even: '😀'.repeat(1_000), odd: `x${'😀'.repeat(1_000)}` })
  clock.advance(1_000)
  const [entry] = await server.waitFor(1)
  assert.match(String(entry?.even), /^(?:😀)+…$/u)
  assert.match(String(entry?.odd), /^x(?:😀)+…$/u)
})

sending('sends an entry that is 100,000 deep without its depths, and drops one that is no JSON', async () => {
  const { server, intake, clock, said } = await setup()
  let deep: JsonObject = {}
  for (let i = 0; i < 100_000; i += 1) deep = { deep }
  const cycle: JsonObject = { n: 2 }
  cycle.cycle = cycle
  intake.write({ n: 1, deep })
  intake.write(cycle)
  clock.advance(1_000)
  const [got] = await server.waitFor(1)
  assert.is(got?.n, 1)
  assert.is(got?.truncated, true)
  assert.is(intake.counts.dropped, 1)
  assert.equal(said, ['1 log entries lost so far: they are not JSON'])
})

sending('counts an entry of numbers by the hundred thousand as cut, too', async () => {
  const { server, intake, clock } = await setup()
  intake.write({ n: 1, embedding: Array.from({ length: 300_000 }, (_, i) => i / 7) })
  clock.advance(1_000)
  const [got] = await server.waitFor(1)
  assert.equal(got, { n: 1, truncated: true })
})

sending('asks the intake of the site, or the one that is given', () => {
  for (const site of ['datadoghq.com', 'us3.datadoghq.com', 'us5.datadoghq.com', 'datadoghq.eu', 'ddog-gov.com']) {
    assert.is(logIntakeUrl({ site, logsUrl: undefined }).href, `https://http-intake.logs.${site}/api/v2/logs`)
  }
  const given = (logsUrl: string) => logIntakeUrl({ site: 'datadoghq.com', logsUrl }).href
  assert.is(given('http://127.0.0.1:1'), 'http://127.0.0.1:1/api/v2/logs')
  assert.is(given('https://logs.internal/datadog?team=a'), 'https://logs.internal/datadog?team=a')
})

sending('takes entries without a key and counts them as lost', async () => {
  const { intake, write } = await setup({ apiKey: undefined })
  write(0, 2)
  await intake.stop(0)
  assert.equal(intake.counts, { written: 2, sent: 0, dropped: 2, spooled: 0, pending: 0 })
})

sending('is not observed, and what it does is no part of what the app was doing', async () => {
  const { server, write } = await setup({ clock: systemClock, limits: { intervalMs: 1 } })
  const seen: unknown[] = []
  const see = (): number => seen.push(callContext())
  subscribe('undici:request:create', see)
  withTags({ job: 'of the app' }, () => write(0, 1))
  await server.waitFor(1)
  unsubscribe('undici:request:create', see)
  assert.equal(seen, [{ tags: {}, suppressed: true }])
})

sending('goes through the proxy that the environment names, and around it where NO_PROXY says so', async () => {
  const connects: string[] = []
  const proxy = createServer().listen(0, '127.0.0.1')
  proxy.on('connect', ({ url = '' }, socket) => {
    connects.push(url)
    const [host, port] = url.split(':')
    const onward = connect(Number(port), host, () => socket.write('HTTP/1.1 200 OK\r\n\r\n'))
    onward.pipe(socket).pipe(onward)
  })
  await new Promise(resolve => proxy.once('listening', resolve))
  const HTTP_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  for (const NO_PROXY of ['', '127.0.0.1']) {
    const { server, clock, write } = await setup({ env: { HTTP_PROXY, NO_PROXY } })
    write(0, 1)
    clock.advance(1_000)
    await server.waitFor(1)
    assert.equal(connects.splice(0), NO_PROXY === '' ? [`127.0.0.1:${server.port}`] : [])
  }
  for (const { intake } of open) intake.spoolSync()
  proxy.closeAllConnections()
  proxy.close()
})

sending.run()

const faults = suiteOf('intake, in trouble')

faults(
  'down: backs off with full jitter, rests after five failures, says so, and sends all when it is back',
  async () => {
    const { server, intake, clock, said, write, arrived, attempt } = await setup()
    await server.down()
    write(0, 10)
    for (let failures = 0; failures < 5; failures += 1) await attempt()
    assert.equal(
      clock.waits.filter(ms => ms !== TIMEOUT),
      [1_000, 50, 100, 200, 400, 22_500],
    )
    assert.equal(said, [`the log intake ${server.url} does not take logs (ECONNREFUSED); they wait`])
    assert.is(intake.counts.pending, 10)
    await server.up()
    clock.advance(22_500)
    await server.waitFor(10)
    assert.equal(arrived(), range(0, 10))
    assert.is(intake.counts.dropped, 0)
  },
)

faults('slow: waits for it', async () => {
  const { server, intake, clock, said, write, arrived } = await setup()
  server.trouble({ slowMs: 30 })
  write(0, 2)
  clock.advance(1_000)
  await server.waitFor(2)
  assert.equal(arrived(), [0, 1])
  assert.is(intake.counts.dropped, 0)
  assert.equal(said, [])
})

faults('hanging: gives up after 5 s and tries again', async () => {
  const { server, intake, clock, said, write, arrived } = await setup()
  server.trouble({ hanging: true })
  write(0, 2)
  clock.advance(1_000)
  await until('it waits for an answer', () => clock.pending.includes(TIMEOUT))
  clock.advance(TIMEOUT)
  await until('it backs off', () => clock.pending.includes(50))
  server.trouble()
  clock.advance(50)
  await server.waitFor(2)
  assert.equal(arrived(), [0, 1])
  assert.is(intake.counts.dropped, 0)
  assert.equal(said, [])
})

for (const [retryAfter, ms] of [
  ['7', 7_000],
  ['Tue, 14 Nov 2023 22:13:41 GMT', 20_000],
  ['86400', 300_000],
  ['soon', 50],
  [undefined, 50],
] as const) {
  faults(`429 with Retry-After ${retryAfter}: waits ${ms} ms`, async () => {
    const { server, clock, said, write, attempt, arrived } = await setup()
    server.trouble({ status: 429, ...(retryAfter === undefined ? {} : { retryAfter }) })
    write(0, 1)
    await attempt()
    assert.equal(clock.pending, [ms])
    server.trouble()
    clock.advance(ms)
    await server.waitFor(1)
    assert.equal(arrived(), [0])
    assert.equal(said, [])
  })
}

for (const trouble of [
  { status: 408 },
  { status: 500 },
  { status: 503 },
  { reset: true },
  { halfClosed: true },
] as const) {
  faults(
    `${JSON.stringify(trouble)}: is tried again, nothing is lost, nothing is said of a single failure`,
    async () => {
      const { server, intake, clock, said, write, attempt, arrived } = await setup()
      server.trouble(trouble)
      write(0, 2)
      await attempt()
      server.trouble()
      clock.advance(50)
      await server.waitFor(2)
      assert.equal(arrived(), [0, 1])
      assert.is(intake.counts.dropped, 0)
      assert.equal(said, [])
    },
  )
}

faults('TLS failure: the same as down', async () => {
  const { server, intake, said, write, attempt } = await setup({}, { tls: true })
  server.trouble({ tlsFailure: true })
  write(0, 1)
  for (let failures = 0; failures < 5; failures += 1) await attempt()
  assert.match(said[0] ?? '', /does not take logs \(ERR_SSL_\w+\); they wait/)
  assert.is(intake.counts.pending, 1)
})

faults('a certificate of nobody: sends nothing to it', async () => {
  const { server, intake, said, write, attempt } = await setup({}, { tls: true })
  write(0, 1)
  for (let failures = 0; failures < 5; failures += 1) await attempt()
  assert.match(said[0] ?? '', /does not take logs \(\w*(CERT|SIGN|VERIFY)\w*\); they wait/)
  assert.is(server.batches.length, 0)
  assert.is(intake.counts.pending, 1)
})

for (const status of [401, 403]) {
  faults(`${status}: names the variable, keeps the queue bounded, tries again every 5 minutes`, async () => {
    const { server, intake, clock, said, write, attempt, arrived } = await setup({ limits: { queueEntries: 5 } })
    server.trouble({ status })
    write(0, 1)
    await attempt()
    assert.equal(clock.pending, [300_000])
    assert.equal(said, [`the log intake ${server.url} refuses DD_API_KEY (${status}); tried again every 5 minutes`])
    write(1, 8)
    assert.is(intake.counts.pending, 5)
    assert.is(intake.counts.dropped, 3)
    clock.advance(299_999)
    server.trouble()
    clock.advance(1)
    await server.waitFor(5)
    assert.equal(arrived(), range(3, 8))
  })
}

faults('404: says which variables give the address, and waits', async () => {
  const { server, clock, said, write, attempt } = await setup()
  server.trouble({ status: 404 })
  write(0, 1)
  await attempt()
  assert.equal(clock.pending, [300_000])
  assert.match(said[0] ?? '', /is no log intake \(404\), see DD_SITE or DD_AGENTLESS_LOG_SUBMISSION_URL/)
})

faults('a key that no header can carry: names the variable', async () => {
  const { said, write, attempt } = await setup({ apiKey: 'the\nkey' })
  write(0, 1)
  await attempt()
  assert.match(said[0] ?? '', /refuses DD_API_KEY/)
})

faults('400 for one entry: finds it, drops only it, and counts it', async () => {
  const { server, intake, clock, said, write, arrived } = await setup({}, { poison: '"bad"' })
  write(0, 300)
  intake.write({ n: -1, text: 'bad' })
  write(300, 999)
  clock.advance(1_000)
  await until('all is settled', () => intake.counts.pending === 0)
  assert.equal(arrived(), range(0, 999))
  assert.equal(intake.counts, { written: 1_000, sent: 999, dropped: 1, spooled: 0, pending: 0 })
  assert.equal(said, ['1 log entries lost so far: the intake refused them alone'])
  assert.ok(server.batches.length <= 25, `${server.batches.length} requests`)
})

faults('400 for everything: does not ask for each entry alone', async () => {
  const { server, intake, clock, write } = await setup({}, { poison: '"n"' })
  write(0, 1_000)
  clock.advance(1_000)
  await until('all is settled', () => intake.counts.pending === 0)
  assert.is(intake.counts.dropped, 1_000)
  assert.ok(server.batches.length <= 225, `${server.batches.length} requests`)
})

faults('413: sends the batch in parts that the intake takes', async () => {
  const { server, intake, clock, said, arrived } = await setup({}, { maxBytes: 1_000 })
  for (let n = 0; n < 8; n += 1) intake.write({ n, text: 'x'.repeat(400) })
  clock.advance(1_000)
  await server.waitFor(8)
  assert.equal(arrived(), range(0, 8))
  assert.is(intake.counts.dropped, 0)
  assert.equal(said, [])
})

faults('an outage in the middle of a split: what was taken is not sent again', async () => {
  const { server, intake, clock, write, arrived } = await setup({}, { poison: '"n":6}' })
  // The third request, of entries 4 to 7, fails: 0 to 7 is refused, 0 to 3 is taken.
  server.trouble({ status: 500, everyNth: 3 })
  write(0, 8)
  clock.advance(1_000)
  await until('it backs off', () => clock.pending.includes(50))
  assert.equal(arrived(), range(0, 4))
  server.trouble()
  clock.advance(50)
  await until('all is settled', () => intake.counts.pending === 0)
  assert.equal(arrived(), [0, 1, 2, 3, 4, 5, 7])
  assert.is(intake.counts.dropped, 1)
})

faults('down for longer than 15 minutes: gives up what it has tried for so long, and says so', async () => {
  const { server, intake, clock, said, write, attempt } = await setup()
  await server.down()
  write(0, 2)
  for (let passed = clock.now(); passed < 17 * 60_000 && intake.counts.dropped === 0; passed = clock.now()) {
    await attempt()
  }
  assert.is(intake.counts.dropped, 2)
  assert.is(intake.counts.pending, 0)
  assert.ok(clock.now() > 15 * 60_000 && clock.now() < HOUR)
  assert.is(said.at(-1), '2 log entries lost so far: the intake did not take them in time')
})

faults('a queue that is full: the oldest go, are counted and said', async () => {
  const { server, intake, clock, said, write, arrived } = await setup({ limits: { queueEntries: 100 } })
  write(0, 150)
  assert.is(intake.counts.pending, 100)
  clock.advance(1_000)
  await server.waitFor(100)
  assert.equal(arrived(), range(50, 150))
  assert.is(intake.counts.dropped, 50)
  assert.is(said[0], '1 log entries lost so far: the queue is full; the oldest go')
})

faults('a queue of too many bytes: the oldest go', async () => {
  const { server, intake, clock, arrived } = await setup({ limits: { queueBytes: 10_000 } })
  for (let n = 0; n < 20; n += 1) intake.write({ n, text: 'x'.repeat(1_000) })
  clock.advance(1_000)
  await server.waitFor(9)
  assert.equal(arrived(), range(11, 20))
  assert.is(intake.counts.dropped, 11)
})

faults.run()

const ending = suiteOf('intake, at the end')

ending('flush sends at once what is there', async () => {
  const { intake, write, arrived, clock } = await setup()
  write(0, 1_500)
  const flushed = intake.flush(2_000)
  clock.advance(0)
  await until('the second batch is due', () => intake.counts.sent === 1_000 && clock.pending.includes(0))
  clock.advance(0)
  await flushed
  assert.equal(arrived(), range(0, 1_500))
})

ending('flush waits no longer than it may', async () => {
  const { server, intake, write, clock } = await setup()
  server.trouble({ hanging: true })
  write(0, 1)
  const flushed = intake.flush(2_000)
  clock.advance(0)
  await until('it waits for an answer', () => clock.pending.includes(TIMEOUT))
  clock.advance(2_000)
  await flushed
  assert.is(intake.counts.pending, 1)
})

ending('flush does not wait where nothing can be sent in time', async () => {
  const { server, intake, write, attempt } = await setup()
  server.trouble({ status: 403 })
  write(0, 1)
  await attempt()
  await intake.flush(2_000)
  assert.is(intake.counts.pending, 1)
})

ending('stop counts what is left as lost, says so, and takes no more', async () => {
  const { server, intake, said, write, attempt, clock } = await setup()
  server.trouble({ status: 403 })
  write(0, 3)
  await attempt()
  said.splice(0)
  await intake.stop(2_000)
  await intake.stop(2_000)
  write(3, 4)
  assert.equal(intake.counts, { written: 4, sent: 0, dropped: 4, spooled: 0, pending: 0 })
  assert.match(said[0] ?? '', /^3 log entries lost so far: the process ended first/)
  assert.equal(clock.pending, [], 'no timer is left')
})

ending.run()
