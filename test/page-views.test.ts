import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { loadTape, requestBytes, responseBytes } from '../lib/local/tapes/tape'
import type { Call } from '../lib/openai/call'
import type { Wire } from '../lib/openai/wire'
import { asTape } from '../lib/page/as-tape'
import { chartsOf, chosenSteps } from '../lib/page/charts/series'
import { filtered, NO_FILTER } from '../lib/page/filter'
import { endedRow, type Row } from '../lib/page/row'
import { groupsOf } from '../lib/page/waterfall/groups'
import { shownGroups } from '../lib/page/waterfall/shown'
import { madeCall } from './page-calls'

const START = Date.UTC(2026, 0, 5, 9)

function row(id: string, at: number, more: Partial<Call> = {}, pid = 100): Row {
  const event = madeCall(id, { startedAt: START + at, durationMs: 100, ...more })
  return endedRow({ ...event, process: { ...event.process, pid } })
}

const trace = (traceId: string, spanId: string): Pick<Call, 'trace'> => ({
  trace: { traceId, spanId, samplingId: 1n, kept: () => true },
})

const views = suite('the views of the page')

views('a waterfall has the calls of one trace together, whatever came in between', () => {
  const rows = [
    row('a', 0, trace('t1', '1')),
    row('b', 50, trace('t2', '2')),
    row('c', 5_000, trace('t1', '3')),
    row('d', 5_050, trace('t2', '4')),
    row('e', 100),
  ]
  const groups = groupsOf(rows).map(({ by, lanes }) => [by, lanes.map(({ attempts }) => attempts.map(({ id }) => id))])
  assert.equal(groups, [
    ['process', [['e']]],
    ['trace', [['b'], ['d']]],
    ['trace', [['a'], ['c']]],
  ])
})

views('without a trace, those of a process are together that came without a rest, each process apart', () => {
  const rows = [row('a', 0), row('b', 500), row('c', 3_000), row('other', 600, {}, 200)]
  const groups = groupsOf(rows).map(({ lanes, from, to }) => [lanes.flatMap(l => l.attempts.map(r => r.id)), to - from])
  assert.equal(groups, [
    [['c'], 100],
    [['other'], 100],
    [['a', 'b'], 600],
  ])
})

views('attempts of one call are one line, and what goes on from a call names it as its parent', () => {
  const turn = (index: number): Partial<Call> => ({ turn: { id: 'u', index } })
  const rows = [
    row('first', 0, { ...turn(1), attempt: 1 }),
    row('again', 300, { ...turn(1), attempt: 2, retryWaitMs: 200 }),
    row('next', 1_000, turn(2)),
    row('strange', 310, { ...turn(1), attempt: 2, retryWaitMs: 5 }),
  ]
  const [group] = groupsOf(rows)
  assert.is(group?.by, 'turn')
  assert.equal(
    group?.lanes.map(({ attempts, parent }) => [attempts.map(({ id }) => id), parent]),
    [
      [['first', 'again'], undefined],
      [['strange'], 0],
      [['next'], 1],
    ],
  )
})

views('a turn or a trace of one call puts nothing together', () => {
  const alone = groupsOf([
    row('a', 0, { turn: { id: 'x', index: 1 } }),
    row('b', 10, { turn: { id: 'y', index: 1 }, ...trace('t', '1') }),
  ])
  assert.equal(
    alone.map(({ by, lanes }) => [by, lanes.length]),
    [['process', 2]],
  )
})

views('of many groups the newest are drawn, and one that is too long is cut', () => {
  const groups = groupsOf(Array.from({ length: 1_000 }, (_, i) => row(`${i}`, i * 10_000)))
  assert.equal([shownGroups(groups).shown.length, shownGroups(groups).left], [400, 600])
  const long = shownGroups(groupsOf(Array.from({ length: 1_000 }, (_, i) => row(`${i}`, i))))
  assert.equal([long.shown.length, long.shown[0]?.lanes.length, long.left], [1, 400, 0])
})

views(
  'charts add up tokens and dollars by model, nothing where nothing was spent, and say percentiles, headroom and errors of each step',
  () => {
    const limit = (remaining: number): Partial<Call> => ({
      rateLimits: new Map([['requests', { limit: 100, remaining }]]),
    })
    const rows = [
      row('a', 0, { model: 'm1', usage: { input: 10, output: 5 }, cost: 0.5, durationMs: 100, ...limit(80) }),
      row('b', 10, { model: 'm1', usage: { total: 7 }, durationMs: 300, ...limit(60) }),
      row('c', 4_000, { model: 'm2', cost: 0.25, durationMs: 200, stream: { events: 1, firstTokenMs: 40 } }),
      row('d', 4_500, { error: { class: 'E', message: '', kind: 'rate_limit' }, model: 'm2', durationMs: 50 }),
    ]
    const charts = new Map(chartsOf(rows).map(chart => [chart.id, chart]))
    const of = (id: string): unknown =>
      charts.get(id)?.lines.map(({ name, values }) => [name, values.filter(v => v !== undefined)])
    assert.is(charts.get('tokens')?.times.length, 5)
    assert.equal(of('tokens'), [
      ['m1', [22, 0, 0, 0, 0]],
      ['m2', [0, 0, 0, 0, 0]],
    ])
    assert.equal(of('cost'), [
      ['m1', [0.5, 0, 0, 0, 0]],
      ['m2', [0, 0, 0, 0, 0.25]],
    ])
    assert.equal(of('duration'), [
      ['p50', [100, 50]],
      ['p95', [300, 200]],
    ])
    assert.equal(of('first'), [
      ['p50', [40]],
      ['p95', [40]],
    ])
    assert.equal(of('limits'), [['requests', [60]]])
    assert.equal(charts.get('errors')?.lines, [{ name: 'rate_limit', values: [0, 0, 0, 0, 1] }])
    assert.equal(chartsOf([]), [])
  },
)

views('a day of calls has no more steps than can be seen, and many models are a few lines', () => {
  const rows = Array.from({ length: 2_000 }, (_, i) =>
    row(`${i}`, i * 43_200, { model: `m${i % 9}`, usage: { total: 1 } }),
  )
  const [tokens] = chartsOf(rows)
  assert.ok((tokens?.times.length ?? 0) <= 121, String(tokens?.times.length))
  assert.is(tokens?.lines.length, 6)
  const all = tokens?.lines.flatMap(({ values }) => values).reduce((sum = 0, value = 0) => sum + value, 0)
  assert.is(all, 2_000)
})

views('the last minute is counted from the newest call, and a chosen part of a chart has an end', () => {
  const rows = [row('a', 0), row('b', 100_000), row('c', 150_000)]
  const ids = (filter: Partial<typeof NO_FILTER>): string[] =>
    filtered(rows, { ...NO_FILTER, ...filter }).map(({ id }) => id)
  assert.equal(ids({ within: 60 }), ['b', 'c'])
  assert.equal(ids({ between: { from: START, to: START + 100_001 } }), ['a', 'b'])
})

views('what is chosen on a chart is whole steps: all of it is all calls, a place between two is the nearest', () => {
  const rows = Array.from({ length: 100 }, (_, i) => row(`${i}`, i * 60_000 + 59_000))
  const [chart] = chartsOf(rows)
  assert.ok(chart)
  const shown = (from: number, to: number): number => {
    const between = chosenSteps(chart, from, to)
    return between === undefined ? 0 : filtered(rows, { ...NO_FILTER, between }).length
  }
  const [first = 0] = chart.times
  const last = chart.times.at(-1) ?? 0
  assert.is(chart.step, 60)
  assert.is(shown(first, last), 100)
  assert.is(shown(first - 5, first + 5), 1)
  assert.is(shown(first + 61, first + 70), 1)
  assert.is(shown(first + 60, first + 180), 3)
})

const WIRE: Wire = {
  request: {
    method: 'POST',
    url: 'https://api.openai.com/v1/chat/completions',
    headers: [
      ['authorization', 'Bearer [redacted]'],
      ['content-type', 'application/json'],
      ['content-length', '12'],
    ],
    bytes: 12,
    body: '{"model":"m"}',
  },
  response: {
    status: 200,
    headers: [
      ['content-type', 'text/event-stream'],
      ['content-encoding', 'gzip'],
    ],
    bytes: 40,
    chunks: [
      { ms: 1, bytes: 20, text: 'data: {"a":1}\n\nda' },
      { ms: 2, bytes: 20, text: 'ta: [DONE]\n\n' },
    ],
  },
}

views('a call that is copied as a tape is a tape, which answers the same bytes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tape-'))
  try {
    const file = join(folder, 'copied.json')
    writeFileSync(file, asTape(WIRE) ?? '')
    const tape = loadTape(file)
    assert.is(responseBytes(tape).toString(), 'data: {"a":1}\n\ndata: [DONE]\n\n')
    assert.equal(JSON.parse(requestBytes(tape).toString()), { model: 'm' })
    assert.equal(tape.response.headers, { 'content-type': 'text/event-stream' })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

views('what is no event stream by the letter, or no JSON, stays the text that it was', () => {
  const answered = (body: string, type = 'application/json'): unknown => {
    const response = { status: 200, headers: [['content-type', type] as const], bytes: 1, body }
    const { headers: _, ...rest } = JSON.parse(asTape({ ...WIRE, response }) ?? '').response
    return rest
  }
  assert.equal(answered('plain'), { status: 200, text: 'plain' })
  assert.equal(answered('{"a":[1]}'), { status: 200, body: { a: [1] } })
  assert.equal(answered('12.50', 'text/plain'), { status: 200, text: '12.50' })
  for (const lossy of ['{"id":12345678901234567890}', '{"a":1,"a":2}']) {
    assert.equal(answered(lossy), { status: 200, text: lossy })
  }
  for (const text of [': hi\n\ndata: x\n\n', 'data: {"a":1}\r\n\r\n']) {
    const odd = { ...WIRE, response: { status: 200, headers: [], bytes: 9, chunks: [{ ms: 1, bytes: 9, text }] } }
    assert.is(JSON.parse(asTape(odd) ?? '').response.text, text)
  }
})

views('an event whose JSON would be written otherwise is kept as it was sent', () => {
  const events = (text: string): unknown => {
    const response = { status: 200, headers: [], bytes: 9, chunks: [{ ms: 1, bytes: 9, text }] }
    return JSON.parse(asTape({ ...WIRE, response }) ?? '').response.events
  }
  assert.equal(events('data: {"a": 1}\n\ndata: {"n":12345678901234567890}\n\ndata: {"a":1}\n\n'), [
    { data: '{"a": 1}' },
    { data: '{"n":12345678901234567890}' },
    { data: { a: 1 } },
  ])
})

views('what was not kept whole, or is withheld, is no tape: it would answer something else', () => {
  const { request, response } = WIRE
  assert.is(asTape({ request }), undefined)
  assert.is(asTape({ request: { ...request, cut: { at: 1, bytes: 2 } }, ...(response && { response }) }), undefined)
  assert.is(asTape({ request, response: { status: 200, headers: [], bytes: 1, withheld: 'off' } }), undefined)
})

views.run()
