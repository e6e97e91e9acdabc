import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { callFromJson } from '../lib/openai/call-json'
import { type Ground, ONE_CALL, type Outcome, prepareGround } from './app'

/** `INTERCEPTOR_FILE`: one JSON object a call. */

const test = suite<{ ground: Ground; file: string }>('the file of calls')

test.before(async context => {
  context.ground = await prepareGround()
  context.file = join(context.ground.folder, 'calls.ndjson')
})
test.before.each(({ file }) => rmSync(file, { force: true, recursive: true }))
test.after(({ ground }) => ground.close())

const FLAGS = ['--require', 'interceptor/register']

function run(ground: Ground, file: string, source = ONE_CALL, env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  return ground.run(ground.write('app.cjs', source), { flags: FLAGS, env: { INTERCEPTOR_FILE: file, ...env } })
}

function calls(file: string) {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => callFromJson(JSON.parse(line)))
}

/** The app ended well, though there is no file to write to, and one line said so. */
function assertSaid({ code, stderr, spans }: Outcome, line: RegExp): void {
  assert.is(code, 0, stderr)
  assert.match(stderr, line)
  assert.is(stderr.trimEnd().split('\n').length, 1, stderr)
  assert.is(spans.length, 1)
}

const MANY = `Promise.all(Array.from({ length: 20 }, () => fetch(process.env.OPENAI_BASE_URL + '/models').then(r => r.text())))`

test('every call is a line, whole at the end of the process, for its owner alone', async ({ ground, file }) => {
  const { code, stderr } = await run(ground, file, MANY)
  assert.equal([code, stderr], [0, ''])
  assert.equal(
    calls(file).map(call => call?.operation),
    Array.from({ length: 20 }, () => 'listModels'),
  )
  assert.is(statSync(file).mode & 0o777, 0o600)
})

test('the file is appended, and half a line of a killed process is not made longer', async ({ ground, file }) => {
  appendFileSync(file, '{"version":1,"op', { mode: 0o600 })
  await run(ground, file)
  await run(ground, file)
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  assert.is(lines[0], '{"version":1,"op')
  assert.equal(
    lines.slice(1).map(line => callFromJson(JSON.parse(line))?.operation),
    ['listModels', 'listModels'],
  )
})

test('process.exit() in a later turn loses nothing that had been read', async ({ ground, file }) => {
  const source = `const { start } = require(${JSON.stringify(join(__dirname, '..'))})
const handle = start()
start({ onCall: () => process.exit(0) })
${MANY}`
  await run(ground, file, source)
  assert.is(calls(file).length, 1)
})

test('with capture off, no content is in it', async ({ ground, file }) => {
  const source = `fetch(process.env.OPENAI_BASE_URL + '/chat/completions', {
  method: 'POST',
  headers: { 'content-type': 'application/json', 'x-tape': 'js-chat-completion-01' },
  body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'SECRET' }] }),
}).then(response => response.arrayBuffer())`
  await run(ground, file, source)
  assert.match(readFileSync(file, 'utf8'), 'SECRET')
  rmSync(file)
  await run(ground, file, source, { INTERCEPTOR_CAPTURE_CONTENT: 'of' })
  assert.not.match(readFileSync(file, 'utf8'), 'SECRET')
  assert.is(calls(file).length, 1)
})

test('a file that cannot be opened is said, and the app goes on', async ({ ground, file }) => {
  mkdirSync(file)
  assertSaid(
    await run(ground, file),
    /^interceptor: INTERCEPTOR_FILE cannot be opened \(EISDIR.*\); calls are not written/,
  )
  assertSaid(await run(ground, join(file, 'a', 'b')), /cannot be opened \(ENOENT/)
  assertSaid(await run(ground, '/proc/x'), /cannot be opened \((?:ENOENT|EACCES)/)
})

test('a pipe that nobody reads does not hold the process', async ({ ground, file }) => {
  assert.is(spawnSync('mkfifo', [file]).status, 0)
  assertSaid(await run(ground, file), /^interceptor: INTERCEPTOR_FILE cannot be opened \(ENXIO/)
})

test('a pipe whose reader does not read does not hold the process', async ({ ground, file }) => {
  assert.is(spawnSync('mkfifo', [file]).status, 0)
  const reader = openSync(file, constants.O_RDWR)
  const { code, stderr } = await run(ground, file, MANY.replace('20', '400'))
  closeSync(reader)
  assert.is(code, 0, stderr)
  assert.match(stderr, /^interceptor: INTERCEPTOR_FILE cannot be written to \(EAGAIN.*\n$/)
})

test('a disk that is full is said once, and the lines are counted', async ({ ground }) => {
  if (!existsSync('/dev/full')) return
  const source = `const handle = require(${JSON.stringify(join(__dirname, '..'))}).start()
${MANY}.then(() => handle.flush()).then(() => handle.stop()).then(() => {
  const { 'file.failed': failed, 'file.dropped': dropped, 'calls.seen': seen } = handle.counters()
  console.log(failed > 0, dropped, seen)
})`
  const { code, stdout, stderr } = await run(ground, '/dev/full', source)
  assert.equal([code, stdout], [0, 'true 20 20\n'], stderr)
  assert.match(stderr, /^interceptor: INTERCEPTOR_FILE cannot be written to \(ENOSPC.*\n$/)
})

test.run()
