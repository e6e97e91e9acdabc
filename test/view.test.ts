import { execFile } from 'node:child_process'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Call } from '../lib/openai/call'
import { clock, count, dollars, duration } from '../lib/view/amounts'
import { callLine } from '../lib/view/call-line'
import { harmless } from '../lib/view/harmless'
import { screenOf } from '../lib/view/screen'
import { summary } from '../lib/view/summary'
import { type Terminal, terminalOf } from '../lib/view/terminal'
import { percentile, Tally } from '../lib/view/totals'
import { LinesView } from '../lib/view/view'
import { cutTo, widthOf } from '../lib/view/width'

const test = suite('the terminal view')

const NOTHING = { fields: new Map(), content: new Map() }

function call(more: Partial<Call> = {}): Call {
  return {
    operation: 'createChatCompletion',
    endpoint: '/v1/chat/completions',
    method: 'POST',
    family: 'chat.completions',
    api: { base: 'https://api.openai.com/v1', type: 'open_ai' },
    startedAt: 1_700_000_000_000,
    tags: {},
    durationMs: 812,
    http: { url: '', host: 'api.openai.com', port: 443, status: 200 },
    model: 'gpt-4o-mini',
    caller: {},
    request: NOTHING,
    response: NOTHING,
    sample: {},
    usage: { input: 1204, output: 312 },
    cost: 0.000368,
    aborted: false,
    stream: { events: 3, firstTokenMs: 120 },
    rateLimits: new Map(),
    truncated: false,
    unparsed: [],
    ...more,
  }
}

const of = (columns: number, env: NodeJS.ProcessEnv = {}): Terminal =>
  terminalOf({ isTTY: false, columns: 0 } as never, { COLUMNS: String(columns), ...env })
const FAILED = call({
  error: { class: 'RateLimitError', kind: 'rate_limit', message: 'slow down' },
  http: { url: '', host: '', port: 1, status: 429 },
})

test('no line is longer than the terminal is wide, however narrow; status stays from 20 columns on', () => {
  const wide = call({ model: '模型模型模型模型模型模型模型', operation: 'POST /日本語/very/long/path/of/a/call' })
  for (let columns = 4; columns < 200; columns += 1) {
    const tally = new Tally()
    for (const each of [call(), FAILED, wide]) {
      tally.add(each)
      const line = callLine(each, of(columns))
      assert.ok(widthOf(line) <= columns, `${columns}: ${line}`)
      if (columns >= 20) assert.match(line, / (200|429)( |$)/)
    }
    for (const line of summary(tally, { open: 1, lost: 2 }, of(columns))) assert.ok(widthOf(line) <= columns, line)
  }
  assert.match(callLine(FAILED, of(80)), /429 .* rate_limit: sl/)
})

test('colours where they are wanted, and nothing else of a line changes', () => {
  const plain = callLine(FAILED, of(120))
  assert.not.match(plain, '\x1b')
  const coloured = callLine(FAILED, of(120, { FORCE_COLOR: '1' }))
  assert.match(coloured, '\x1b[31m')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are made of them
  assert.is(coloured.replace(/\x1b\[\d+m/g, ''), plain)
  assert.is(callLine(FAILED, of(120, { FORCE_COLOR: '1', NO_COLOR: '1' })), plain)
  const terminal = { isTTY: true, columns: 100 } as never
  assert.match(callLine(FAILED, terminalOf(terminal, {})), '\x1b[31m')
  for (const env of [{ NO_COLOR: '1' }, { FORCE_COLOR: '0' }, { TERM: 'dumb' }]) {
    assert.not.match(callLine(FAILED, terminalOf(terminal, env)), '\x1b')
  }
})

test('what comes from the wire moves no cursor, rings no bell, turns no writing', () => {
  assert.is(harmless('a\x1b[2Jb\x07c\u009bd\u202ee\u200bf\u2028g\n\th\ud800'), 'a?[2Jb?c?d?e?f g h?')
  assert.is(harmless('naïve 日本 🎉'), 'naïve 日本 🎉')
})

test('numbers that a saved file makes up are shown as nothing', () => {
  const bad = ['1', -1, Number.NaN, null, {}]
  for (const value of bad) assert.equal([count(value), dollars(value), duration(value)], ['', '', ''])
  assert.is(clock('x'), '--:--:--')
  assert.equal([duration(0.4), duration(9_999), duration(61_000)], ['0.4 ms', '10.00 s', '1 min 01 s'])
  assert.equal(
    [dollars(0), dollars(1e-9), dollars(0.0042), dollars(12.345)],
    ['$0', '< $0.000001', '$0.004200', '$12.35'],
  )
})

test('percentiles are values that were measured', () => {
  const values = Array.from({ length: 20 }, (_, i) => 20 - i)
  assert.equal(
    [percentile(values, 0.5), percentile(values, 0.95), percentile([7], 0.95), percentile([], 0.5)],
    [...[10, 19, 7], undefined],
  )
})

test('wide characters take two columns, and are not cut in half', () => {
  assert.equal([widthOf('日本'), cutTo('日本語', 5), cutTo('日本語', 4), cutTo('ab', 0)], [4, '日本…', '日…', ''])
})

test('on a terminal the last line counts what is open; a call’s line takes it away and puts it back', () => {
  const written: string[] = []
  const screen = screenOf({ isLive: true, width: () => 40, style: (_, text) => text }, text => written.push(text))
  screen.status('1 call open')
  screen.line('> done')
  screen.status('')
  assert.equal(written, [
    '\x1bD\x1bM\x1b7\x1b[1B\x1b[2K\x1b[30G\x1b[2m1 call open\x1b[22m\x1b8',
    `\x1bD\x1bM\x1b7\x1b[1B\x1b[2K\x1b8${' '.repeat(40)}\r> done\n\x1bD\x1bM\x1b7\x1b[1B\x1b[2K\x1b[30G\x1b[2m1 call open\x1b[22m\x1b8`,
    '\x1bD\x1bM\x1b7\x1b[1B\x1b[2K\x1b8',
  ])
})

test('calls that have not ended, and those that were lost, are in the summary', () => {
  const written: string[] = []
  const view = new LinesView(of(200), text => written.push(text))
  const who = { pid: 1, thread: 0 }
  view.take({ event: 'open', id: 'a', at: 0, process: who, operation: 'x', host: '' })
  view.take({ event: 'open', id: 'b', at: 0, process: who, operation: 'x', host: '' })
  view.take({ event: 'open', id: 'c', at: 0, process: who, operation: 'x', host: '' })
  view.take({ event: 'call', id: 'a', process: who, call: call() })
  view.take({ event: 'lost', at: 0, process: who, calls: 1, why: 'the queue was full' })
  view.finish()
  assert.match(written.join(''), /^> 1 call, 0 errors, 1,204 > 312 tokens, \$0\.000368, 1 not ended, 1 lost/m)
})

test('in a real terminal: coloured, and cut to its width', async () => {
  const script = `
    process.stderr.columns = 30
    const { terminalOf } = require('./dist/view/terminal')
    const terminal = terminalOf(process.stderr, process.env)
    process.stdout.write(JSON.stringify([process.stderr.isTTY === true, terminal.isLive, terminal.width(), terminal.style('red', 'x')]))`
  const args = ['-qec', `node -e "$CODE"`, '/dev/null']
  const env = { PATH: process.env.PATH, TERM: 'xterm', CODE: script }
  const shown = await new Promise<string | undefined>(resolve =>
    execFile('script', args, { env, cwd: `${__dirname}/..` }, (error, stdout) => resolve(error ? undefined : stdout)),
  )
  // Where there is no such program there is no such terminal.
  if (shown === undefined) return
  assert.is(shown.trim(), JSON.stringify([true, true, 30, '\x1b[31mx\x1b[39m']))
})

test.run()
