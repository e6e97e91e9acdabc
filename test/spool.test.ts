import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { startIntake } from '../lib/local/receiver/intake'
import type { EventWriter } from '../lib/sinks/intake'
import { systemClock } from '../lib/sinks/intake/clock'
import { createLogWriter, LOGS, type LogWriterOptions } from '../lib/sinks/intake/logs'
import { makeFolder } from '../lib/sinks/intake/make-folder'
import { Spool } from '../lib/sinks/intake/spool'
import { ManualClock, until } from './manual-clock'

const spool = suite('spool')

let dir = ''
let server: Awaited<ReturnType<typeof startIntake>>
const intakes: EventWriter[] = []
const children: ChildProcess[] = []

spool.before.each(async () => {
  dir = join(mkdtempSync(join(tmpdir(), 'interceptor-spool-')), 'logs')
  server = await startIntake()
})

spool.after.each(async () => {
  for (const intake of intakes.splice(0)) intake.spoolSync()
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await server.close()
  rmSync(join(dir, '..'), { recursive: true, force: true })
})

function intakeWith(options: Partial<LogWriterOptions> = {}): EventWriter {
  const intake = createLogWriter({
    site: 'datadoghq.com',
    apiKey: 'the-key',
    logsUrl: server.url,
    spoolDir: dir,
    env: {},
    notices: { once: () => {}, eachMinute: () => {} },
    ...options,
  })
  intakes.push(intake)
  return intake
}

function child(from: number, to: number, ending: string, spoolDir = dir, url = server.url): ChildProcess {
  const args = ['--import', 'tsx', join(__dirname, 'spool-child.ts'), url, spoolDir, `${from}`, `${to}`, ending]
  const started = spawn(process.execPath, args)
  children.push(started)
  return started
}

async function codeOf(process: ChildProcess): Promise<number | null> {
  const [code] = await once(process, 'close')
  return code
}

/** Leaves entries in the spool, a file each batch, as a process that could not send would. */
function leave(from: number, to: number, perFile: number): void {
  const intake = intakeWith({ limits: { batchEntries: perFile } })
  for (let n = from; n < to; n += 1) intake.write({ n })
  intake.spoolSync()
}

function arrived(): number[] {
  return server.entries().map(({ n }) => Number(n))
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index)
}

function mode(path: string): string {
  return (statSync(path).mode & 0o777).toString(8)
}

for (const [ending, code] of [
  ['exit', 7],
  ['flush', 0],
  ['uncaught', 1],
] as const) {
  spool(
    `keeps what a hanging intake did not take when the process ends (${ending}), for the next to send`,
    async () => {
      server.trouble({ hanging: true })
      assert.is(await codeOf(child(0, 1_500, ending)), code)
      assert.is(mode(dir), '700')
      const files = readdirSync(dir)
      assert.is(files.length, 2)
      for (const file of files) assert.is(mode(join(dir, file)), '600')

      server.trouble()
      intakeWith()
      await server.waitFor(1_500)
      assert.equal(arrived(), range(0, 1_500))
      await until('the files are gone', () => readdirSync(dir).length === 0)
    },
  )
}

spool('holds no process: it ends while a request hangs', async () => {
  let arrive: (response: unknown) => void = () => {}
  const arrival = new Promise(resolve => {
    arrive = resolve
  })
  // The second batch goes through a connection that has been idle.
  let requests = 0
  const silent = createServer((_, response) => {
    requests += 1
    if (requests === 1) response.writeHead(202).end()
    else arrive(response)
  }).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const waiting = child(0, 1_500, 'when told', '', `http://127.0.0.1:${(silent.address() as AddressInfo).port}`)
  await arrival
  waiting.stdin?.end()
  assert.is(await codeOf(waiting), 0)
  silent.closeAllConnections()
  silent.close()
})

spool('sends files oldest first, and what is new after them', async () => {
  leave(0, 30, 10)
  leave(30, 60, 10)
  const intake = intakeWith()
  for (const n of range(60, 70)) intake.write({ n })
  await server.waitFor(70)
  assert.equal(arrived(), range(0, 70))
})

for (const batches of [0, 1, 3]) {
  spool(`loses nothing when the sender is killed after ${batches} batches`, async () => {
    leave(0, 60, 10)
    server.trouble({ slowMs: 40 })
    const sender = child(60, 60, 'stay')
    await once(sender.stdout ?? sender, 'data')
    if (batches > 0) await server.waitFor(batches * 10)
    sender.kill('SIGKILL')
    await once(sender, 'close')

    server.trouble()
    intakeWith()
    await until('all is there', () => new Set(arrived()).size === 60)
    await until('the files are gone', () => readdirSync(dir).length === 0)
    assert.ok(arrived().length <= 70, 'at most the batch under way is sent twice')
  })
}

spool('is not sent twice by two processes', async () => {
  leave(0, 200, 10)
  const other = child(200, 200, 'stay')
  await once(other.stdout ?? other, 'data')
  intakeWith()
  await server.waitFor(200)
  await until('the files are gone', () => readdirSync(dir).length === 0)
  assert.equal(
    arrived().sort((a, b) => a - b),
    range(0, 200),
  )
})

spool('takes over what a dead process was sending, and clears away what it was writing', async () => {
  leave(0, 10, 10)
  const dead = child(0, 0, 'normally', '')
  await codeOf(dead)
  const [file = ''] = readdirSync(dir)
  const content = readFileSync(join(dir, file))
  rmSync(join(dir, file))
  writeFileSync(join(dir, `${file}.${dead.pid}.sending`), content)
  writeFileSync(join(dir, `${file.replace('000001', '000002')}.${dead.pid}.tmp`), '{"n":')
  writeFileSync(join(dir, 'not-ours.txt'), 'stays')
  intakeWith()
  await server.waitFor(10)
  await until('the files are gone', () => readdirSync(dir).length === 1)
  assert.equal(readdirSync(dir), ['not-ours.txt'])
  assert.equal(arrived(), range(0, 10))
})

spool('gives back what it was sending when it is stopped', async () => {
  leave(0, 10, 10)
  const [file] = readdirSync(dir)
  server.trouble({ hanging: true })
  const intake = intakeWith()
  await until('the file is claimed', () => readdirSync(dir)[0]?.endsWith('.sending') === true)
  await intake.stop(0)
  assert.equal(readdirSync(dir), [file])
})

spool('leaves a file alone that another writer of this process is sending', async () => {
  leave(0, 20, 10)
  const [one, two] = [0, 1].map(() => new Spool(dir, LOGS.limits, systemClock, () => {}))
  const claims = [await one?.claim(), await two?.claim(), await one?.claim(), await two?.claim()]
  assert.equal(
    claims.map(claim => claim?.items[0]?.json.toString()),
    ['{"n":0}', '{"n":10}', undefined, undefined],
  )
})

spool('takes what is past the queue’s bound while the intake is down, and sends it when it is back', async () => {
  await server.down()
  const intake = intakeWith({ limits: { queueEntries: 100, batchEntries: 50 } })
  for (let n = 0; n < 500; n += 50) {
    for (const m of range(n, n + 50)) intake.write({ n: m })
    await until('the disk has taken it', () => intake.counts.pending <= 100 && intake.counts.spooled >= n - 50)
  }
  assert.is(intake.counts.dropped, 0)
  assert.ok(intake.counts.spooled >= 400)
  await server.up()
  await intake.flush(60_000)
  await server.waitFor(500)
  assert.equal(
    arrived().sort((a, b) => a - b),
    range(0, 500),
  )
})

spool('puts one batch after the other on the disk: a burst that is faster is dropped, not heaped up', async () => {
  await server.down()
  const intake = intakeWith({ limits: { queueEntries: 100, batchEntries: 50 } })
  for (const n of range(0, 1_000)) intake.write({ n })
  assert.is(intake.counts.pending, 150)
  assert.is(intake.counts.dropped, 850)
  await until('the disk has taken it', () => intake.counts.spooled === 50)
})

spool('is bounded: the oldest files go, and their entries are counted', () => {
  const lost: number[] = []
  const clock = new ManualClock()
  const json = Buffer.from(JSON.stringify({ text: 'x'.repeat(90) }))
  const bounded = new Spool(dir, { spoolBytes: 1_000, spoolFiles: 3 }, clock, entries => lost.push(entries))
  for (const entries of [1, 2, 3, 4]) bounded.saveSync(Array.from({ length: entries }, () => ({ json, at: 0 })))
  assert.is(readdirSync(dir).length, 3)
  bounded.saveSync(Array.from({ length: 5 }, () => ({ json, at: 0 })))
  assert.equal(lost, [1, 2, 3])
})

// mkdir under /proc answers ENOENT though /proc is there.
for (const [what, folder, why] of [
  ['a folder under /proc', '/proc/interceptor-spool', /ENOENT|EACCES|EPERM/],
  ['folders under /proc', '/proc/self/a/b/c', /ENOENT|EACCES|EPERM/],
  ['a folder in a device', '/dev/null/x', /ENOTDIR/],
  ['a file', __filename, /not a folder/],
  ['a folder in a file', join(__filename, 'logs'), /ENOTDIR/],
  ['a name that no disk takes', `/tmp/${'x'.repeat(300)}`, /ENAMETOOLONG/],
  ['a text with NUL', '/tmp/a\0b', /null bytes/],
] as const) {
  spool(`${what} is said in one line, and the logs are sent all the same`, async () => {
    const said: string[] = []
    const speak = (_: string, line: string): number => said.push(line)
    const intake = intakeWith({ spoolDir: folder, notices: { once: speak, eachMinute: speak } })
    intake.write({ n: 1 })
    await intake.flush(5_000)
    assert.equal(arrived(), [1])
    assert.is(said.length, 1)
    assert.match(said[0] ?? '', /^INTERCEPTOR_SPOOL_DIR cannot be used \(.*; unsent logs are not kept$/)
    assert.match(said[0] ?? '', why)
  })
}

spool('makes what is missing above the folder, for its owner alone', () => {
  const deep = join(dir, 'a', 'b')
  makeFolder(deep)
  makeFolder(deep)
  for (const folder of [dir, join(dir, 'a'), deep]) assert.is(statSync(folder).mode & 0o777, 0o700)
})

spool('counts what the disk does not take', async () => {
  await server.down()
  const said: string[] = []
  const speak = (_: string, line: string): number => said.push(line)
  const intake = intakeWith({ notices: { once: speak, eachMinute: speak } })
  intake.write({ n: 1 })
  rmSync(dir, { recursive: true })
  await intake.stop(0)
  assert.equal(intake.counts, { written: 1, sent: 0, dropped: 1, spooled: 0, pending: 0 })
  assert.match(said.join('\n'), /1 log entries lost so far: INTERCEPTOR_SPOOL_DIR cannot be written to/)
})

spool.run()
