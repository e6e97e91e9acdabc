import type { ChildProcess } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { nodeOptionsWith } from '../lib/cli/node-options'
import { ONE_CALL, ROOT } from './app'
import type { Ran } from './command'
import { CommandGround } from './command-ground'

/** `interceptor <program>`: a real program under the real command. */

const test = suite('interceptor <program>')
const ground = new CommandGround(test, 'run')
const { app, interceptor } = ground

const CHAT = (more = '') => `
const chat = () => fetch(process.env.OPENAI_BASE_URL + '/chat/completions', {
  method: 'POST',
  headers: { authorization: 'Bearer sk-test-0123456789abcdef', 'content-type': 'application/json' },
  body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'mail a@example.com' }], ${more} }),
}).then(r => r.text())
`

test('shows each call and what they come to on standard error; standard output is the program’s', async () => {
  const source = `${CHAT()}\nchat().then(() => process.stdout.write('a\\0b\\n\\u20ac'))`
  const { code, stdout, stderr } = await interceptor(['node', app(source)])
  assert.is(code, 0, stderr)
  assert.is(stdout, 'a\0b\n€')
  const [line, totals, titles, row, ...more] = stderr.trimEnd().split('\n')
  assert.match(
    line ?? '',
    /^> \d\d:\d\d:\d\d {2}createChatCompletion +gpt-4o +200 +\d+ m?s +[\d,]+ > [\d,]+ tok +\$[\d.]+/,
  )
  assert.match(totals ?? '', /^> 1 call, 0 errors, [\d,]+ > [\d,]+ tokens, \$0\.\d+$/)
  assert.match(titles ?? '', /^> operation +model +calls +errors +p50 +p95 +tokens in +out +cost$/)
  assert.match(row ?? '', /^> createChatCompletion +gpt-4o\S* +1 /)
  assert.equal(more, [])
  assert.equal(readdirSync(ground.folder), ['app.cjs'])
})

test('an error stands out with its kind and message, harmless', async () => {
  const hostile = '\\u001b[31mred\\u0007\\u202etxt\\nnext'
  const source = `fetch(process.env.OPENAI_BASE_URL + '/chat/completions', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model: 'm${hostile}' }) }).then(r => r.text())`
  const plain = await interceptor(['node', app(source)])
  const line = plain.stderr.split('\n')[0] ?? ''
  assert.match(line, /m\?\[31mred/)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be left
  assert.not.match(plain.stderr, /[\u0000-\u0009\u000b-\u001f\u202e]/)
})

test('NODE_OPTIONS of the user are kept; children are seen', async () => {
  const preload = app("console.log('first')", 'pre load.cjs')
  app(ONE_CALL, 'child.cjs')
  const file = app("require('child_process').fork(require('path').join(__dirname, 'child.cjs'))")
  const { stdout, stderr } = await interceptor(['node', file], { env: { NODE_OPTIONS: `--require "${preload}"` } })
  assert.match(stdout, /^(?:first\n)+\d+\n$/)
  assert.match(stderr, /^> .* listModels /)
  assert.is(nodeOptionsWith(' --no-warnings', '/a b/"c\\d.js'), ' --no-warnings --require "/a b/\\"c\\\\d.js"')
})

for (const [name, body] of [
  ['process.exit() right after a call', 'chat().then(() => process.exit(7))'],
  ['an exit code', 'chat().then(() => { process.exitCode = 7 })'],
] as const) {
  test(`${name}: the call is shown, the code is the program’s`, async () => {
    const { code, stderr } = await interceptor(['node', app(`${CHAT()}\n${body}`)])
    assert.is(code, 7)
    assert.match(stderr, /createChatCompletion .* 200 /)
    assert.match(stderr, /^> 1 call, 0 errors/m)
  })
}

test('no call at all: said, with what to do', async () => {
  const { code, stderr } = await interceptor(['node', '-e', '0'])
  assert.is(code, 0)
  assert.match(stderr, /^> no call to OpenAI .*: INTERCEPTOR_DEBUG=1 npx interceptor node -e 0\n$/)
  const checked = await interceptor(['check', '--', 'node', '-e', '0'])
  assert.equal([checked.code, checked.stderr], [1, stderr])
  const program = await interceptor(['sh', '-c', 'echo 1'])
  assert.equal([program.code, program.stdout], [0, '1\n'])
  assert.match(program.stderr, /^> nothing could be observed: no Node\.js program of 20\.19 or newer was run, .*\n$/)
  const alone = await interceptor(['env', '-i', process.execPath, app(`${CHAT()}\nchat`)])
  assert.is(alone.stderr, program.stderr)
  const none = await interceptor(['--ui'])
  assert.equal([none.code, none.stdout], [2, ''])
  assert.match(none.stderr, /^interceptor: no program is named: interceptor \[options\] node app\.js; see/)
  const missing = await interceptor(['check', '--', 'nope'])
  assert.equal([missing.code, missing.stderr], [127, 'interceptor: there is no program called nope\n'])
})

test('check -- names the hosts that look like an API of this kind and are not recognised, and the line for them', async () => {
  const source = `${CHAT()}\nchat().then(() => fetch(process.env.OPENAI_BASE_URL + '/files?x=1')).then(r => r.text())`
  const elsewhere = { OPENAI_BASE_URL: '', API: `${ground.openai.origin}/v1`, INTERCEPTOR_HOSTS: 'gateway.example' }
  const file = app(source.replaceAll('OPENAI_BASE_URL', 'API'))
  const { code, stderr } = await interceptor(['check', '--', 'node', file], { env: elsewhere })
  assert.is(code, 1)
  assert.match(stderr, `> not recognised: ${ground.openai.host} (POST /v1/chat/completions)\n`)
  assert.match(stderr, `> to have it observed: INTERCEPTOR_HOSTS=gateway.example,${ground.openai.host}\n`)
  // Who did not ask for a check is told the same, beneath what was seen; --json stays JSON.
  const run = await interceptor(['node', file], { env: elsewhere })
  assert.equal([run.code, run.stderr], [0, stderr])
  assert.is((await interceptor(['--json', 'node', file], { env: elsewhere })).stderr, '')
  const known = await interceptor(['check', '--', 'node', file], {
    env: { ...elsewhere, INTERCEPTOR_HOSTS: ground.openai.host },
  })
  assert.is(known.code, 0)
  assert.match(known.stderr, /every host that was called and looks like an API of this kind is recognised/)
})

test('INTERCEPTOR_DEBUG: a line for what is observed, what not and why, and what came of it', async () => {
  const source = `${CHAT()}\nchat().then(() => fetch(process.env.OTHER + '/v1/x?key=0123456789abcdef')).then(r => r.text())`
  const env = { INTERCEPTOR_DEBUG: '1', OTHER: ground.openai.origin.replace('127.0.0.1', 'localhost') }
  const { stderr } = await interceptor(['node', app(source)], { env })
  assert.match(stderr, /^interceptor: debug: interceptor \d\S+ is loaded: process \d+, \S.*app\.cjs, node \d/)
  assert.match(stderr, `debug: recognised, OPENAI_BASE_URL: ${ground.openai.origin}/v1\n`)
  assert.match(stderr, /debug: POST \S+\/v1\/chat\/completions is observed as createChatCompletion\n/)
  assert.match(stderr, /debug: createChatCompletion has ended: gpt-4o, status 200, \d+ ms/)
  assert.match(
    stderr,
    /debug: GET \S+\/v1\/x is not observed: its host is not known; INTERCEPTOR_HOSTS names further ones\n/,
  )
  assert.not.match(stderr, /0123456789abcdef/)
  const off = await interceptor(['node', '-e', '0'], { env: { ...env, INTERCEPTOR_ENABLED: 'false' } })
  assert.match(off.stderr, /^interceptor: debug: nothing is observed in this process: INTERCEPTOR_ENABLED is false\n/)
})

test('INTERCEPTOR_DEBUG: what the tracer sends is no riddle, and why the agent has not got it is said', async () => {
  const file = app(`${CHAT()}\nchat()`)
  const env = {
    INTERCEPTOR_DEBUG: '1',
    DD_TRACE_AGENT_URL: 'http://127.0.0.1:1',
    NODE_OPTIONS: `--require ${JSON.stringify(join(ROOT, 'dist', 'register.js'))}`,
  }
  const { stderr } = await interceptor(['--json', 'node', file], { env })
  assert.match(
    stderr,
    /debug: requests to http:\/\/127\.0\.0\.1:1 are not observed: a tracer, an agent or an exporter sends them\n/,
  )
  assert.match(stderr, /debug: spans\.posts\.failed \+1 \(posts that the agent did not take\): ECONNREFUSED\n/)
  assert.not.match(stderr, /127\.0\.0\.1:1\S* is not observed/)
})

// How it ends

const WAITS = "setInterval(() => {}, 1000); console.log('ready')"

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  test(`${signal}: passed on, and we end by it as the program did`, async () => {
    const ended = await interceptor(['node', app(WAITS)], { at: ['ready', command => command.kill(signal)] })
    assert.equal([ended.code, ended.signal], [null, signal])
  })
}

test('a program that ends well on a signal: its exit code', async () => {
  const source = `process.on('SIGTERM', () => process.exit(4)); ${WAITS}`
  const { code } = await interceptor(['node', app(source)], { at: ['ready', command => command.kill('SIGTERM')] })
  assert.is(code, 4)
})

test('a program that ignores signals is killed by the third', async () => {
  const source = "process.on('SIGTERM', () => console.log('no')); setInterval(() => {}, 1000); console.log('ready')"
  let asked = 0
  const ended = await new Promise<Ran>((resolve, reject) => {
    const at = (text: string, command: ChildProcess): void => {
      command.stdout?.on('data', () => {
        asked += 1
        if (asked < 3) command.kill('SIGTERM')
      })
      command.kill('SIGTERM')
      assert.is(text, 'ready')
    }
    interceptor(['node', app(source)], { at: ['ready', command => at('ready', command)] }).then(resolve, reject)
  })
  assert.is(ended.signal, 'SIGKILL')
  assert.match(ended.stderr, /node has been asked twice to end; once more kills it/)
})

test('a program that is killed: we end by the same signal, what it told is shown', async () => {
  const source = `${CHAT()}\nchat().then(() => setTimeout(() => process.kill(process.pid, 'SIGKILL'), 300))`
  const { code, signal, stderr } = await interceptor(['node', app(source)])
  assert.equal([code, signal], [null, 'SIGKILL'])
  assert.match(stderr, /^> 1 call/m)
})

test('when we are killed the program goes on', async () => {
  const done = join(ground.folder, 'done')
  const source = `${CHAT()}
const parent = process.ppid
console.log('ready')
const gone = () => { try { process.kill(parent, 0); return false } catch { return true } }
const wait = setInterval(() => {
  if (!gone()) return
  clearInterval(wait)
  chat().then(() => require('fs').writeFileSync(${JSON.stringify(done)}, 'well'))
}, 10)`
  await interceptor(['node', app(source)], { at: ['ready', command => command.kill('SIGKILL')] })
  for (let i = 0; i < 600 && !existsSync(done); i += 1) await new Promise(resolve => setTimeout(resolve, 50))
  assert.is(readFileSync(done, 'utf8'), 'well')
})

for (const [name, program, code, line] of [
  ['does not exist', 'no-such-program', 127, /^interceptor: there is no program, .* called no-such-program; see/],
  [
    'is a script',
    './app.cjs',
    126,
    /^interceptor: \.\/app\.cjs cannot be executed; to run it with Node: interceptor node/,
  ],
  ['is nearly a command', 'chek', 127, /called chek; did you mean interceptor check\?/],
] as const) {
  test(`a program that ${name}: one line, exit code ${code}`, async () => {
    app('')
    const ended = await interceptor([program])
    assert.is(ended.code, code)
    assert.is(ended.stdout, '')
    assert.match(ended.stderr, line)
    assert.is(ended.stderr.trim().split('\n').length, 1)
  })
}

test('after -- a program may be called like a command', async () => {
  const { code, stderr } = await interceptor(['--', 'open', 'x'], { env: { PATH: ground.folder } })
  assert.is(code, 127)
  assert.match(stderr, /called open/)
})

test('a port that is taken: one line, and the program is not run', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const { code, stdout, stderr } = await interceptor(['--port', String(port), 'node', '-p', '1'])
  server.close()
  assert.equal([code, stdout], [2, ''])
  assert.is(stderr, `interceptor: port ${port} is taken; leave --port out for one that is free\n`)
})

// What is shown

test('--json: one object a call, and nothing else of ours', async () => {
  const { stderr } = await interceptor(['--json', 'node', app(`${CHAT()}\nchat().then(chat)`)])
  const calls = stderr
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  assert.equal(
    calls.map(({ operation, model, process: { script } }) => [operation, model, script]),
    [
      ['createChatCompletion', 'gpt-4o', 'app.cjs'],
      ['createChatCompletion', 'gpt-4o', 'app.cjs'],
    ],
  )
})

for (const [name, flag, gone] of [
  ['--no-content: neither prompt nor answer', '--no-content', /mail|messages"/],
  ['--redact: no e-mail address', '--redact', /a@example\.com/],
] as const) {
  test(`${name}, in what is saved either`, async () => {
    const { stderr } = await interceptor([flag, '--json', '--save', 's.ndjson', 'node', app(`${CHAT()}\nchat()`)])
    assert.match(stderr, /createChatCompletion/)
    assert.not.match(stderr + readFileSync(join(ground.folder, 's.ndjson'), 'utf8'), gone)
  })
}

test('--save keeps the session, for its owner alone; open shows the same', async () => {
  const run = await interceptor(['--save', 's.ndjson', 'node', app(`${CHAT()}\nchat().then(chat)`)])
  const text = readFileSync(join(ground.folder, 's.ndjson'), 'utf8')
  const events = text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line).event)
  assert.equal([events[0], events.at(-1)], ['session', 'end'])
  assert.equal(events.slice(1, -1).sort(), ['call', 'call', 'open', 'open'])
  assert.not.match(text, /0123456789abcdef/)
  assert.match(text, /"wire":\{"request":/)
  const opened = await interceptor(['open', 's.ndjson'])
  assert.equal([opened.code, opened.stderr], [0, ''])
  assert.is(opened.stdout, run.stderr)
  const json = await interceptor(['open', 's.ndjson', '--json'])
  assert.is(json.stdout.trim().split('\n').length, 2)
  // Again: a session is overwritten, anything else is not.
  assert.is((await interceptor(['--save', 's.ndjson', 'node', '-e', '0'])).code, 0)
  writeFileSync(join(ground.folder, 'notes.txt'), 'dear diary')
  const refused = await interceptor(['--save', 'notes.txt', 'node', '-p', '1'])
  assert.equal([refused.code, refused.stdout], [2, ''])
  assert.match(refused.stderr, /^interceptor: --save: notes\.txt holds something else than a session .*\n$/)
  assert.is(readFileSync(join(ground.folder, 'notes.txt'), 'utf8'), 'dear diary')
})

test('open: what is cut off, newer, empty, another’s or not there', async () => {
  await interceptor(['--save', 's.ndjson', 'node', app(`${CHAT()}\nchat()`)])
  const whole = readFileSync(join(ground.folder, 's.ndjson'), 'utf8')
  const last = whole.lastIndexOf('\n{')
  const FILES: [name: string, text: string, code: number, said: RegExp][] = [
    ['cut', whole.slice(0, last - 50), 0, /^interceptor: the last line of cut is cut off: .*\n$/],
    ['killed', whole.slice(0, last + 1), 0, /^interceptor: killed has no end: .*\n$/],
    ['odd', whole.replace('{"event":"open"', '{"event":"open"x'), 0, /^interceptor: 1 lines of odd could not be read/],
    [
      'newer',
      whole.replace('"version":1', '"version":2'),
      1,
      /newer is of a newer version of interceptor .* update it\n$/,
    ],
    ['empty', '', 1, /empty is empty/],
    ['other', 'hello\n', 1, /other is no saved session: its first line is none of ours\n$/],
    ['binary', '\0\n\0', 1, /binary is no saved session/],
  ]
  for (const [name, text, code, said] of FILES) {
    writeFileSync(join(ground.folder, name), text)
    const opened = await interceptor(['open', name])
    assert.is(opened.code, code, name)
    assert.match(opened.stderr, said)
    assert.is(opened.stderr.trim().split('\n').length, 1, name)
  }
  const missing = await interceptor(['open', 'nothing'])
  assert.equal([missing.code, missing.stderr], [1, 'interceptor: nothing cannot be read: there is no such file\n'])
})

test('a saved session does not keep the keys of its command', async () => {
  await interceptor(['--save', 's.ndjson', 'node', '-e', '0', '--', '--api-key', 'hunter2'])
  const [first = ''] = readFileSync(join(ground.folder, 's.ndjson'), 'utf8').split('\n')
  assert.equal(JSON.parse(first).command, ['node', '-e', '0', '--', '--api-key', '[redacted]'])
})

test('open takes an INTERCEPTOR_FILE too', async () => {
  await interceptor(['node', app(`${CHAT()}\nchat()`)], {
    env: { INTERCEPTOR_FILE: join(ground.folder, 'calls.ndjson') },
  })
  const { stdout, stderr, code } = await interceptor(['open', 'calls.ndjson'])
  assert.equal([code, stderr], [0, ''])
  assert.match(stdout, /^> .* createChatCompletion .*\n> 1 call,/)
})

test('a reader that has read enough ends nothing', async () => {
  const source = `${CHAT()}\nchat().then(chat).then(() => process.exit(5))`
  const shell = ['sh', '-c', '"$@" 2>&1 >/dev/null | head -n 0; exit 0', 'sh']
  assert.is((await interceptor(['node', app(source)], { under: shell })).code, 0)
  const open = ['sh', '-c', '"$@" | head -n 1', 'sh']
  await interceptor(['--save', 's.ndjson', 'node', app(source)])
  assert.match((await interceptor(['open', 's.ndjson'], { under: open })).stdout, /^> [^\n]*\n$/)
  // The program's own exit code, though nobody reads what we say.
  const both = ['bash', '-c', '"$@" 2> >(exec true)', 'bash']
  assert.is((await interceptor(['node', app(source)], { under: both })).code, 5)
})

test('more calls than can be told: each is shown, or counted', async () => {
  const source = `
const { channel } = require('diagnostics_channel')
const many = async () => {
  for (let i = 0; i < 15; i += 1) await Promise.all(Array.from({ length: 20 }, () => fetch(process.env.OPENAI_BASE_URL + '/models').then(r => r.text())))
}
many()`
  const { code, stderr } = await interceptor(['node', app(source)], { env: { INTERCEPTOR_EXIT_TIMEOUT_MS: '60000' } })
  assert.is(code, 0)
  const [, calls = '0'] = /^> ([\d,]+) calls?, 0 errors/m.exec(stderr) ?? []
  const [, lost = '0'] = /, ([\d,]+) lost/.exec(stderr) ?? []
  assert.is(Number(calls.replace(',', '')) + Number(lost.replace(',', '')), 300)
  assert.is(stderr.match(/ listModels .* 200 /g)?.length, Number(calls.replace(',', '')))
})

test('with --ui the address of the page is said, and it takes the token only', async () => {
  let url = ''
  const source = `console.log('ready'); process.stdin.resume(); setInterval(() => {}, 1000); process.on('SIGTERM', () => process.exit(0))`
  const ran = interceptor(['--ui', 'node', app(source)], { at: ['ready', command => command.kill('SIGTERM')] })
  const { stderr } = await ran
  url = /the page is at (\S+)/.exec(stderr)?.[1] ?? ''
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/\?token=\w{48}$/)
})

test.run()
