import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const ROOT = join(__dirname, '..')

/** Says several lines at once and later, and lives to its end. */
const APP = `
const { start } = require(${JSON.stringify(ROOT)})
const { constants, openSync, writeSync } = require('node:fs')
if (process.env.FILL) {
  const own = openSync('/proc/self/fd/2', constants.O_WRONLY | constants.O_NONBLOCK)
  try { for (;;) writeSync(own, 'x'.repeat(4096)) } catch {}
}
const handle = start({ hosts: [5], nope: 1, metricsEnabled: false })
setTimeout(() => start({ apiKey: 'k' }), 20)
setTimeout(() => start({ site: 'us5.datadoghq.com' }), 40)
setTimeout(() => console.log('alive', handle.counters()['said.dropped'] ?? 0), 80)
`

interface Ended {
  readonly code: number | null
  readonly out: string
}

/** Runs the app under a shell that makes of standard error what the test wants. */
function run(around: (command: string) => string, env: Record<string, string> = {}): Promise<Ended> {
  const command = around('"$NODE" -e "$APP"')
  const child = spawn('sh', ['-c', command], {
    env: { PATH: process.env.PATH ?? '', NODE: process.execPath, APP, DD_TRACE_ENABLED: 'false', ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 60_000,
  })
  let out = ''
  child.stdout?.on('data', chunk => {
    out += chunk
  })
  return new Promise(resolve => child.on('close', code => resolve({ code, out })))
}

const test = suite('a line of ours')

test('on a closed standard error changes nothing', async () => {
  const { code, out } = await run(command => `${command} 2>&-`)
  assert.is(code, 0)
  assert.match(out, /^alive/)
})

test('on a full disk changes nothing, and is counted', async () => {
  const { code, out } = await run(command => `${command} 2>/dev/full`)
  assert.is(code, 0)
  assert.match(out, /^alive [1-9]/)
})

test('on a pipe whose reader is gone changes nothing, and is counted', async () => {
  const { out } = await run(command => `{ ${command} 2>&1 1>&3 3>&- | true; } 3>&1`)
  assert.match(out, /^alive [1-9]/)
})

test('on a pipe that nobody reads does not hold the app, and is counted', async () => {
  // Opened for both, a named pipe has a reader, and it never reads.
  const whole = (command: string) =>
    `d=$(mktemp -d); mkfifo $d/p; exec 4<>$d/p; ${command} 2>&4; c=$?; rm -r $d; exit $c`
  const { code, out } = await run(whole, { FILL: '1' })
  assert.is(code, 0)
  assert.match(out, /^alive [1-9]/)
})

test.run()
