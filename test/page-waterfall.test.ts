import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { CallingContext, SessionEvent } from '../lib/live/event'
import { eventFromJson, eventToJson } from '../lib/live/event'
import type { Call } from '../lib/openai/call'
import { endedRow, type Row } from '../lib/page/row'
import { groupsOf } from '../lib/page/waterfall/groups'
import { shownGroups } from '../lib/page/waterfall/shown'
import { titleOf } from '../lib/page/waterfall/title'
import { LIVE_TARGET, targetToText } from '../lib/sinks/live/target'
import { browserSuite, detailOf, faultsOf, type Opened, picture, rowsOf } from './browser'
import { madeCall } from './page-calls'

/** Which calls the waterfall puts together, from what apps tell; and as a person uses it. */
const { test, run } = browserSuite('the waterfall of the page')

/** Without them no tracer runs. */
const AGENT = ['DD_TRACE_AGENT_URL', 'DD_AGENT_HOST', 'DD_DOGSTATSD_PORT', 'DD_DOGSTATSD_URL', 'DD_API_KEY']
const REGISTER = join(__dirname, '..', 'dist', 'register.js')
const START = Date.UTC(2026, 0, 5, 9)

async function told({ ground, session, receiver }: Opened, source: string): Promise<SessionEvent[]> {
  const env = {
    ...Object.fromEntries(AGENT.map(name => [name, ''])),
    [LIVE_TARGET]: targetToText({ port: receiver.port, token: receiver.token, folder: ground.folder }),
    NODE_OPTIONS: `--require ${JSON.stringify(REGISTER)}`,
  }
  const { code, stderr } = await ground.run(ground.write('waterfall.cjs', source), { env })
  assert.equal([code, stderr], [0, ''])
  return session.after(0).map(({ event }) => event)
}

/** Two users ask at once, on connections that are kept; each answer takes two calls, with waits in between. */
const SERVER = `
const { createServer, Agent, get } = require('node:http')
const { setTimeout: sleep } = require('node:timers/promises')
const call = path => fetch(process.env.OPENAI_BASE_URL + path).then(r => r.text())
const server = createServer(async (request, response) => {
  await sleep(5)
  await call('/models/' + request.url.slice(-1))
  await new Promise(resolve => setImmediate(resolve))
  await call('/files')
  response.end('done')
})
const agent = new Agent({ keepAlive: true, maxSockets: 2 })
const ask = path => new Promise(resolve => get({ port: server.address().port, path, agent }, r => r.resume().on('end', resolve)))
server.listen(0, '127.0.0.1', async () => {
  await Promise.all([ask('/chat/4711/ask?q=secret1'), ask('/other/2')])
  await ask('/chat/4711/ask?q=3')
  await call('/batches')
  agent.destroy()
  server.close()
})
`

const contextOf = (event: SessionEvent): CallingContext | undefined => ('context' in event ? event.context : undefined)
const rowsIn = (events: readonly SessionEvent[]): Row[] =>
  events.flatMap(event => (event.event === 'call' ? [endedRow(event)] : []))
const operationsOf = (row: Row): string => row.operation

test('each request that a server answers has its calls together, on kept connections too', async opened => {
  const events = await told(opened, SERVER)
  const groups = [...groupsOf(rowsIn(events))].reverse()
  const seen = groups.map(({ by, lanes }) => [by, lanes.flatMap(({ attempts }) => attempts.map(operationsOf))])
  assert.equal(seen.slice(0, 4), [
    ['request', ['retrieveModel', 'listFiles']],
    ['request', ['retrieveModel', 'listFiles']],
    ['request', ['retrieveModel', 'listFiles']],
    ['process', ['listBatches']],
  ])
  const names = [...new Set(events.map(event => contextOf(event)?.name))].sort()
  assert.equal(names, ['GET /chat/*/ask', 'GET /other/*', undefined])
  // What is open already stands where it will stay.
  const opens = events.filter(event => event.event === 'open').map(event => contextOf(event)?.id)
  assert.is(new Set(opens.filter(Boolean)).size, 3)
  assert.not.match(JSON.stringify(events.map(eventToJson)), /secret1|4711/)
})

const TAGS = `
const { withTags } = require(${JSON.stringify(join(__dirname, '..', 'dist', 'index.js'))})
const call = path => fetch(process.env.OPENAI_BASE_URL + path).then(r => r.text())
const job = name => withTags({ job: name }, async () => { await call('/models'); await call('/files') })
Promise.all([job('a'), job('b')])
`

test('calls inside one withTags are together, apart from those beside it', async opened => {
  const groups = groupsOf(rowsIn(await told(opened, TAGS)))
  assert.equal(
    groups.map(({ by, lanes }) => [by, lanes.length]),
    [
      ['tags', 2],
      ['tags', 2],
    ],
  )
  const titles = groups.map(titleOf).sort()
  assert.match(titles[0] ?? '', /tags job=[ab] · 2 calls/)
})

const inRequest = (id: string, more: Partial<CallingContext> = {}): { context: CallingContext } => ({
  context: { id, by: 'request', name: 'POST /ask', startedAt: START, ...more },
})
const row = (id: string, at: number, more: Partial<Call> = {}): Row =>
  endedRow(madeCall(id, { startedAt: START + at, durationMs: 100, ...more }))

test('the axis of a request begins with the request; one call alone is told with it, too', async () => {
  const [group] = groupsOf([{ ...row('a', 500), ...inRequest('c1') }])
  assert.equal([group?.by, group?.from, group?.to], ['request', START, START + 600])
  assert.match(group === undefined ? '' : titleOf(group), /· request POST \/ask · 1 call · 600 ms$/)
})

test('a trace goes before a request, a request before a turn, tags that one call has put nothing together', async () => {
  const trace = { trace: { traceId: 't', spanId: '1', samplingId: 1n, kept: () => true } }
  const turn = { turn: { id: 'u', index: 1 } }
  const by = (...rows: Row[]): string => [...new Set(groupsOf(rows).map(group => group.by))].join()
  assert.is(
    by({ ...row('a', 0, { ...trace, ...turn }), ...inRequest('c') }, row('b', 1, { ...trace, ...turn })),
    'trace',
  )
  const traced = groupsOf([1, 2].map(n => ({ ...row(`${n}`, n, trace), ...inRequest('c') })))
  assert.match(traced.map(titleOf).join(), /· trace t · POST \/ask · 2 calls/)
  assert.is(by({ ...row('a', 0, turn), ...inRequest('c') }, { ...row('b', 1, turn), ...inRequest('c') }), 'request')
  assert.is(by({ ...row('a', 0), ...inRequest('c', { by: 'tags' }) }), 'process')
})

test('what goes on from a call stands below it, whatever began in between; parts of a session below the session', async () => {
  const turn = (id: string, index: number): Partial<Call> => ({ turn: { id, index } })
  const rows = [
    row('a1', 0, turn('a', 1)),
    row('b1', 10, turn('b', 1)),
    row('a2', 200, turn('a', 2)),
    row('b2', 210, turn('b', 2)),
    row('session', 300, { durationMs: 900 }),
    { ...row('part', 400), partOf: 'session' },
  ].map(each => ({ ...each, ...inRequest('c') }))
  const [group] = groupsOf(rows)
  assert.equal(
    group?.lanes.map(({ attempts, parent }) => [attempts[0]?.id, parent]),
    [
      ['a1', undefined],
      ['a2', 0],
      ['b1', undefined],
      ['b2', 2],
      ['session', undefined],
      ['part', 4],
    ],
  )
})

test('of calls that are tried again at the same time each has its own attempts', async () => {
  const again = (id: string, at: number, retryWaitMs: number): Row => row(id, at, { attempt: 2, retryWaitMs })
  const rows = [row('a', 0), row('b', 7), again('a2', 500, 400), again('b2', 520, 413), row('c', 530, { attempt: 2 })]
  const [group] = groupsOf(rows)
  assert.equal(
    group?.lanes.map(({ attempts }) => attempts.map(({ id }) => id)),
    [['a', 'a2'], ['b', 'b2'], ['c']],
  )
  const other = groupsOf([row('a', 0), row('b', 500, { attempt: 2, retryWaitMs: 400, model: 'gpt-5' })])
  assert.is(other[0]?.lanes.length, 2)
})

test('an agent that goes on a thousand times is drawn in part, and how many more there are is said', async () => {
  const rows = Array.from({ length: 1_000 }, (_, i) => row(`${i}`, i * 10, { turn: { id: 'u', index: i + 1 } }))
  const [group] = shownGroups(groupsOf(rows)).shown
  assert.equal([group?.lanes.length, group?.cut, group?.lanes[399]?.parent], [400, 600, 398])
})

test('a saved event with a context that is none shows the call without', async () => {
  const json = JSON.parse(JSON.stringify(eventToJson(madeCall('a'))))
  for (const context of [null, 7, 'x', {}, { id: 1, startedAt: 2 }, { id: 'x', startedAt: '2' }]) {
    const event = eventFromJson({ ...json, context, partOf: 7 })
    if (typeof event === 'string' || event.event !== 'call') throw new Error(JSON.stringify(event))
    const made = endedRow(event)
    assert.equal([made.context, made.partOf], [undefined, undefined])
  }
})

const HTML = '<img src=x onerror="window.hurt=1">\u202e'

function requestsOfAnApp(): SessionEvent[] {
  const context = inRequest('c1', { name: `POST /${HTML}` })
  const at = (id: string, ms: number, more: Partial<Call>): SessionEvent => ({
    ...madeCall(id, { startedAt: START + ms, ...more }),
    ...context,
  })
  const stream = { events: 9, firstTokenMs: 250 }
  return [
    at('w.1', 300, { durationMs: 700, stream, turn: { id: 'u', index: 1 }, cost: 0.002 }),
    at('w.2', 1_200, { durationMs: 400, operation: 'createEmbedding', model: 'text-embedding-3-small' }),
    at('w.3', 1_300, { durationMs: 900, stream, turn: { id: 'u', index: 2 }, model: HTML }),
    {
      event: 'open',
      id: 'w.4',
      at: START + 1_900,
      process: { pid: 1, thread: 0 },
      operation: 'x',
      host: 'h',
      ...context,
    },
  ]
}

test('by keyboard: the next bar is marked, has the focus and is opened; an open call reaches to the end', async opened => {
  const { page, receiver, session, complaints } = opened
  for (const event of requestsOfAnApp()) session.add(event)
  await page.goto(receiver.url)
  await rowsOf(page).first().waitFor()
  await page.keyboard.press('2')
  const waterfall = page.getByRole('list', { name: 'Waterfall' })
  await waterfall.getByRole('heading', { name: 'request POST /<img' }).waitFor()
  await page.locator('.bar').first().focus()
  for (const key of ['j', 'j', 'Enter']) await page.keyboard.press(key)
  await detailOf(page).getByText('for POST /<img', { exact: false }).waitFor()
  assert.is(await page.evaluate('document.activeElement.id'), 'bar-w.3')
  assert.is(await page.locator('#bar-w\\.3').getAttribute('aria-pressed'), 'true')
  const open = await page.locator('#bar-w\\.4').boundingBox()
  const bars = await page.locator('.bars').last().boundingBox()
  assert.ok(open !== null && bars !== null)
  assert.ok(Math.abs(open.x + open.width - bars.x - bars.width) < 2)
  assert.is(await page.evaluate('window.hurt'), undefined)
  assert.is(await page.locator('#app img').count(), 0)
  assert.equal(
    complaints.filter(text => !text.includes('404')),
    [],
  )
})

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [1280, 390]) {
    test(`requests in the waterfall without serious fault: ${scheme}, ${width} pixels`, async ({
      page,
      receiver,
      session,
    }) => {
      for (const event of requestsOfAnApp()) session.add(event)
      await page.emulateMedia({ colorScheme: scheme })
      await page.setViewportSize({ width, height: 844 })
      await page.goto(receiver.url)
      await rowsOf(page).first().waitFor()
      await page.keyboard.press('2')
      await page.locator('.bar').first().click()
      await detailOf(page).waitFor()
      assert.equal(await faultsOf(page), [])
      assert.is(await page.evaluate('document.documentElement.scrollWidth'), width)
      await picture(page, `requests-${scheme}-${width}`)
    })
  }
}

run()
