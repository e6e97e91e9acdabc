import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import * as http from 'node:http'
import * as https from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import StatsD from 'hot-shots'
import OpenAI from 'openai'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ENCODINGS, type StandInAnswer } from '../lib/local/openai/answer'
import { type OpenAIStandIn, startOpenAI } from '../lib/local/openai/openai'
import { startAgent } from '../lib/local/receiver/agent'
import { startDatadog } from '../lib/local/receiver/datadog'
import { hasUnixDatagrams, readDatagram, startDogstatsd } from '../lib/local/receiver/dogstatsd'
import { startIntake } from '../lib/local/receiver/intake'
import type { Trouble } from '../lib/local/receiver/trouble'
import { eventText } from '../lib/local/tapes/event-stream'
import { events, loadTapes, responseBytes, type Tape } from '../lib/local/tapes/tape'
import { at } from '../lib/openai/json'

const tapes = loadTapes()
const tape = (name: string): Tape => {
  const found = tapes.find(candidate => candidate.name === name)
  if (!found) throw new Error(`no tape ${name}`)
  return found
}
const STREAM = tape('js-chat-completion-stream-1')
const PLAIN = tape('js-chat-completion-01')

const openai = suite<{ server: OpenAIStandIn }>('the OpenAI stand-in')
openai.before(async context => {
  context.server = await startOpenAI({ tapes })
})
openai.after(({ server }) => server.close())

function ask(server: OpenAIStandIn, { name }: Tape, answer: StandInAnswer = {}): Promise<Response> {
  const headers = { 'x-tape': name, 'x-answer': JSON.stringify(answer) }
  const signal = AbortSignal.timeout(20_000)
  return fetch(`${server.origin}/v1/chat/completions`, { method: 'POST', headers, body: '{}', signal })
}

/** What of a body arrives before it breaks off, and the code of the error it breaks off with. */
async function readAll(response: Response): Promise<{ bytes: Buffer; code: string | undefined }> {
  const chunks: Uint8Array[] = []
  try {
    for await (const chunk of response.body ?? []) chunks.push(chunk)
    return { bytes: Buffer.concat(chunks), code: undefined }
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined
    return { bytes: Buffer.concat(chunks), code: cause instanceof Error && 'code' in cause ? String(cause.code) : '?' }
  }
}

const failed = (error: unknown) => (error instanceof Error ? error : new Error(String(error)))

for (const encoding of ENCODINGS) {
  openai(`answers whole and streamed, encoded as ${encoding}`, async ({ server }) => {
    for (const one of [PLAIN, STREAM]) {
      const response = await ask(server, one, { encoding })
      const expected = { identity: null, gzip: 'gzip', deflate: 'deflate', 'deflate-raw': 'deflate', br: 'br' }
      assert.is(response.headers.get('content-encoding'), expected[encoding])
      assert.ok((await readAll(response)).bytes.equals(responseBytes(one)))
    }
  })

  openai(`a stream's event can be read before the next one is sent, encoded as ${encoding}`, async ({ server }) => {
    const response = await ask(server, STREAM, { encoding, delayMs: 600_000 })
    const first = await response.body?.getReader().read()
    assert.is(Buffer.from(first?.value ?? []).toString(), eventText(events(STREAM)?.[0] ?? { data: '' }))
    await server.close()
    Object.assign(server, await startOpenAI({ tapes }))
  })
}

openai(
  'uses the encoding of the recording for a client that takes it, and none for one that does not',
  async ({ server }) => {
    assert.is((await ask(server, PLAIN)).headers.get('content-encoding'), 'gzip')
    const headers = { 'x-tape': PLAIN.name, 'accept-encoding': 'identity' }
    const response = await fetch(`${server.origin}/v1/chat/completions`, { method: 'POST', headers })
    assert.is(response.headers.get('content-encoding'), null)
  },
)

openai('sees how far a client read and that it left', async ({ server }) => {
  const abort = new AbortController()
  const headers = { 'x-tape': STREAM.name, 'x-answer': '{"delayMs":600000}' }
  const response = await fetch(`${server.origin}/v1/chat/completions`, {
    method: 'POST',
    headers,
    signal: abort.signal,
  })
  await response.body?.getReader().read()
  abort.abort()
  const call = server.calls.at(-1)
  await call?.done
  assert.is(call?.bytesWritten, Buffer.byteLength(eventText(events(STREAM)?.[0] ?? { data: '' })))
  assert.type(call?.closedEarlyAt, 'number')
})

openai('keeps what was asked: method, URL, headers and body', async ({ server }) => {
  await fetch(`${server.origin}/v1/embeddings?x=1`, { method: 'POST', headers: { a: 'b' }, body: '{"model":"m"}' })
  const call = server.calls.at(-1)
  assert.equal([call?.method, call?.url, call?.headers.a], ['POST', '/v1/embeddings?x=1', 'b'])
  assert.is(call?.body.toString(), '{"model":"m"}')
  assert.is(call?.closedEarlyAt, undefined)
})

const faults: [StandInAnswer['fault'] & object, bytes: number | 'no head', Tape][] = [
  [{ kind: 'reset' }, 'no head', PLAIN],
  [{ kind: 'reset', afterBytes: 0 }, 0, PLAIN],
  [{ kind: 'reset', afterBytes: 100 }, 100, STREAM],
  [{ kind: 'truncate', afterBytes: 100 }, 100, PLAIN],
  [{ kind: 'truncate', afterBytes: 300 }, 300, STREAM],
]

for (const [fault, expected, one] of faults) {
  openai(`can ${JSON.stringify(fault)} a ${one === STREAM ? 'streamed' : 'whole'} body`, async ({ server }) => {
    const response = await ask(server, one, { fault, encoding: 'identity' }).catch(failed)
    if (response instanceof Error) return assert.is(expected, 'no head')
    const { bytes, code } = await readAll(response)
    assert.ok(code, 'the body must break off')
    assert.is(server.calls.at(-1)?.bytesWritten, expected)
    assert.ok(bytes.equals(responseBytes(one).subarray(0, bytes.length)))
  })
}

openai('can hang before the head and in the middle of the body', async ({ server }) => {
  const abort = new AbortController()
  const post = (fault: StandInAnswer['fault']) =>
    fetch(`${server.origin}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'x-tape': STREAM.name, 'x-answer': JSON.stringify({ fault }) },
      signal: abort.signal,
    })
  const before = post({ kind: 'hang' }).catch(failed)
  const reader = (await post({ kind: 'hang', afterBytes: 50 })).body?.getReader()
  assert.is((await reader?.read())?.value?.length, 50)
  const next = reader?.read().catch(failed)
  abort.abort()
  assert.is(failed(await before).name, 'AbortError')
  assert.is(failed(await next).name, 'AbortError')
})

openai('sends early hints before the head, and 100 Continue when asked', async ({ server }) => {
  const informed: number[] = []
  const headers = { expect: '100-continue', 'x-tape': PLAIN.name, 'x-answer': '{"earlyHints":true}' }
  const status = await new Promise(resolve => {
    const req = http.request(`${server.origin}/v1/chat/completions`, { method: 'POST', headers }, res => {
      res.resume().on('end', () => resolve(res.statusCode))
    })
    req.on('information', ({ statusCode }) => informed.push(statusCode))
    req.on('continue', () => req.end('{}'))
    req.flushHeaders()
  })
  assert.equal([...informed, status], [100, 103, 200])
})

openai('redirects, and answers there', async ({ server }) => {
  const before = server.calls.length
  const response = await ask(server, PLAIN, { redirect: '/v1/elsewhere' })
  assert.is(response.status, 200)
  assert.equal(
    server.calls.slice(before).map(({ url, status }) => [url, status]),
    [
      ['/v1/chat/completions', 307],
      ['/v1/elsewhere', 200],
    ],
  )
})

openai('answers with another status, headers or body, errors worded as the API does', async ({ server }) => {
  const limited = await ask(server, PLAIN, { status: 429, headers: { 'retry-after': '1' } })
  assert.equal([limited.status, limited.headers.get('retry-after')], [429, '1'])
  assert.match(await limited.text(), /"error": \{[^}]*"code": "rate_limit_exceeded"/s)
  assert.equal(await (await ask(server, PLAIN, { body: { mine: true } })).json(), { mine: true })
})

openai('says what was asked where no tape answers it', async ({ server }) => {
  const response = await fetch(`${server.origin}/v1/nothing`, { method: 'POST', body: '{"model":"m-1"}' })
  assert.is(response.status, 404)
  assert.match(String(at(await response.json(), 'error', 'message')), 'POST /v1/nothing {"model":"m-1"}')
})

openai('says what is wrong with an answer that it is asked for', async ({ server }) => {
  for (const header of ['{', '{"statsu":1}', '{"encoding":"rar"}', '[]']) {
    const response = await fetch(`${server.origin}/v1/models`, { headers: { 'x-answer': header } })
    assert.is(response.status, 400)
  }
})

openai('hands a path to a handler, and asks a script', async () => {
  const server = await startOpenAI({ tapes, script: ({ url }) => (url === '/v1/models' ? { status: 503 } : undefined) })
  server.respond('/v1/mine', (req, res) => void res.end(`${req.method} mine`))
  assert.is(await (await fetch(`${server.origin}/v1/mine?a=b`)).text(), 'GET mine')
  assert.is((await fetch(`${server.origin}/v1/models`)).status, 503)
  await server.close()
})

openai('serves the real SDK, plain and streamed', async ({ server }) => {
  const client = new OpenAI({ apiKey: 'sk-test', baseURL: `${server.origin}/v1`, maxRetries: 0 })
  const messages = [{ role: 'user' as const, content: 'Hello' }]
  const plain = await client.chat.completions.create({ model: 'gpt-4o-mini', messages })
  assert.ok(plain.choices[0]?.message)
  let chunks = 0
  for await (const _ of await client.chat.completions.create({ model: 'gpt-4o-mini', messages, stream: true })) chunks++
  assert.ok(chunks > 2)
})

openai('speaks TLS with a certificate of its own authority, under the API’s names too', async () => {
  const server = await startOpenAI({ tapes, tls: true })
  const { port, ca, caFile = '' } = server
  assert.is(readFileSync(caFile, 'utf8'), ca)
  for (const servername of ['localhost', 'api.openai.com', 'mine.openai.azure.com']) {
    const options = { port, ca, host: '127.0.0.1', servername, path: '/v1/models', headers: { host: servername } }
    const status = await new Promise((resolve, reject) => {
      https.get({ ...options, agent: false }, res => resolve(res.resume().statusCode)).on('error', reject)
    })
    assert.is(status, 200, servername)
  }
  await server.close()
  assert.not.ok(existsSync(caFile))
})

openai('names a taken port and the remedy', async ({ server }) => {
  const refusal = failed(await startOpenAI({ tapes, port: server.port }).catch(failed))
  assert.match(refusal.message, `port ${server.port} is taken: `)
})

openai.run()

const agent = suite('the agent stand-in')

const PROGRAM = `
  const tracer = require('dd-trace').init({ service: 'shop', flushInterval: 0, startupLogs: false })
  const span = tracer.startSpan('openai.request', { tags: { 'resource.name': 'createChatCompletion', a: 'x', n: 1.5, m: 7 } })
  tracer.scope().activate(span, () => tracer.trace('inner', { type: 'web' }, () => {}))
  span.finish()
  setTimeout(() => {}, 60_000)`

for (const version of ['0.4', '0.5']) {
  agent(`reads what the real tracer sends by v${version}`, async () => {
    const datadog = await startDatadog()
    const env = { ...process.env, ...datadog.env, DD_TRACE_AGENT_PROTOCOL_VERSION: version }
    const child = spawn(process.execPath, ['-e', PROGRAM], { cwd: join(__dirname, '..'), env, stdio: 'inherit' })
    const [outer, inner] = await datadog.agent.waitFor(2).finally(() => child.kill())
    assert.ok(outer && inner)
    assert.ok(datadog.agent.paths.includes(`/v${version}/traces`))
    assert.equal(
      [outer.name, outer.resource, outer.service, outer.error],
      ['openai.request', 'createChatCompletion', 'shop', 0],
    )
    assert.equal([outer.meta.a, outer.metrics.n, outer.metrics.m], ['x', 1.5, 7])
    assert.equal([outer.parentId, inner.parentId, inner.traceId, inner.type], ['0', outer.spanId, outer.traceId, 'web'])
    assert.match(outer.spanId, /^[1-9]\d+$/)
    assert.ok(Math.abs(Number(outer.start / 1_000_000n) - Date.now()) < 60_000)
    assert.ok(outer.duration >= inner.duration)
    await datadog.close()
  })
}

agent('shows what did arrive to one who waits in vain', async () => {
  const running = await startAgent()
  const error = failed(await running.waitFor(3, 1).catch(failed))
  assert.match(error.message, 'waited 1 ms for 3 spans; 0 arrived')
  await running.close()
})

agent('answers as the real one what it does not know and cannot read', async () => {
  const running = await startAgent()
  const put = (path: string, body: string) => fetch(running.url + path, { method: 'PUT', body })
  assert.is((await put('/v0.4/traces', 'nonsense')).status, 400)
  assert.is((await put('/v9/traces', '')).status, 404)
  assert.is((await put('/telemetry/proxy/api/v2/apmtelemetry', '{}')).status, 200)
  const info = await (await fetch(`${running.url}/info`)).text()
  assert.match(info, '/v0.5/traces')
  assert.not.match(info, '/v0.6/stats')
  await running.close()
})

agent.run()

const dogstatsd = suite('the DogStatsD stand-in')

const goodLines: [line: string, metric: object][] = [
  ['a.b:1|c', { name: 'a.b', type: 'count', values: [1], tags: [], rate: 1 }],
  [
    'a:1.5:2:-3e2|d|@0.5|#k:v,solo',
    { name: 'a', type: 'distribution', values: [1.5, 2, -300], tags: ['k:v', 'solo'], rate: 0.5 },
  ],
  ['a:1|g|T1700000000', { name: 'a', type: 'gauge', values: [1], tags: [], rate: 1, timestamp: 1_700_000_000 }],
  [
    'a:user|s|#k:é/x.y-z_1:2|c:abc|card:low',
    { name: 'a', type: 'set', values: ['user'], tags: ['k:é/x.y-z_1:2'], rate: 1 },
  ],
]
for (const [line, metric] of goodLines) {
  dogstatsd(`takes ${line}`, () => assert.equal(readDatagram(Buffer.from(line)), [metric]))
}

const badLines = [
  'a|c',
  ':1|c',
  '1a:1|c',
  'a b:1|c',
  'a-b:1|c',
  'a:1',
  'a:1|x',
  'a:|c',
  'a:NaN|g',
  'a:1e999|g',
  'a:0x1|c',
  'a:1|c|',
  'a:1||#k:v',
  'a:1|c|@0',
  'a:1|c|@2',
  'a:1|c|#',
  'a:1|c|#k:v,',
  'a:1|c|#k:',
  'a:1|c|#k v:1',
  'a:1|c|#1k:v',
  'a:1|c|#k:v|#l:w',
  `a:1|c|#k:${'v'.repeat(199)}`,
  'a:1|d|T1700000000',
  'a:1|c|zzz',
  '_e{1,1}:a|b',
  '',
]
for (const line of badLines) {
  dogstatsd(`rejects ${JSON.stringify(line.slice(0, 40))}`, () => {
    const [read, ...more] = readDatagram(Buffer.from(line))
    assert.equal(more, [])
    assert.ok(read && 'reason' in read)
  })
}

dogstatsd('reads each line of a datagram, and rejects one that the agent would cut or that is not UTF-8', () => {
  const kinds = (bytes: Buffer) => readDatagram(bytes).map(read => 'reason' in read)
  assert.equal(kinds(Buffer.from('a:1|c\nb:x|c\nc:1|c\n')), [false, true, false])
  assert.equal(kinds(Buffer.from('a:1|c\n'.repeat(2000))), [true])
  assert.equal(kinds(Buffer.from([0x61, 0x3a, 0xff])), [true])
})

for (const kind of ['UDP', 'a Unix socket'] as const) {
  dogstatsd(`reads what hot-shots sends over ${kind}`, async () => {
    if (kind === 'a Unix socket' && !hasUnixDatagrams()) return
    const folder = mkdtempSync(join(tmpdir(), 'dogstatsd-'))
    const path = join(folder, 'dsd.sock')
    const running = await startDogstatsd(kind === 'UDP' ? {} : { socket: path })
    const client = new StatsD(kind === 'UDP' ? { port: running.port } : { protocol: 'uds', path })
    client.distribution('openai.tokens.total', 12, ['model:gpt-4o', 'env:prod'])
    const [metric] = await running.waitFor(1)
    assert.equal([metric?.name, metric?.type, metric?.values], ['openai.tokens.total', 'distribution', [12]])
    assert.equal(metric?.tags, ['model:gpt-4o', 'env:prod'])
    assert.equal(running.rejected, [])
    await new Promise(resolve => client.close(resolve))
    await running.close()
    rmSync(folder, { recursive: true })
  })
}

dogstatsd('names a taken port and the remedy', async () => {
  const running = await startDogstatsd()
  const refusal = failed(await startDogstatsd({ port: running.port }).catch(failed))
  assert.match(refusal.message, `port ${running.port} is taken: `)
  await running.close()
})

dogstatsd.run()

const intake = suite('the logs intake stand-in')

function send(url: string, entries: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/api/v2/logs`, {
    method: 'POST',
    headers: { 'dd-api-key': 'k', 'content-type': 'application/json', 'content-encoding': 'gzip', ...headers },
    body: gzipSync(typeof entries === 'string' ? entries : JSON.stringify(entries)),
  })
}

intake('takes gzipped lists of entries', async () => {
  const running = await startIntake()
  assert.is((await send(running.url, [{ message: 'a' }, { message: 'b' }])).status, 202)
  assert.equal(await running.waitFor(2), [{ message: 'a' }, { message: 'b' }])
  assert.is(running.batches[0]?.headers['dd-api-key'], 'k')
  await running.close()
})

intake('refuses what the real one refuses, and keeps no entry of it', async () => {
  const running = await startIntake({ maxBytes: 100, poison: 'BAD' })
  const statuses = [
    await send(running.url, [{ message: 'x'.repeat(100) }]),
    await send(running.url, [{ message: 'fine' }, { message: 'BAD' }]),
    await send(running.url, [{}], { 'dd-api-key': '' }),
    await send(running.url, '[{"cut'),
    await send(running.url, { not: 'a list' }),
    await fetch(`${running.url}/elsewhere`, { method: 'POST' }),
  ].map(({ status }) => status)
  assert.equal(statuses, [413, 400, 401, 400, 400, 404])
  assert.equal(running.entries(), [])
  await running.close()
})

const troubles: [Trouble, outcome: string][] = [
  [{ status: 429, retryAfter: '3' }, '429, again after 3'],
  [{ status: 503 }, '503'],
  [{ status: 403 }, '403'],
  [{ slowMs: 1 }, '202'],
  [{ reset: true }, 'TypeError'],
  [{ halfClosed: true }, 'TypeError'],
]
function outcome(response: Response | Error): string {
  if (response instanceof Error) return response.name
  const after = response.headers.get('retry-after')
  return after === null ? `${response.status}` : `${response.status}, again after ${after}`
}
for (const [trouble, expected] of troubles) {
  intake(`on command: ${JSON.stringify(trouble)}`, async () => {
    const running = await startIntake()
    running.trouble(trouble)
    assert.is(outcome(await send(running.url, [{}]).catch(failed)), expected)
    running.trouble()
    assert.is(outcome(await send(running.url, [{}])), '202')
    await running.close()
  })
}

intake('on command: every second request fails, it hangs, it is gone and comes back', async () => {
  const running = await startIntake()
  running.trouble({ status: 500, everyNth: 2 })
  const statuses = []
  for (let n = 0; n < 4; n++) statuses.push((await send(running.url, [{}])).status)
  assert.equal(statuses, [202, 500, 202, 500])

  running.trouble({ hanging: true })
  const hung = send(running.url, [{}]).catch(failed)
  while (running.requests() < 5) await new Promise(setImmediate)
  await running.down()
  assert.instance(await hung, TypeError)
  const refused = failed(await send(running.url, [{}]).catch(failed))
  assert.match(failed(refused.cause).message, 'ECONNREFUSED')

  running.trouble()
  await running.up()
  assert.is((await send(running.url, [{}])).status, 202)
  await running.close()
})

intake('speaks TLS, and on command does not', async () => {
  const running = await startIntake({ tls: true })
  const get = () =>
    new Promise((resolve, reject) => {
      https
        .get(running.url, { ca: running.ca, agent: false }, res => resolve(res.resume().statusCode))
        .on('error', reject)
    }).catch(failed)
  assert.is(await get(), 404)
  running.trouble({ tlsFailure: true })
  assert.match(failed(await get()).message, /SSL|EPROTO/)
  running.trouble()
  assert.is(await get(), 404)
  await running.close()
})

intake.run()
