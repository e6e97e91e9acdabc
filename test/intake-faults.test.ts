import * as assert from 'uvu/assert'
import { HOUR, range, setup, suiteOf, TIMEOUT } from './intake-setup'
import { until } from './manual-clock'

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
