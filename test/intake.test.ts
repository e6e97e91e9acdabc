import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import * as assert from 'uvu/assert'
import { callContext, withTags } from '../lib/context'
import type { JsonObject } from '../lib/openai/json'
import { systemClock } from '../lib/sinks/intake/clock'
import { logIntakeUrl } from '../lib/sinks/intake/logs'
import { open, range, setup, suiteOf, TIMEOUT } from './intake-setup'
import { until } from './manual-clock'

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
