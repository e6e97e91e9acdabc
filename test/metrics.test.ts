import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Config, readConfig, type Settings } from '../lib/config'
import { counters, tally } from '../lib/counters'
import { type Dogstatsd, hasUnixDatagrams, startDogstatsd } from '../lib/local/receiver/dogstatsd'
import type { ReceivedMetric } from '../lib/local/receiver/dogstatsd-line'
import { loadTapes, requestBytes, responseBytes, type Tape } from '../lib/local/tapes/tape'
import type { Call } from '../lib/openai/call'
import { readCall } from '../lib/openai/read/read'
import { createHosts } from '../lib/openai/recognise/hosts'
import { recognise } from '../lib/openai/recognise/recognise'
import { createMetricsSink, METRICS, TAGS } from '../lib/sinks/metrics'
import { destinationOf } from '../lib/sinks/metrics/destination'
import { tagValue } from '../lib/sinks/metrics/tag-value'
import { Budget } from '../lib/transport/budget'
import { Exchange } from '../lib/transport/exchange'
import { headersFromObject } from '../lib/transport/headers'

const metrics = suite('metrics')
const run = promisify(execFile)

const configured = (settings: Settings = {}): Config => readConfig({}, settings)
const sinkFor = (agent: Dogstatsd, settings: Settings = {}) =>
  createMetricsSink(configured({ dogstatsdUrl: agent.url, ...settings }))

const plain: Call = {
  operation: 'createChatCompletion',
  endpoint: '/v1/chat/completions',
  method: 'POST',
  family: 'chat.completions',
  api: { base: 'https://api.openai.com/v1', type: 'open_ai' },
  startedAt: 0,
  tags: {},
  durationMs: 12.5,
  http: { url: 'https://api.openai.com/v1/chat/completions', host: 'api.openai.com', port: 443, status: 200 },
  model: 'gpt-4o',
  caller: { key: 'sk-...abcd' },
  request: { fields: new Map(), content: new Map() },
  response: { fields: new Map(), content: new Map() },
  sample: {},
  aborted: false,
  rateLimits: new Map(),
  truncated: false,
  unparsed: [],
}

/** As many as fit into a socket's buffer before the agent, in this same thread, reads them. */
const AT_ONCE = 10

/** Sends calls through a sink and gives what arrived, by name. Everything is by the book, or this throws. */
async function sent(calls: readonly Call[], settings: Settings = {}): Promise<Map<string, ReceivedMetric[]>> {
  const agent = await startDogstatsd()
  const sink = sinkFor(agent, settings)
  try {
    for (let i = 0; i < calls.length; i += AT_ONCE) {
      for (const call of calls.slice(i, i + AT_ONCE)) sink.open(call)(call)
      await sink.flush()
      await agent.waitFor(arrived => durations(arrived) >= Math.min(i + AT_ONCE, calls.length), 3_000)
    }
  } finally {
    await sink.stop()
    await agent.close()
  }
  assert.equal(agent.rejected, [])
  const byName = new Map<string, ReceivedMetric[]>()
  for (const metric of agent.metrics()) {
    if (metric.name.startsWith('openai.')) byName.set(metric.name, [...(byName.get(metric.name) ?? []), metric])
  }
  return byName
}

/** Calls that have arrived: a line tells those of one set of tags together. */
function durations(arrived: readonly ReceivedMetric[]): number {
  const lines = arrived.filter(({ name }) => name === 'openai.request.duration')
  return lines.reduce((sum, { values }) => sum + values.length, 0)
}

metrics('a call that went well', async () => {
  const arrived = await sent([plain], { service: 'shop', env: 'prod', version: '7' })
  assert.equal([...arrived.keys()], ['openai.request.duration'])
  assert.equal(arrived.get('openai.request.duration'), [
    {
      name: 'openai.request.duration',
      type: 'distribution',
      values: [12_500_000],
      rate: 1,
      tags: [
        'version:7',
        'env:prod',
        'service:shop',
        'openai.request.model:gpt-4o',
        'openai.request.endpoint:/v1/chat/completions',
        'openai.request.method:POST',
        'openai.user.api_key:sk-...abcd',
        'error:0',
      ],
    },
  ])
})

metrics('a call of which everything is known sends every metric of the table, once', async () => {
  const full: Call = {
    ...plain,
    usage: { input: 10, output: 5, total: 15, cachedInput: 4, reasoningOutput: 2, audioInput: 1, audioOutput: 3 },
    estimated: { prompt: true, completion: false },
    cost: 0.0000001,
    error: { class: 'RateLimitError', message: 'slow down', kind: 'rate_limit' },
    incomplete: 'aborted',
    aborted: true,
    attempt: 2,
    stream: {
      events: 9,
      firstEventMs: 1,
      firstTokenMs: 2.5,
      firstContentMs: 3.5,
      perOutputTokenMs: 0.1234567,
      longestGapMs: 4,
    },
    processingMs: 7,
    networkMs: 3,
    rateLimits: new Map([
      ['requests', { limit: 100, remaining: 99, resetMs: 20 }],
      ['tokens', { limit: 1000, remaining: 0, resetMs: 61_500 }],
    ]),
  }
  const arrived = await sent([full])
  const expected: Record<string, number[]> = {
    'request.duration': [12_500_000],
    'request.error': [1],
    'request.retry': [1],
    'request.incomplete': [1],
    'request.aborted': [1],
    'tokens.prompt': [10],
    'tokens.completion': [5],
    'tokens.total': [15],
    'tokens.cached': [4],
    'tokens.reasoning': [2],
    'tokens.audio': [1, 3],
    'cost.usd': [0.0000001],
    'request.time_to_first_token': [2.5],
    'request.time_to_first_content': [3.5],
    'request.time_per_output_token': [0.123],
    'request.longest_gap': [4],
    'request.chunks': [9],
    'request.server_processing': [7],
    'request.network': [3],
    'ratelimit.requests': [100],
    'ratelimit.tokens': [1000],
    'ratelimit.remaining.requests': [99],
    'ratelimit.remaining.tokens': [0],
    'ratelimit.reset.requests': [0.02],
    'ratelimit.reset.tokens': [61.5],
  }
  const found = Object.fromEntries([...arrived].map(([name, all]) => [name.slice(7), all.flatMap(one => one.values)]))
  assert.equal(found, expected)
  assert.equal([...new Set(METRICS.map(({ name }) => name))].sort(), Object.keys(expected).sort())
  for (const { name, type } of METRICS) assert.is(arrived.get(`openai.${name}`)?.[0]?.type, type, name)

  const tagsOf = (name: string) => arrived.get(`openai.${name}`)?.[0]?.tags ?? []
  const has = (name: string, ...tags: string[]) => {
    for (const tag of tags) assert.ok(tagsOf(name).includes(tag), `${name} has ${tag}: ${tagsOf(name)}`)
  }
  has('request.duration', 'error:1', 'error_type:RateLimitError')
  has('request.error', 'error_kind:rate_limit')
  has('request.incomplete', 'reason:aborted')
  has('tokens.prompt', 'openai.estimated:true')
  has('tokens.completion', 'openai.estimated:false')
  has('tokens.total', 'openai.estimated:true')
  assert.not.ok(tagsOf('request.duration').some(tag => /estimated|error_kind/.test(tag)))
})

metrics('zero tokens, and tokens that another call has spent, are not sent', async () => {
  const usage = { input: 0, output: 0, total: 0 }
  assert.equal([...(await sent([{ ...plain, usage }])).keys()], ['openai.request.duration'])
  const polled: Call = {
    ...plain,
    operation: 'getResponse',
    method: 'GET',
    usage: { input: 5, output: 5, total: 10 },
    cost: 1,
  }
  assert.equal([...(await sent([polled])).keys()], ['openai.request.duration'])
})

metrics('numbers that are none are left out', async () => {
  const usage = { input: Number.NaN, output: Number.POSITIVE_INFINITY, total: 3 }
  assert.equal([...(await sent([{ ...plain, usage }])).keys()], ['openai.request.duration', 'openai.tokens.total'])
})

metrics('a hostile name is one tag of one metric', async () => {
  const attacks = [
    'a|c|#x:y\nopenai.fake:1|c',
    'model,env:prod,#tag|@0.1',
    '\r\nopenai.fake:1|c',
    'x'.repeat(10_000),
    '👻'.repeat(500),
    'trailing:::',
    '   ',
    '\ud800\0\u2028',
  ]
  const hostile = (text: string): Call => ({
    ...plain,
    model: text,
    endpoint: text,
    caller: { key: text, organizationId: text, organizationName: text },
    tags: { tenant: text },
  })
  const arrived = await sent(attacks.map(hostile), { metricTags: ['tenant', 'bad|name', '9', 'service'], service: 's' })
  assert.equal([...arrived.keys()], ['openai.request.duration'])
  assert.is(durations(arrived.get('openai.request.duration') ?? []), attacks.length)
  for (const { tags } of arrived.get('openai.request.duration') ?? []) {
    const names = tags.map(tag => tag.slice(0, tag.indexOf(':')))
    assert.is(new Set(names).size, names.length)
    assert.ok(tags.includes('service:s'))
  }
})

metrics('values keep what an agent keeps', () => {
  assert.is(tagValue('m', 'ft:gpt-4o-mini:acme::id/1'), 'ft:gpt-4o-mini:acme::id/1')
  assert.is(tagValue('m', 'Ärzte GmbH, Köln'), 'Ärzte_GmbH__Köln')
  assert.is(tagValue('m', 'sk-...key>'), 'sk-...key_')
  assert.is(tagValue('m', ''), undefined)
  assert.is(tagValue('m', undefined), undefined)
})

metrics('many calls share datagrams, none of them larger than the transport takes', async () => {
  const agent = await startDogstatsd()
  const sink = sinkFor(agent, { service: 'x'.repeat(300), metricTags: Array.from({ length: 30 }, (_, i) => `tag${i}`) })
  const tags = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`tag${i}`, 'ä'.repeat(190)]))
  for (let i = 0; i < 2_000; i++) {
    sink.open(plain)({ ...plain, tags: i % 2 ? tags : {}, durationMs: i / 10, usage: { input: i, total: i } })
    // As many as the agent's socket holds until it is read.
    if (i % 200 === 199) await sink.flush()
    if (i % 200 === 199) await agent.waitFor(all => durations(all) === i + 1)
  }
  await sink.stop()
  await agent.close()
  assert.equal(agent.rejected, [])
  const sizes = agent.datagrams.map(text => Buffer.byteLength(text))
  assert.ok(Math.max(...sizes) <= 1432, `${sizes}`)
  assert.ok(agent.datagrams.length < 200, `${agent.datagrams.length}`)
  const told = agent.metrics().flatMap(({ name, values }) => (name === 'openai.tokens.total' ? values : []))
  assert.equal(
    told.sort((one, other) => Number(one) - Number(other)),
    Array.from({ length: 1_999 }, (_, i) => i + 1),
  )
})

metrics(
  'calls with the same tags share lines: each value of a distribution, the sum of a count, a gauge’s last',
  async () => {
    const limits = (remaining: number): Call['rateLimits'] => new Map([['requests', { remaining }]])
    const failed: Call = { ...plain, error: { class: 'RateLimitError', message: 'slow down', kind: 'rate_limit' } }
    const arrived = await sent([
      { ...failed, durationMs: 1, rateLimits: limits(9), usage: { input: 3 } },
      {
        ...failed,
        durationMs: 2,
        rateLimits: limits(8),
        usage: { input: 4 },
        estimated: { prompt: true, completion: false },
      },
      { ...failed, durationMs: 3, rateLimits: limits(7), usage: { input: 5 } },
      plain,
    ])
    const told = [...arrived].map(([name, lines]) => [name, ...lines.map(({ type, values }) => [type, values])])
    assert.equal(told, [
      ['openai.request.duration', ['distribution', [1e6, 2e6, 3e6]], ['distribution', [12_500_000]]],
      ['openai.request.error', ['count', [3]]],
      ['openai.tokens.prompt', ['distribution', [3, 5]], ['distribution', [4]]],
      ['openai.ratelimit.remaining.requests', ['gauge', [7]]],
    ])
  },
)

metrics('what is gathered is sent within a second, without being asked for', async () => {
  const agent = await startDogstatsd()
  const sink = sinkFor(agent)
  for (let i = 0; i < 3; i++) sink.open(plain)(plain)
  const arrived = await agent.waitFor(1)
  assert.is(durations(arrived), 3)
  await sink.stop()
  await agent.close()
  assert.is(durations(agent.metrics()), 3)
})

metrics('a tag without end is capped', async () => {
  const keys = Array.from({ length: 1_100 }, (_, i) => ({ ...plain, caller: { key: `sk-...${i}` } }))
  const arrived = await sent(keys)
  const values = (arrived.get('openai.request.duration') ?? []).flatMap(({ tags }) =>
    tags.filter(tag => /api_key/.test(tag)),
  )
  assert.is(new Set(values).size, 1_001)
  assert.is(values.filter(tag => tag.endsWith(':other')).length, 100)
})

metrics('tags of the app’s own, only those asked for', async () => {
  const arrived = await sent([{ ...plain, tags: { tenant: 'acme', secret: 'x' } }], { metricTags: ['tenant'] })
  const tags = arrived.get('openai.request.duration')?.[0]?.tags ?? []
  assert.ok(tags.includes('tenant:acme'))
  assert.not.ok(tags.some(tag => tag.startsWith('secret')))
})

metrics('what happened to us is sent too', async () => {
  const agent = await startDogstatsd()
  const sink = sinkFor(agent, { env: 'prod' })
  tally('swallowed.tested', 3)
  await sink.flush()
  tally('swallowed.tested', 2)
  await sink.stop()
  const isTested = ({ name }: ReceivedMetric) => name === 'interceptor.swallowed.tested'
  const arrived = await agent.waitFor(all => all.filter(isTested).length >= 2)
  await agent.close()
  assert.equal(
    arrived.filter(isTested).map(({ values, type, tags }) => [values, type, tags]),
    [
      [[3], 'count', ['env:prod']],
      [[2], 'count', ['env:prod']],
    ],
  )
})

metrics('switched off, nothing is sent', async () => {
  const agent = await startDogstatsd()
  const sink = sinkFor(agent, { metricsEnabled: false })
  sink.open(plain)(plain)
  await sink.stop()
  const witness = sinkFor(agent)
  witness.open(plain)(plain)
  await witness.stop()
  await agent.waitFor(1)
  await agent.close()
  assert.is(durations(agent.metrics()), 1)
})

metrics('where metrics go', () => {
  const to = (settings: Settings) => destinationOf(configured(settings), '/nowhere/dsd.socket')
  assert.equal(to({}), { kind: 'udp', host: '127.0.0.1', port: 8125 })
  assert.equal(to({ agentHost: 'agent', dogstatsdPort: 9125 }), { kind: 'udp', host: 'agent', port: 9125 })
  assert.equal(to({ dogstatsdUrl: 'udp://dog:99', agentHost: 'agent' }), { kind: 'udp', host: 'dog', port: 99 })
  assert.equal(to({ dogstatsdUrl: 'udp://[::1]:99' }), { kind: 'udp', host: '::1', port: 99 })
  assert.equal(to({ dogstatsdUrl: 'udp://dog' }), { kind: 'udp', host: 'dog', port: 8125 })
  assert.equal(to({ dogstatsdUrl: 'tcp://dog:1' }), { kind: 'udp', host: '127.0.0.1', port: 8125 })
  if (!hasUnixDatagrams()) return
  assert.equal(to({ dogstatsdUrl: 'unix:///run/x.sock' }), { kind: 'unix', path: '/run/x.sock' })
  const here = destinationOf(configured(), __filename)
  assert.equal(here, { kind: 'unix', path: __filename })
})

metrics('an agent by its host’s name', async () => {
  const agent = await startDogstatsd()
  const sink = createMetricsSink(configured({ agentHost: 'localhost', dogstatsdPort: agent.port }))
  sink.open(plain)(plain)
  await sink.stop()
  await agent.waitFor(1)
  await agent.close()
  assert.equal(agent.rejected, [])
})

metrics('an agent that is not there: nothing is thrown, it is counted and said once', async () => {
  const sink = createMetricsSink(configured({ agentHost: 'no-such-host.invalid' }))
  const before = counters()['metrics.unsent'] ?? 0
  const lines: string[] = []
  const { write } = process.stderr
  process.stderr.write = line => lines.push(String(line)) > 0
  try {
    for (let i = 0; i < 3; i++) {
      sink.open(plain)(plain)
      await sink.flush()
    }
    await sink.stop()
  } finally {
    process.stderr.write = write
  }
  assert.ok((counters()['metrics.unsent'] ?? 0) - before >= 3)
  assert.is(
    lines.filter(line =>
      /metrics could not be sent to udp:\/\/no-such-host.invalid:8125: getaddrinfo ENOTFOUND/.test(line),
    ).length,
    1,
    lines.join(''),
  )
})

const withSocket = hasUnixDatagrams() ? metrics : metrics.skip

withSocket('over a Unix socket, also when the agent goes and comes back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dsd-'))
  const socket = join(folder, 'dsd.socket')
  const sink = createMetricsSink(configured({ dogstatsdUrl: `unix://${socket}`, metricTags: [] }))
  const send = async () => {
    sink.open(plain)(plain)
    await sink.flush()
  }
  const before = counters()['metrics.unsent'] ?? 0
  await send()
  assert.ok((counters()['metrics.unsent'] ?? 0) > before, 'a missing socket is counted')

  for (const life of ['first', 'second']) {
    const agent = await startDogstatsd({ socket })
    for (let i = 0; i < 30; i++) sink.open(plain)({ ...plain, model: `model-${i}` })
    await send()
    await agent.waitFor(all => durations(all) >= 31)
    await agent.close()
    assert.equal(agent.rejected, [], life)
    assert.ok(Math.max(...agent.datagrams.map(text => text.length)) > 1432, 'one datagram carries many')
    await send()
  }
  await sink.stop()
  rmSync(folder, { recursive: true })
})

const child = (url: string, atEnd: string) => `
  require('tsx/cjs')
  const { createMetricsSink } = require('./lib/sinks/metrics')
  const { readConfig } = require('./lib/config')
  const sink = createMetricsSink(readConfig({}, { dogstatsdUrl: ${JSON.stringify(url)} }))
  const call = ${JSON.stringify({ ...plain, rateLimits: undefined })}
  call.rateLimits = new Map()
  sink.open(call)(call)
  ${atEnd}`

metrics('nothing keeps the process alive, and a flush at its very end arrives', async () => {
  const agent = await startDogstatsd()
  // The first flush binds the socket; what follows is sent while `exit` is being emitted.
  const script = child(
    agent.url,
    `sink.flush().then(() => { sink.open(call)(call) })
     process.on('exit', () => { sink.flush() })`,
  )
  await run(process.execPath, ['-e', script], { cwd: join(__dirname, '..'), timeout: 20_000 })
  await agent.waitFor(all => durations(all) >= 2)
  await agent.close()
})

withSocket('nor does a Unix socket keep it alive', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dsd-'))
  const agent = await startDogstatsd({ socket: join(folder, 'dsd.socket') })
  await run(process.execPath, ['-e', child(agent.url, 'sink.flush()')], { cwd: join(__dirname, '..'), timeout: 20_000 })
  await agent.waitFor(1)
  await agent.close()
  rmSync(folder, { recursive: true })
})

/** A call out of a recorded exchange, read as one from the wire is; undefined if it is not with OpenAI. */
async function callOf(tape: Tape): Promise<Call | undefined> {
  const { origin, pathname, search } = new URL(tape.request.url)
  const opening = { method: tape.request.method, origin, path: pathname + search }
  const place = createHosts(configured()).find(opening.origin, opening.path)
  const recognised = place && recognise(place, opening)
  if (recognised === undefined) return undefined
  return new Promise((resolve, reject) => {
    const exchange = new Exchange(opening, 1_000_000, new Budget(10_000_000), () => {
      readCall(exchange, recognised, 1_000_000).then(({ call }) => resolve(call), reject)
    })
    const headers = { ...tape.request.headers, authorization: 'Bearer <not-a-real-key>' }
    exchange.requestHeaders = () => headersFromObject(headers)
    exchange.sent(requestBytes(tape))
    exchange.requestSent()
    exchange.head(tape.response.status, () => headersFromObject(tape.response.headers))
    exchange.received(responseBytes(tape))
    exchange.end('complete')
  })
}

interface Expected {
  kind: string
  wireName: string
  value: number | { $any: true }
  tags: string[]
}

/**
 * Where we differ from the Python integration, and why.
 * - Tags without a value: it sends them empty, we leave them out, as an agent would.
 * - What Datadog would rewrite on arrival we send rewritten: `/v1/files/*` as `/v1/files/_`.
 * - Streams: it counts chunks, we count tokens (test/tokens.test.ts).
 * - Images: its model was always `dall-e`, whatever was asked.
 * - Rate limits: two hosts shared one gauge.
 */
const STREAMED = /stream/

function comparable(tags: readonly string[]): string[] {
  return tags
    .filter(tag => !tag.endsWith(':') && tag !== 'openai.request.model:dall-e' && !tag.startsWith('out.host:'))
    .map(tag => tag.replace(/[<>*]/g, '_'))
    .sort()
}

const expectations: { tapes: Record<string, { id: string; expected: Expected[] }> } = JSON.parse(
  readFileSync(join(__dirname, 'data', 'expected-metrics.json'), 'utf8'),
)

metrics('what the Python integration sends of the same exchanges', async () => {
  const tapes = loadTapes().filter(({ name }) => name in expectations.tapes && !STREAMED.test(name))
  assert.ok(tapes.length >= 25, `${tapes.length} tapes`)
  for (const tape of tapes) {
    const call = await callOf(tape)
    assert.ok(call, tape.name)
    const arrived = await sent([call])
    for (const { kind, wireName, value, tags } of expectations.tapes[tape.name]?.expected ?? []) {
      const one = arrived.get(wireName)?.[0]
      assert.ok(one, `${tape.name}: ${wireName} was sent`)
      assert.is(one.type, kind === 'increment' ? 'count' : kind, `${tape.name}: ${wireName}`)
      if (typeof value === 'number') assert.equal(one.values, [value], `${tape.name}: ${wireName}`)
      assert.equal(comparable(one.tags), comparable(tags), `${tape.name}: ${wireName}`)
    }
  }
})

metrics('every recorded exchange is sent by the book', async () => {
  const calls = (await Promise.all(loadTapes().map(callOf))).filter(call => call !== undefined)
  assert.ok(calls.length > 200)
  const arrived = await sent(calls, { service: 'shop', env: 'prod', version: '7' })
  const lines = arrived.get('openai.request.duration') ?? []
  assert.is(durations(lines), calls.length)
  const errors = (arrived.get('openai.request.error') ?? []).flatMap(({ values }) => values)
  assert.is(
    errors.reduce<number>((sum, value) => sum + Number(value), 0),
    durations(lines.filter(({ tags }) => tags.includes('error:1'))),
  )
  assert.ok(errors.length > 0)
  for (const all of arrived.values())
    for (const { tags } of all)
      for (const tag of ['version:7', 'env:prod', 'service:shop']) assert.ok(tags.includes(tag))
  assert.is(TAGS.length, 11)
})

metrics.run()
