import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Config, readConfig } from '../lib/config'
import { startIntake } from '../lib/local/receiver/intake'
import { loadTape, requestBytes, responseBytes, tapeFiles } from '../lib/local/tapes/tape'
import type { Call, TraceIdentity } from '../lib/openai/call'
import { isObject, type JsonObject } from '../lib/openai/json'
import { readCall } from '../lib/openai/read/read'
import { createHosts } from '../lib/openai/recognise/hosts'
import { recognise } from '../lib/openai/recognise/recognise'
import { createLogWriter } from '../lib/sinks/intake/logs'
import { createLogSink, type LogSinkOptions } from '../lib/sinks/logs'
import { sampled } from '../lib/sinks/sampling'
import { Budget } from '../lib/transport/budget'
import { Exchange } from '../lib/transport/exchange'

const TRACE: TraceIdentity = { traceId: 'the-trace', spanId: 'the-span', samplingId: 1n, kept: () => true }
const LOGGING = { logsEnabled: true, logSampleRate: 1, apiKey: 'the-key' } as const

/** The call that a recorded exchange is, made with the recording's key. */
async function callOf(tapeName: string, changed: Partial<Call> = {}): Promise<Call> {
  const tape = loadTape(tapeFiles().get(tapeName) ?? tapeName)
  const { origin, pathname, search } = new URL(tape.request.url)
  const opening = { method: tape.request.method, origin, path: pathname + search }
  const place = createHosts(readConfig({})).find(origin, opening.path)
  const recognised = place && recognise(place, opening)
  if (recognised === undefined) throw new Error(`${tapeName} is not recognised`)
  const exchange = new Exchange(opening, 1e6, new Budget(1e9), () => {})
  const headers = { ...tape.request.headers, authorization: 'Bearer <not-a-real-key>' }
  exchange.requestHeaders = () => new Map(Object.entries(headers))
  exchange.sent(requestBytes(tape))
  exchange.head(tape.response.status, () => new Map(Object.entries(tape.response.headers)))
  exchange.received(responseBytes(tape))
  exchange.end('complete')
  const { call } = await readCall(exchange, recognised, 1e6)
  return { ...call, trace: TRACE, ...changed }
}

/** What arrives at the intake of these calls. */
async function logged(
  calls: readonly Call[],
  settings: Partial<Config> = {},
  options: LogSinkOptions = {},
): Promise<readonly JsonObject[]> {
  const server = await startIntake()
  const config = readConfig({}, { ...LOGGING, logsUrl: server.url, ...settings })
  const sink = createLogSink(config, createLogWriter({ ...config, env: {} }), { hostname: 'the-host', ...options })
  for (const call of calls) sink.open(call)(call)
  await sink.stop()
  await server.close()
  return server.entries()
}

async function entryOf(tape: string, changed: Partial<Call> = {}, settings: Partial<Config> = {}): Promise<JsonObject> {
  const [entry, ...more] = await logged([await callOf(tape, changed)], settings)
  if (entry === undefined || more.length > 0) throw new Error(`${more.length + 1} entries`)
  return entry
}

const expected = suite('logs, as the Python integration’s tests expect them')

interface Asserted {
  id: string
  expected: JsonObject[]
}
const asserted: Asserted[] = JSON.parse(readFileSync(join(__dirname, 'data', 'expected-logs.json'), 'utf8')).asserted

/** Which recording shows what a test saw, and what of it the Python client put in that never was on the wire. */
const SHOWN: Readonly<Record<string, { tape: string; notOnTheWire?: readonly string[] }>> = {
  'py458:test_logs_completions': { tape: 'golden-seed-completion' },
  'py26e-v0:test_logs_completions': { tape: 'golden-v0-completion' },
  'py26e-v0:test_logs_edit': { tape: 'golden-v0-aedit' },
  'py26e-v0:test_logs_image_edit': {
    tape: 'golden-v0-image-aedit',
    // The client sends other names for the files, and no model.
    notOnTheWire: ['image', 'mask', 'openai.request.model:dall-e'],
  },
  // The recording that there is was asked for without a language.
  'py26e-v0:test_logs_transcribe': { tape: 'golden-v0-atranscribe', notOnTheWire: ['language'] },
  'py26e-v1:test_logs_completions': { tape: 'golden-v1-completion' },
}

for (const { id, expected: entries } of asserted.filter(({ id }) => id in SHOWN)) {
  expected(id, async () => {
    const { tape = '', notOnTheWire = [] } = SHOWN[id] ?? {}
    const entry = await entryOf(tape)
    for (const [name, value] of Object.entries(entries[0] ?? {})) {
      if (notOnTheWire.includes(name)) continue
      if (isObject(value)) assert.ok(entry[name] !== undefined, `${name} is there`)
      else if (name !== 'ddtags') assert.equal(entry[name], value, name)
      else assert.equal(tagsOf(entry, notOnTheWire), tagsOf({ ddtags: value }, notOnTheWire))
    }
  })
}

function tagsOf({ ddtags }: JsonObject, without: readonly string[]): string[] {
  const names = without.map(tag => tag.split(':', 1)[0])
  return String(ddtags)
    .split(',')
    .filter(tag => !names.includes(tag.split(':', 1)[0] ?? ''))
}

expected('with the app’s service, env and version', async () => {
  const settings = { service: 'test-svc', env: 'staging', version: '1234' }
  const entry = await entryOf('golden-v1-completion', {}, settings)
  assert.is(entry.service, 'test-svc')
  assert.is(
    entry.ddtags,
    'env:staging,version:1234,openai.request.endpoint:/v1/completions,openai.request.method:POST,' +
      'openai.request.model:ada,openai.organization.name:datadog-4,openai.user.api_key:sk-...key>',
  )
  assert.is((await entryOf('golden-v1-completion', {}, { ...settings, openaiService: 'ai' })).service, 'ai')
})

expected.run()

const content = suite('logs, what is in them')

content('is only made for calls that are logged, and decided once where it is left to chance', async () => {
  const call = await callOf('golden-v1-completion')
  const { trace: _, ...untraced } = call
  const draws = [0.05, 0.9]
  const sink = createLogSink(
    readConfig({}, { ...LOGGING, logSampleRate: 0.1 }),
    createLogWriter({ ...readConfig({}, LOGGING), env: {} }),
    { random: () => draws.shift() ?? assert.unreachable('a third draw') ?? 1 },
  )
  const [logged, other] = [sink.open(untraced), sink.open(untraced)]
  assert.is(logged.wantsSample?.(), true)
  assert.is(other.wantsSample?.(), false)
  assert.is(logged.wantsSample?.(), true)
  other(untraced)
  await sink.stop()
})

content('who, when and which span', async () => {
  const entry = await entryOf('golden-v1-completion', { startedAt: 1_700_000_000_000.4, durationMs: 12.25 })
  assert.is(entry.message, 'sampled createCompletion')
  assert.is(entry.timestamp, 1_700_000_000_013)
  assert.is(entry.hostname, 'the-host')
  assert.is(entry.duration, 12_250_000)
  assert.is(entry['dd.trace_id'], 'the-trace')
  assert.is(entry['dd.span_id'], 'the-span')
})

content('a chat stream, folded into messages and completion', async () => {
  const entry = await entryOf('golden-seed-chat-completion-async-stream')
  assert.ok(Array.isArray(entry.messages) && entry.messages.length > 0)
  assert.ok(Array.isArray(entry.completion) && entry.completion.length > 0)
  assert.is(entry['openai.request.stream'], 'true')
})

content('the span’s facts, under the span’s names', async () => {
  const entry = await entryOf('golden-v1-completion', { cost: 0.25, incomplete: 'length' })
  assert.is(entry['openai.request.model'], 'ada')
  assert.is(entry['openai.response.cost.usd'], 0.25)
  assert.is(entry['openai.response.incomplete'], 'length')
  assert.is(entry['openai.organization.name'], 'datadog-4')
  assert.is(entry['http.status_code'], 200)
  assert.type(entry['openai.response.usage.total_tokens'], 'number')
})

content('a failure: what was asked, and what went wrong', async () => {
  const error = { class: 'RateLimitError', message: 'slow down', kind: 'rate_limit', code: 'rate' } as const
  const entry = await entryOf('golden-v1-completion', { error, sample: { prompt: 'Hello world' } })
  assert.is(entry.status, 'error')
  assert.is(entry['error.type'], 'RateLimitError')
  assert.is(entry['error.message'], 'slow down')
  assert.is(entry['openai.error.kind'], 'rate_limit')
  assert.is(entry['openai.error.code'], 'rate')
  assert.is(entry.prompt, 'Hello world')
})

content('the app’s own tags, and no value that begins another tag', async () => {
  const entry = await entryOf('golden-v1-completion', {
    model: 'a,env:prod\nb😀\ud800',
    tags: { team: 'search, ads', 'a,b:c': 'x' },
  })
  const tags = String(entry.ddtags).split(',')
  assert.ok(tags.includes('openai.request.model:a_env:prod_b😀_'))
  assert.ok(tags.includes('team:search_ ads'))
  assert.ok(tags.includes('a_b_c:x'))
  assert.is(tags.length, 9)
})

content('a prompt with newlines, escapes, markup and JSON is one entry, to the letter', async () => {
  const prompt = 'a\n{"status":"ok"}\u001b[31m</script>\u2028\r"\\'
  const entry = await entryOf('golden-v1-completion', { sample: { prompt, message: 'mine', ddtags: 'mine' } })
  assert.is(entry.prompt, prompt)
  assert.is(entry.message, 'sampled createCompletion', 'no field of a body replaces one of ours')
  assert.not.equal(entry.ddtags, 'mine')
})

content('no prompt and no output when content is not captured', async () => {
  const entry = await entryOf('golden-v1-completion', {}, { captureContent: false })
  assert.not.match(JSON.stringify(entry), /Hello world/)
  assert.is(entry.choices, undefined)
  assert.is(entry.message, 'sampled createCompletion')
})

content.run()

const sampling = suite('logs, which calls')

interface Vector {
  traceId64: string
  rate: number
  sampled: boolean
}
const vectors: Vector[] = JSON.parse(readFileSync(join(__dirname, 'data', 'vectors.json'), 'utf8')).sampler

sampling(`${vectors.length} of the Python integration’s decisions`, () => {
  for (const vector of vectors) {
    const id = BigInt(vector.traceId64)
    assert.is(sampled(id, vector.rate), vector.sampled, JSON.stringify(vector))
    assert.is(sampled(id + (99n << 64n), vector.rate), vector.sampled, 'only the low 64 bits decide')
  }
})

sampling('a rate out of bounds counts as the nearer end', () => {
  assert.is(sampled(12_345n, 7), true)
  assert.is(sampled(12_345n, -7), false)
})

sampling('a trace’s calls together: what a lower rate takes is part of what a higher one takes', async () => {
  const call = await callOf('golden-v1-completion')
  const calls = Array.from({ length: 300 }, (_, n) => {
    const trace = { ...TRACE, samplingId: BigInt(n) * 7_919n + 3n, traceId: `${n >> 1}` }
    return { ...call, trace: n % 2 === 1 ? { ...trace, samplingId: trace.samplingId - 7_919n } : trace }
  })
  const ids = async (rate: number): Promise<unknown[]> =>
    (await logged(calls, { logSampleRate: rate })).map(entry => entry['dd.trace_id'])
  const [quarter, most] = [await ids(0.25), await ids(0.75)]
  assert.ok(quarter.length > 45 && quarter.length < 105, `${quarter.length} of 300`)
  assert.ok(most.length > 195 && most.length < 255, `${most.length} of 300`)
  for (const id of quarter) assert.is(quarter.filter(other => other === id).length, 2)
  for (const id of quarter) assert.ok(most.includes(id))
})

sampling('none of a trace that the tracer drops', async () => {
  const trace = { ...TRACE, kept: () => false }
  assert.equal(await logged([await callOf('golden-v1-completion', { trace })]), [])
})

sampling('by chance where there is no trace', async () => {
  const { trace: _, ...call } = await callOf('golden-v1-completion')
  const luck = [0.05, 0.15, 0.09]
  const entries = await logged([call, call, call], { logSampleRate: 0.1 }, { random: () => luck.shift() ?? 1 })
  assert.is(entries.length, 2)
  assert.is(entries[0]?.['dd.trace_id'], undefined)
})

sampling('none when logs are not enabled', async () => {
  assert.equal(await logged([await callOf('golden-v1-completion')], { logsEnabled: false }), [])
})

sampling('none without DD_API_KEY, which is said in one line', async () => {
  const lines: string[] = []
  const write = process.stderr.write
  process.stderr.write = (line: string | Uint8Array): boolean => lines.push(String(line)) > 0
  try {
    assert.equal(await logged([await callOf('golden-v1-completion')], { apiKey: '' }), [])
  } finally {
    process.stderr.write = write
  }
  assert.equal(lines, ['interceptor: DD_OPENAI_LOGS_ENABLED is set and DD_API_KEY is not: no logs are sent\n'])
})

sampling.run()
