import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type CallEnded, eventFromJson, eventToJson, type SessionEvent } from '../lib/live/event'
import { type Receiver, startReceiver } from '../lib/live/receiver'
import { Session } from '../lib/live/session'
import { createLiveSink } from '../lib/sinks/live'
import { LIVE_TARGET, targetFrom, targetToText } from '../lib/sinks/live/target'
import { type Ground, ONE_CALL, type Outcome, prepareGround, type Run } from './app'

/** What an app tells the command that it runs under, and who may hear of it. */

interface Heard {
  ground: Ground
  session: Session
  receiver: Receiver
  folder: string
  /** Runs an app under the receiver, without an agent, and gives what it told. */
  run(source: string, options?: Run): Promise<Outcome & { told: SessionEvent[] }>
}

const REGISTER = join(__dirname, '..', 'dist', 'register.js')
const NO_AGENT = Object.fromEntries(
  ['DD_TRACE_AGENT_URL', 'DD_AGENT_HOST', 'DD_DOGSTATSD_PORT', 'DD_DOGSTATSD_URL', 'DD_API_KEY'].map(name => [
    name,
    '',
  ]),
)

const test = suite<Heard>('the live output and its receiver')

test.before(async heard => {
  heard.ground = await prepareGround()
  heard.folder = mkdtempSync(join(tmpdir(), 'interceptor-live-'))
})
test.before.each(async heard => {
  const { ground, folder } = heard
  const session = new Session()
  const receiver = await startReceiver({ session, take: line => session.addLine(line) })
  const { port, token } = receiver
  Object.assign(heard, { session, receiver })
  heard.run = async (source, { env = {}, ...rest } = {}) => {
    const target = { [LIVE_TARGET]: targetToText({ port, token, folder }) }
    const outcome = await ground.run(ground.write('app.cjs', source), {
      env: { ...NO_AGENT, ...target, NODE_OPTIONS: `--require ${JSON.stringify(REGISTER)}`, ...env },
      ...rest,
    })
    return { ...outcome, told: session.after(0).map(({ event }) => event) }
  }
})
test.after.each(({ receiver }) => receiver.close())
test.after(async ({ ground, folder }) => {
  await ground.close()
  rmSync(folder, { recursive: true })
})

const callsOf = (told: SessionEvent[]): CallEnded[] => told.filter(event => event.event === 'call')

const CHAT = (more: string) => `
const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'mail a@example.com' }], ${more} })
const headers = { authorization: 'Bearer sk-test-0123456789abcdef', 'content-type': 'application/json', cookie: 'a=0123456789' }
const url = process.env.OPENAI_BASE_URL + '/chat/completions?api-key=0123456789abcdef&x=1'
fetch(url, { method: 'POST', headers, body }).then(r => r.text()).then(t => console.log(t.length))
`

test('a call is told at its begin and its end, under one id, and nothing is loaded of dd-trace', async ({ run }) => {
  const loaded = "process.on('exit', () => console.log(Object.keys(require.cache).some(f => f.includes('dd-trace'))))"
  const { code, stdout, stderr, told } = await run(`${ONE_CALL}\n${loaded}`)
  assert.equal([code, stderr], [0, ''])
  assert.match(stdout, /^\d+\nfalse\n$/)
  const [open, call] = told
  if (open?.event !== 'open' || call?.event !== 'call' || told.length !== 2) throw new Error(JSON.stringify(told))
  assert.is(open.id, call.id)
  assert.equal([open.operation, open.process.script, call.call.operation], ['listModels', 'app.cjs', 'listModels'])
  assert.ok(call.call.durationMs > 0)
})

test('with an agent configured both are served', async ({ run, ground }) => {
  const { told, spans, stderr } = await run(ONE_CALL, { env: ground.datadog.env })
  assert.is(stderr, '')
  assert.is(callsOf(told).length, 1)
  assert.is(spans.length, 1)
})

test('its wire has both bodies, and no credential', async ({ run, session }) => {
  const { told } = await run(CHAT(''))
  const [call] = callsOf(told)
  const wire = session.wireOf(call?.id ?? '')
  assert.ok(wire?.response)
  assert.match(wire.request.url, /^http:\/\/127.0.0.1:\d+\/v1\/chat\/completions\?api-key=\[redacted\]&x=1$/)
  assert.equal(Object.fromEntries(wire.request.headers).authorization, 'Bearer [redacted]')
  assert.equal(Object.fromEntries(wire.request.headers).cookie, '[redacted]')
  assert.is(JSON.parse(wire.request.body ?? '').model, 'gpt-4o')
  assert.ok(JSON.parse(wire.response.body ?? '').choices)
  assert.not.match(JSON.stringify(wire), /0123456789/)
})

test('a stream’s wire has its chunks with their times, and together they are the body', async ({
  run,
  session,
  ground,
}) => {
  const { told, stdout } = await run(CHAT('stream: true'))
  const [call] = callsOf(told)
  const chunks = session.wireOf(call?.id ?? '')?.response?.chunks ?? []
  assert.ok(chunks.length > 1)
  assert.is(chunks.map(({ text }) => text).join('').length, Number(stdout))
  assert.equal(
    chunks.map(({ ms }) => ms),
    chunks.map(({ ms }) => ms).sort((a, b) => a - b),
  )
  assert.ok(ground.openai.calls.length > 0)
})

const CONTENT = [
  ['capture off: no body', { INTERCEPTOR_CAPTURE_CONTENT: 'false' }, 'off', undefined],
  ['redacted JSON is redacted', { INTERCEPTOR_REDACT: 'email' }, undefined, /mail \[redacted/],
] as const

for (const [name, env, withheld, body] of CONTENT) {
  test(name, async ({ run, session }) => {
    const { told } = await run(CHAT(''), { env })
    const request = session.wireOf(callsOf(told)[0]?.id ?? '')?.request
    assert.is(request?.withheld, withheld)
    if (body === undefined) assert.is(request?.body, undefined)
    else assert.match(request?.body ?? '', body)
    assert.not.match(JSON.stringify([told.map(eventToJson), request]), /a@example\.com/)
  })
}

test('a redacted stream keeps its times and loses its text', async ({ run, session }) => {
  const { told } = await run(CHAT('stream: true'), { env: { INTERCEPTOR_REDACT: 'email' } })
  const response = session.wireOf(callsOf(told)[0]?.id ?? '')?.response
  assert.is(response?.withheld, 'redacted')
  assert.ok((response?.chunks?.length ?? 0) > 1)
  assert.ok(response?.chunks?.every(chunk => !('text' in chunk)))
})

test('children and workers tell theirs', async ({ run, ground }) => {
  ground.write('child.cjs', ONE_CALL)
  const source = `require('child_process').fork(__dirname + '/child.cjs'); new (require('worker_threads').Worker)(__dirname + '/child.cjs')`
  const { told } = await run(source)
  const calls = callsOf(told)
  assert.is(calls.length, 2)
  assert.is(new Set(calls.map(({ process: { pid, thread } }) => `${pid} ${thread}`)).size, 2)
})

test('process.exit() right after a call: what could not be posted is in the folder', async ({ run, folder }) => {
  const exit = "fetch(process.env.OPENAI_BASE_URL + '/models').then(r => r.text()).then(() => process.exit(3))"
  const { code, told } = await run(exit)
  assert.is(code, 3)
  const files = readdirSync(folder).filter(file => file.endsWith('.ndjson'))
  const lines = files.flatMap(file => readFileSync(join(folder, file), 'utf8').trim().split('\n'))
  const all = [...told, ...lines.map(line => eventFromJson(JSON.parse(line)))]
  assert.is(all.filter(event => typeof event === 'object' && event.event === 'call').length, 1)
  assert.is(all.filter(event => typeof event === 'object' && event.event === 'open').length, 1)
})

test('a receiver that is not there, or refuses, does no harm', async ({ run, folder }) => {
  for (const env of [
    { [LIVE_TARGET]: targetToText({ port: 1, token: 'x', folder }) },
    { [LIVE_TARGET]: 'nonsense' },
    { [LIVE_TARGET]: targetToText({ port: 1, token: 'x', folder: '/nowhere' }) },
  ]) {
    const { code, stderr, told } = await run(ONE_CALL, { env })
    assert.equal([code, stderr, told.length], [0, '', 0])
  }
})

test('of a flood each call is told or counted', async ({ receiver: { port, token }, session, folder }) => {
  const sink = createLiveSink({ port, token, folder }, fn => fn())
  const event = call('a', 100_000)
  if (event.event !== 'call') throw new Error(event.event)
  for (let i = 0; i < 500; i += 1) sink.open(event.call)(event.call)
  await sink.flush()
  await sink.stop()
  const told = session.after(0).map(each => each.event)
  const lost = told.reduce((sum, each) => sum + (each.event === 'lost' ? each.calls : 0), 0)
  assert.ok(lost > 0)
  assert.is(callsOf(told).length + lost, 500)
})

test('a part of a socket’s session names it, and stands in its context', async ({
  receiver: target,
  session,
  folder,
}) => {
  const sink = createLiveSink({ ...target, folder }, fn => fn())
  const event = call('a', 10)
  if (event.event !== 'call') throw new Error(event.event)
  const start = { ...event.call, outlives: true, tags: { job: '1' } }
  const end = sink.open(start)
  sink.open({ ...event.call, session: start })(event.call)
  end(event.call)
  await sink.flush()
  await sink.stop()
  const [part, whole] = callsOf(session.after(0).map(each => each.event))
  assert.equal([part?.partOf, part?.context], [whole?.id, whole?.context])
  assert.is(whole?.context?.by, 'tags')
})

// The receiver

interface Asked {
  method?: string
  path?: string
  headers?: Record<string, string>
  body?: string
}

function ask(port: number, { method = 'GET', path = '/', headers = {}, body = '' }: Asked) {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]> }>((resolve, reject) => {
    request({ host: '127.0.0.1', port, method, path, headers }, response => {
      response.resume().on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers }))
    })
      .on('error', reject)
      .end(body)
  })
}

const LINE = JSON.stringify({ event: 'end', at: 1 })

test('takes lines from who knows the token, and from nobody else', async ({ receiver: { port, token }, session }) => {
  const authorization = `Bearer ${token}`
  const refused: Record<string, string>[] = [
    {},
    { authorization: 'Bearer 0' },
    { authorization, host: `evil.example:${port}` },
    { authorization, origin: 'https://evil.example' },
    { authorization, origin: 'null' },
    { authorization, 'sec-fetch-site': 'cross-site' },
  ]
  for (const headers of refused) {
    const { status } = await ask(port, { method: 'POST', path: '/events', headers, body: LINE })
    assert.is(status, 403, JSON.stringify(headers))
  }
  assert.is(session.after(0).length, 0)
  const headers = { authorization, origin: `http://127.0.0.1:${port}` }
  assert.is((await ask(port, { method: 'POST', path: '/events', headers, body: LINE })).status, 204)
  assert.is(session.after(0).length, 1)
})

test('feed, wire and page need the token too; pages may load nothing from elsewhere; nobody else may read', async ({
  receiver: { port, token },
}) => {
  for (const path of ['/', '/events', '/wire/1.1']) {
    assert.is((await ask(port, { path })).status, 403, path)
    assert.is((await ask(port, { path: `${path}?token=${token.slice(1)}` })).status, 403, path)
  }
  const { headers } = await ask(port, { path: `/?token=${token}` })
  assert.match(String(headers['content-security-policy']), "default-src 'none'; script-src 'self'")
  assert.is(headers['access-control-allow-origin'], undefined)
  for (const path of ['/../package.json', '/%2e%2e/package.json', '/a/b.js', '/.env', '/index']) {
    assert.is((await ask(port, { path: `${path}?token=${token}` })).status, 404, path)
  }
})

/** What a page would read of the feed, until `enough` says so; `onMessage` is called at each. */
async function heardOf(
  { port, token }: Receiver,
  lastEventId: string,
  enough: (messages: readonly Message[]) => boolean,
  onMessage?: (message: Message) => void,
): Promise<Message[]> {
  const headers = lastEventId === '' ? {} : { 'last-event-id': lastEventId }
  const response = await fetch(`http://127.0.0.1:${port}/events?token=${token}`, { headers })
  const messages: Message[] = []
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString()
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const message = messageOf(text.slice(0, end))
      text = text.slice(end + 2)
      // A browser tells a page of none without data.
      if (message.events.length === 0) continue
      messages.push(message)
      onMessage?.(message)
      if (enough(messages)) return messages
    }
  }
  return messages
}

interface Message {
  name: string
  id: string
  events: { event?: string; id?: string; calls?: number }[]
}

function messageOf(text: string): Message {
  const of = (field: string) =>
    text.split('\n').flatMap(line => (line.startsWith(`${field}: `) ? [line.slice(field.length + 2)] : []))
  return { name: of('event')[0] ?? '', id: of('id')[0] ?? '', events: of('data').map(line => JSON.parse(line)) }
}

const isReady = (messages: readonly Message[]): boolean => messages.at(-1)?.name === 'ready'
const named = (messages: readonly Message[], name: string) => messages.filter(message => message.name === name)
const idsIn = (messages: readonly Message[]): string[] =>
  messages.flatMap(({ events }) => events.flatMap(({ id = '' }) => (id === '' ? [] : [id])))
const toldNames = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `a.${from + index}`)

const SESSION: SessionEvent = {
  ...{ event: 'session', version: 1, startedAt: 1, command: ['node', 'app.js'], interceptor: '0', node: '0' },
}

test('the feed tells the newest calls first, in pieces, all of them once, and what was run before', async heard => {
  const { receiver, session } = heard
  session.add(SESSION)
  for (let i = 0; i < 400; i += 1) session.add(call(`a.${i}`, 4_000))
  const messages = await heardOf(receiver, '', isReady)
  assert.equal(messages[1]?.events, [{ ...messages[1]?.events[0], event: 'session' }])
  assert.equal([messages[1]?.id, messages[0]?.name, messages[0]?.events], ['402-401', 'past', [{ calls: 400 }]])
  const older = named(messages, 'older')
  assert.ok(older.length > 4, `${older.length} pieces`)
  assert.equal(idsIn(older.toReversed()), toldNames(0, 400))
  assert.is(older[0]?.events.at(-1)?.id, 'a.399')
  assert.is(older.at(-1)?.id, '1-401')
})

test('calls that end while the past is told come in between, and none is lost or told twice', async heard => {
  const { receiver, session } = heard
  for (let i = 0; i < 4_000; i += 1) session.add(call(`a.${i}`, 4_000))
  let next = 4_000
  const messages = await heardOf(
    receiver,
    '',
    told => isReady(told),
    ({ name }) => name === 'older' && session.add(call(`a.${next++}`, 4_000)),
  )
  // Those that ended at the last pieces may come after `ready`.
  const newer = idsIn(named(messages, ''))
  assert.ok(newer.length > 0, 'none came in between')
  assert.equal([...idsIn(named(messages, 'older').toReversed()), ...newer], toldNames(0, 4_000 + newer.length))
})

test('a page that lost its connection while the past was told goes on from there, both ways', async heard => {
  const { receiver, session } = heard
  for (let i = 0; i < 400; i += 1) session.add(call(`a.${i}`, 4_000))
  const before = await heardOf(receiver, '', messages => named(messages, 'older').length === 2)
  for (let i = 400; i < 500; i += 1) session.add(call(`a.${i}`, 4_000))
  const after = await heardOf(receiver, before.at(-1)?.id ?? '', isReady)
  const older = [...named(before, 'older'), ...named(after, 'older')]
  assert.equal(idsIn([...older.toReversed(), ...named(after, '')]), toldNames(0, 500))
  assert.equal(idsIn(await heardOf(receiver, after.at(-2)?.id ?? '', isReady)), [])
})

test('what comes is told as it comes; an id of another kind begins anew', async ({ receiver, session }) => {
  session.addLine(LINE)
  const enough = (messages: readonly Message[]) => isReady(messages.slice(0, -1))
  const late = { event: 'lost', at: 2, process: {}, calls: 3, why: 'late' }
  for (const id of ['', '-1', '1-x', 'x'.repeat(99)]) {
    const messages = await heardOf(receiver, id, enough, ({ name }) => {
      if (name === 'ready') session.addLine(JSON.stringify(late))
    })
    assert.equal([messages[1]?.name, messages.at(-1)?.name, messages.at(-1)?.events], ['older', '', [late]])
  }
})

// The session

const call = (id: string, size: number): SessionEvent => {
  const text = 'x'.repeat(size)
  const json = {
    event: 'call',
    id,
    process: { pid: 1, thread: 0 },
    call: {
      version: 1,
      ...{ operation: text, endpoint: '', method: '', family: '', startedAt: 0, durationMs: 0, unparsed: [] },
      ...{ api: {}, tags: {}, http: {}, caller: {}, sample: {}, rateLimits: {}, aborted: false, truncated: false },
      ...{ request: { fields: {}, content: {} }, response: { fields: {}, content: {} } },
    },
    wire: { request: { method: 'POST', url: '', headers: [], bytes: 1, body: text } },
  }
  const event = eventFromJson(JSON.parse(JSON.stringify(json)))
  if (typeof event === 'string') throw new Error(event)
  return event
}

test('a session lets go of the oldest wires, then of the oldest calls, and counts them', () => {
  const session = new Session({ lineBytes: 20_000, wireBytes: 10_000 })
  for (let i = 0; i < 10; i += 1) session.add(call(`a.${i}`, 4_000))
  assert.equal(session.forgotten, { calls: 6, wires: 9 })
  assert.is(session.wireOf('a.9')?.request.body?.length, 4_000)
  const placesOf = (told: readonly { at: number }[]) => told.map(({ at }) => at).join(' ')
  assert.is(placesOf(session.after(0)), '7 8 9 10')
  session.add(call('a.10', 4_000))
  assert.equal(
    [5, 7, 8, 10, 11, 99].map(at => placesOf(session.after(at))),
    ['8 9 10 11', '8 9 10 11', '9 10 11', '11', '', ''],
  )
  assert.equal(
    [7, 8, 9, 12, 99].map(at => placesOf(session.before(at, 9_000))),
    ['', '', '8', '10 11', '10 11'],
  )
  assert.is(session.calls, 4)
  assert.equal([placesOf(session.after(0, 1)), placesOf(session.before(99, 1))], ['8', '11'])
})

test('what was told twice is told once', () => {
  const session = new Session()
  assert.equal([session.add(call('a', 1)), session.add(call('a', 1))], [true, false])
  assert.is(session.after(0).length, 1)
})

test('an event is the same after its line; what is none is said', () => {
  const event = call('a', 1)
  assert.equal(eventToJson(event), JSON.parse(JSON.stringify(eventToJson(event))))
  assert.is(eventFromJson([]), 'no event')
  assert.is(eventFromJson({ event: 'constructor' }), 'unknown event')
  assert.is(eventFromJson({ event: 'call', id: 'a', process: {}, call: {} }), 'no event')
  assert.is(eventFromJson({ event: 'session', version: 2, startedAt: 0, command: [] }), 'newer version')
})

test('a target is read as it was written; anything else is none', () => {
  const target = { port: 1, token: 'ab', folder: '/tmp/a b' }
  assert.equal(targetFrom({ [LIVE_TARGET]: targetToText(target) }), target)
  for (const text of [
    '',
    'x',
    '[]',
    '{}',
    '{"port":"1","token":"a","folder":"/"}',
    '{"port":1,"token":"\\r\\n","folder":""}',
  ]) {
    assert.is(targetFrom({ [LIVE_TARGET]: text }), undefined, text)
  }
})

test.run()
