import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SessionEvent } from '../lib/live/event'
import { arrived, textOfEvents } from '../lib/page/arrived'
import { asCurl, asFetch } from '../lib/page/as-command'
import { laidOut } from '../lib/page/conversation'
import { choices, filtered, NO_FILTER } from '../lib/page/filter'
import type { Row } from '../lib/page/row'
import { type Known, NOTHING_KNOWN, withEvents } from '../lib/page/rows'
import { scrolledTo, shownRows } from '../lib/page/shown-rows'
import { clicked, NEWEST_FIRST, sorted } from '../lib/page/sort'
import { visibleParts, visibleText } from '../lib/page/visible'
import { madeCall } from './page-calls'

/** The page's parts that are functions of what they are given. */

const test = suite('the page’s list and texts')

const row = (id: string, more: Partial<Row> = {}): Row => ({
  id,
  startedAt: Number(id),
  operation: 'createChatCompletion',
  model: 'gpt-4o',
  host: 'api.openai.com',
  process: { pid: 1, thread: 0 },
  state: 'good',
  status: '200',
  haystack: '',
  ...more,
})
const idsOf = (rows: readonly Row[]): string => rows.map(({ id }) => id).join(' ')

test('all words of a search must be found, whatever their case and order', () => {
  const rows = [row('1', { haystack: 'hello big world' }), row('2', { haystack: 'hello' })]
  assert.is(idsOf(filtered(rows, { ...NO_FILTER, text: ' WORLD  hello ' })), '1')
  assert.is(idsOf(filtered(rows, NO_FILTER)), '1 2')
})

test('model, operation and status choose exactly, and are offered once each', () => {
  const rows = [row('1'), row('2', { model: 'gpt-4o-mini' }), row('3', { state: 'failed' }), row('4', { model: '' })]
  assert.is(idsOf(filtered(rows, { ...NO_FILTER, model: 'gpt-4o' })), '1 3')
  assert.is(idsOf(filtered(rows, { ...NO_FILTER, model: 'gpt-4o', state: 'failed' })), '3')
  assert.is(idsOf(filtered(rows, { ...NO_FILTER, operation: 'createEmbedding' })), '')
  assert.equal(choices(rows, 'model'), ['gpt-4o', 'gpt-4o-mini'])
})

test('the newest is first; a column sorts down, then up, and what has no value is last both ways', () => {
  const rows = [row('1', { model: 'b' }), row('3', { model: '' }), row('2', { model: 'a' }), row('4', { model: 'a' })]
  assert.is(idsOf(sorted(rows, NEWEST_FIRST)), '4 3 2 1')
  const down = clicked(NEWEST_FIRST, 'model')
  assert.is(idsOf(sorted(rows, down)), '1 4 2 3')
  assert.is(idsOf(sorted(rows, clicked(down, 'model'))), '4 2 1 3')
})

test('of 50,000 rows only those in view and a few beside them are drawn', () => {
  assert.equal(shownRows(0, 640, 32, 50_000), { first: 0, end: 30 })
  assert.equal(shownRows(32_000, 640, 32, 50_000), { first: 990, end: 1030 })
  assert.equal(shownRows(1e9, 640, 32, 5), { first: 0, end: 5 })
})

test('a row out of view is scrolled to, one in view is not', () => {
  assert.is(scrolledTo(0, 100, 640, 32), 0)
  assert.is(scrolledTo(10, 100, 640, 32), 100)
  assert.is(scrolledTo(40, 100, 640, 32), 41 * 32 - 640)
})

test('what would hide or turn text is shown by its name', () => {
  assert.equal(visibleParts('a\u202eb'), [
    { text: 'a', mark: false },
    { text: 'U+202E', mark: true },
    { text: 'b', mark: false },
  ])
  const hidden = ['\u001b', '\u0000', '\u200b', '\u2066', '\u061c', '\ufeff', '\u{e0041}', '\u2028', '\ud800', '\r']
  for (const character of hidden) assert.match(visibleText(`a${character}b`), /^a‹U\+[0-9A-F]{4,}›b$/)
  assert.is(visibleText('x\u200dy'), 'x‹U+200D›y')
})

test('line breaks, tabs, emoji of several parts and right-to-left scripts stay as they are', () => {
  for (const text of ['a\r\nb\tc', '👩‍👩‍👧', '❤️‍🔥', '👩🏽‍💻', 'می‌خواهم', 'שלום']) assert.is(visibleText(text), text)
})

test('JSON inside a text is laid out, other text is left', () => {
  assert.is(laidOut('{"a":[1]}'), '{\n  "a": [\n    1\n  ]\n}')
  assert.is(laidOut('{"a":'), '{"a":')
  assert.is(laidOut('1'), '1')
})

const request = {
  method: 'POST',
  url: 'https://api.openai.com/v1/x?a=1',
  headers: [
    ['authorization', 'Bearer [redacted]'],
    ['content-length', '9'],
    ['x-a', "it's $(ls)"],
    ['x-`ls`', '[redacted]'],
  ] as const,
  bytes: 9,
  body: "it's `ls` $HOME",
}

test('a copy for the shell runs nothing of what is in it, and takes the key from the environment', () => {
  const expected = [
    "curl -g -X 'POST' 'https://api.openai.com/v1/x?a=1' \\",
    `  -H 'authorization: Bearer '"$OPENAI_API_KEY" \\`,
    "  -H 'x-a: it'\\''s $(ls)' \\",
    `  -H 'x-\`ls\`: '"$OPENAI_API_KEY" \\`,
    "  --data-raw 'it'\\''s `ls` $HOME'",
  ]
  assert.is(asCurl(request), expected.join('\n'))
})

test('a copy as fetch sends the same', async () => {
  const run = new Function('fetch', 'process', `return (async () => ${asFetch(request)})()`)
  const sent: unknown[] = []
  await run((...args: unknown[]) => sent.push(args), { env: { OPENAI_API_KEY: 'key' } })
  const headers = { authorization: 'Bearer key', 'x-a': "it's $(ls)", 'x-`ls`': 'key' }
  assert.equal(sent, [[request.url, { method: 'POST', headers, body: request.body }]])
})

test('a stream is replayed to any of its chunks, an event in two chunks whole or not at all', () => {
  const events = ['Hel', 'lo']
    .map(content => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`)
    .join('')
  const chunks = [events.slice(0, 60), events.slice(60)].map((text, index) => ({ ms: index, bytes: 1, text }))
  assert.equal(
    [0, 1, 2].map(count => textOfEvents(arrived(chunks, count))),
    ['', 'Hel', 'Hello'],
  )
  assert.is(textOfEvents('data: {"type":"response.output_text.delta","delta":"Hi"}\ndata: [DONE]\ndata: {"x"'), 'Hi')
})

const process = { pid: 1, thread: 0 }
const opened = (id: string) => ({ event: 'open', id, at: 1, process, operation: 'x', host: 'h' }) as const

test('a call that opens and ends is one row', () => {
  const told = withEvents(withEvents(NOTHING_KNOWN, { older: [], newer: [opened('a')] }), {
    older: [],
    newer: [
      { event: 'lost', at: 2, process, calls: 2, why: 'full' },
      { event: 'end', at: 3, exitCode: 1 },
    ],
  })
  assert.equal([[...told.rows.keys()], told.lost, told.ended], [['a'], 2, 'ended with code 1'])
})

test('what was told is the same whether it comes in order or the newest first', () => {
  const events: SessionEvent[] = [
    { event: 'session', version: 1, startedAt: 0, command: ['node', 'app.js'], interceptor: '', node: '' },
    opened('a'),
    opened('b'),
    madeCall('b'),
    { event: 'lost', at: 2, process, calls: 2, why: 'full' },
    madeCall('a'),
    opened('c'),
    { event: 'lost', at: 3, process, calls: 1, why: 'full' },
    madeCall('d'),
    { event: 'end', at: 4 },
  ]
  const inOrder = withEvents(NOTHING_KNOWN, { older: [], newer: events })
  const rows = (told: Known) => Array.from(told.rows, ([id, { state }]) => `${id} ${state}`)
  assert.equal(rows(inOrder), ['a good', 'b good', 'c open', 'd good'])
  for (let live = 0; live <= events.length; live += 1) {
    for (let piece = 1; piece <= live; piece += 1) {
      let told = NOTHING_KNOWN
      // While the past comes piece by piece, the rest is told.
      for (let end = live; end > 0; end -= piece) {
        told = withEvents(told, {
          older: events.slice(Math.max(0, end - piece), end),
          newer: end === live ? events.slice(live) : [],
        })
      }
      assert.equal({ ...told, rows: rows(told) }, { ...inOrder, rows: rows(inOrder) })
    }
  }
})

test.run()
