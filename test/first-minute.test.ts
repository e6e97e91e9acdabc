import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { listen } from '../lib/local/listen'
import { widthOf } from '../lib/view/width'
import { CommandGround } from './command-ground'

/** What goes wrong in the first minute of a new user: narrow, full, taken, cut off, too much, too soon. */

const test = suite('the first minute')
const ground = new CommandGround(test, 'first minute')
const { app, interceptor } = ground

const CHAT = `
const chat = (model = 'gpt-4o') => fetch(process.env.OPENAI_BASE_URL + '/chat/completions', {
  method: 'POST',
  headers: { authorization: 'Bearer sk-test-first', 'content-type': 'application/json' },
  body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] }),
}).then(answer => answer.text())
const wrong = () => fetch(process.env.OPENAI_BASE_URL + '/nothing/here', { method: 'POST' }).then(answer => answer.text())
`
const linesOf = (text: string): string[] => text.trimEnd().split('\n')

// Debian's util-linux has it, and every Linux that is not cut down.
const SCRIPT = '/usr/bin/script'
const inTerminal = existsSync(SCRIPT) ? test : test.skip

for (const columns of [20, 40, 80]) {
  inTerminal(`a terminal of ${columns} columns: no line is longer, status, counts and cost are there`, async () => {
    const file = app(`${CHAT}\nchat().then(wrong)`)
    // What is typed in a terminal, and what it shows.
    const typed = ['sh', '-c', `stty cols ${columns}; "$0" "$@"`]
    const shell = [
      SCRIPT,
      '-qec',
      `${typed.map(word => `'${word}'`).join(' ')} "$NODE" "$CLI" node "$FILE"`,
      '/dev/null',
    ]
    const { stdout } = await inShell(shell, file)
    const lines = linesOf(plainOf(stdout))
    for (const line of lines) assert.ok(widthOf(line) <= columns, `${widthOf(line)} columns: ${line}`)
    assert.match(lines.find(line => /createChat/.test(line)) ?? '', / 200/)
    assert.match(lines.find(line => /POST/.test(line)) ?? '', / 404/)
    const text = lines.map(line => line.replace(/^> /, '')).join(', ')
    assert.match(text, /2 calls, 1 error, [\d,]+ > [\d,]+ tokens, \$0\.\d+/)
    assert.match(lines.at(-1) ?? '', /^> POST \/v1\/\S+ +1( |$)/)
  })
}

async function inShell([program = '', ...args]: readonly string[], file: string): Promise<{ stdout: string }> {
  const env = {
    PATH: process.env.PATH,
    TERM: 'xterm',
    NODE: process.execPath,
    CLI: join(__dirname, '..', 'dist', 'cli', 'cli.js'),
    FILE: file,
    OPENAI_BASE_URL: `${ground.openai.origin}/v1`,
  }
  return new Promise((resolve, reject) =>
    execFile(program, args, { env, cwd: ground.folder }, (error, stdout) =>
      error ? reject(error) : resolve({ stdout }),
    ),
  )
}

/** What is left to see: of a line that was written over, what stands there last. */
function plainOf(shown: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what a terminal is sent
  const text = shown.replace(/\x1b\[[\d;?]*[A-Za-z]/g, '')
  return text
    .replace(/\r\n/g, '\n')
    .split('\n')
    .map(line => line.split('\r').at(-1))
    .join('\n')
}

test('a program whose reader has read enough ends as it does without us', async () => {
  const file = app("setInterval(() => console.log('y'.repeat(1000)), 1)")
  const piped = ['bash', '-c', '"$@" | head -n 1; exit "$PIPESTATUS"', 'bash']
  const { code, stdout, stderr } = await interceptor(['node', file], { under: piped })
  assert.equal([code, stdout], [1, `${'y'.repeat(1000)}\n`])
  assert.match(stderr, /Error: write EPIPE/)
})

// Files and ports

const onFullDisk = existsSync('/dev/full') ? test : test.skip

onFullDisk('--save on a full disk: said once, the program and what is shown go on', async () => {
  const { code, stdout, stderr } = await interceptor([
    ...['--save', '/dev/full', 'node'],
    app(`${CHAT}\nchat().then(() => chat()).then(() => console.log('done'))`),
  ])
  assert.equal([code, stdout], [0, 'done\n'])
  const said = linesOf(stderr).filter(line => line.startsWith('interceptor: '))
  assert.equal(said, [
    'interceptor: /dev/full cannot be written any more: the disk is full; the rest of the session is not kept',
  ])
  assert.match(stderr, /^> 2 calls, 0 errors/m)
})

test('--save where nothing can be written: one line, and the program is not run', async () => {
  for (const [path, why] of [
    ['nowhere/s.ndjson', 'there is no such folder'],
    ['.', 'it is a folder'],
    ['app.cjs/s.ndjson', 'a part of its path is no folder'],
  ]) {
    const { code, stdout, stderr } = await interceptor(['--save', `${path}`, 'node', app("console.log('ran')")])
    assert.equal([code, stdout], [2, ''])
    assert.is(stderr, `interceptor: --save: ${path} cannot be written: ${why}\n`)
  }
})

test('no folder for temporary files: one line, and the program is not run', async () => {
  const env = { TMPDIR: join(ground.folder, 'nowhere') }
  const { code, stdout, stderr } = await interceptor(['node', app("console.log('ran')")], { env })
  assert.equal([code, stdout], [2, ''])
  assert.match(
    stderr,
    /^interceptor: the folder for temporary files, .*nowhere, cannot be written: there is no such folder; TMPDIR .*\n$/,
  )
})

test('open --ui at a port that is taken: one line, before anything is shown', async () => {
  await interceptor(['--save', 's.ndjson', 'node', app(`${CHAT}\nchat()`)])
  const server = createServer()
  const port = await listen(server, 0)
  const { code, stdout, stderr } = await interceptor(['open', 's.ndjson', '--ui', '--port', String(port)])
  server.close()
  assert.equal([code, stdout], [2, ''])
  assert.is(stderr, `interceptor: port ${port} is taken; leave --port out for one that is free\n`)
})

// Too much, too soon

const FLOOD = `
const http = require('node:http')
const { fork } = require('node:child_process')
const ANSWER = JSON.stringify({ object: 'chat.completion', model: 'gpt-4o', choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }], usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } })
const ASKED = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }] })
const ask = (agent, port) => new Promise((resolve, reject) => {
  const options = { agent, port, host: '127.0.0.1', method: 'POST', path: '/v1/chat/completions' }
  http.request(options, answer => answer.resume().on('end', resolve)).on('error', reject).end(ASKED)
})
async function flood(port) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 })
  let left = 5000
  const asker = async () => { while (left-- > 0) await ask(agent, port) }
  await Promise.all(Array.from({ length: 64 }, asker))
  agent.destroy()
  console.log('done')
}
if (process.argv[2]) flood(process.argv[2])
else {
  const server = http.createServer((request, answer) => request.resume().on('end', () => answer.end(ANSWER)))
  server.listen(0, '127.0.0.1', async () => {
    const { port } = server.address()
    const child = fork(__filename, [port])
    await Promise.all([flood(port), new Promise(resolve => child.on('exit', resolve))])
    server.close()
  })
}
`

test('a flood of 10,000 calls, half of them a child’s: each is shown, or counted', async () => {
  const { code, stdout, stderr } = await interceptor(['node', app(FLOOD)], {
    env: { OPENAI_BASE_URL: '', INTERCEPTOR_HOSTS: '127.0.0.1', INTERCEPTOR_EXIT_TIMEOUT_MS: '60000' },
  })
  assert.equal([code, stdout], [0, 'done\ndone\n'])
  const number = (pattern: RegExp): number => Number((pattern.exec(stderr)?.[1] ?? '0').replaceAll(',', ''))
  const lines = linesOf(stderr).filter(line => /^> \d\d:\d\d:\d\d /.test(line))
  const calls = number(/^> ([\d,]+) calls, 0 errors/m)
  assert.is(calls + number(/, ([\d,]+) lost/), 10_000)
  assert.is(lines.length, calls)
  // What came too fast to be read is shown without a model, and counted.
  assert.is(lines.filter(line => line.endsWith('not read')).length, number(/, ([\d,]+) not read/))
})

for (const [name, source] of [
  [
    'when node:http has its last byte',
    `require('node:http').get(process.env.OPENAI_BASE_URL + '/models', answer => answer.resume().on('end', () => process.exit(3)))`,
  ],
  [
    'when fetch has its last byte',
    `fetch(process.env.OPENAI_BASE_URL + '/models').then(async answer => { for await (const _ of answer.body); process.exit(3) })`,
  ],
  [
    'in a child',
    `if (process.argv[2]) fetch(process.env.OPENAI_BASE_URL + '/models').then(answer => answer.text()).then(() => process.exit(3))
    else require('node:child_process').fork(__filename, ['child']).on('exit', code => process.exit(code))`,
  ],
] as const) {
  test(`process.exit() in the very turn, ${name}: the call is shown`, async () => {
    const { code, stderr } = await interceptor(['node', app(source)])
    assert.is(code, 3)
    assert.match(stderr, /^> \S+ {2}listModels +200 .*$/m)
    assert.match(stderr, /^> 1 call, 0 errors/m)
  })
}

test('an exception in the very turn: the call is shown, and the exception is the program’s', async () => {
  const source = `require('node:http').get(process.env.OPENAI_BASE_URL + '/models', answer => answer.resume().on('end', () => { throw new Error('mine') }))`
  const { code, stderr } = await interceptor(['node', app(source)])
  assert.is(code, 1)
  assert.match(stderr, /Error: mine/)
  assert.match(stderr, /^> 1 call, 0 errors/m)
})

test('process.exit() while a call is open: it is counted as not ended', async () => {
  const source = `require('node:http').get(process.env.OPENAI_BASE_URL + '/models', answer => answer.once('data', () => process.exit(3)))`
  ground.openai.respond('/v1/models', (_, answer) => answer.write('{'))
  const { code, stderr } = await interceptor(['node', app(source)])
  ground.openai.respond('/v1/models', (_, answer) => answer.end('{"object":"list","data":[]}'))
  assert.is(code, 3)
  assert.match(stderr, /^> 0 calls, .*, 1 not ended$/m)
})

// The page

test('--ui without a terminal and without a browser: the page is there while the program runs, and holds nothing', async () => {
  let page: Promise<readonly [status: number, text: string]> | undefined
  const ended = await interceptor(['--ui', 'node', app(`${CHAT}\nchat(); setInterval(() => {}, 1000)`)], {
    // No xdg-open in it.
    env: { PATH: join(process.execPath, '..') },
    at: [
      ' 200 ',
      (command, written) => {
        const url = /the page is at (\S+)/.exec(written)?.[1] ?? ''
        page = fetch(url)
          .then(async answer => [answer.status, await answer.text()] as const)
          .finally(() => command.kill('SIGTERM'))
      },
    ],
  })
  const [status, text] = (await page) ?? []
  assert.equal([status, ended.signal], [200, 'SIGTERM'])
  assert.match(text ?? '', /<!doctype html>/i)
  assert.match(ended.stderr, /^> 1 call, 0 errors/m)
})

// As in page-browser.test.ts: where Debian's chromium is installed, or CHROMIUM names one; elsewhere counted as skipped.
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
const inBrowser = existsSync(CHROMIUM) ? test : test.skip

inBrowser('a page left open over a restart keeps what it has, says so, and takes nothing of the next run', async () => {
  const file = app(`${CHAT}\nchat(process.env.MODEL); setInterval(() => {}, 1000)`)
  const port = await freePort()
  const run = async (model: string, then: (url: string) => Promise<unknown>): Promise<void> => {
    let looked: Promise<unknown> = Promise.resolve()
    await interceptor(['--ui', '--port', String(port), 'node', file], {
      env: { PATH: join(process.execPath, '..'), MODEL: model },
      at: [
        ' 200 ',
        (command, written) => {
          looked = then(/the page is at (\S+)/.exec(written)?.[1] ?? '')
          looked.then(
            () => command.kill('SIGTERM'),
            () => command.kill('SIGTERM'),
          )
        },
      ],
    })
    await looked
  }
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  try {
    const page = await browser.newPage()
    const rows = page.locator('.row:not(.titles)')
    const lost = page.getByText('not connected: a new run has a page of its own')
    // It asks whatever is there now, and is refused.
    const refused = page.waitForResponse(answer => answer.url().includes('/events') && answer.status() === 403)
    await run('gpt-4o', async url => {
      await page.goto(url)
      await rows.first().waitFor()
      assert.is(await rows.count(), 1)
    })
    await lost.waitFor()
    await run('gpt-4o-mini', async url => {
      await refused
      assert.is(await rows.count(), 1)
      assert.not.match((await rows.first().textContent()) ?? '', /mini/)
      const newer = await browser.newPage()
      await newer.goto(url)
      await newer.locator('.row:not(.titles)', { hasText: 'gpt-4o-mini' }).waitFor()
    })
    await lost.waitFor()
  } finally {
    await browser.close()
  }
})

async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listen(server, 0)
  await new Promise(resolve => server.close(resolve))
  return port
}

test.run()
