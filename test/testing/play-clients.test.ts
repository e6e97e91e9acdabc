import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, Agent as HttpAgent, request as httpRequest } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { request as httpsRequest } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import axios from 'axios'
import OpenAI from 'openai'
import OpenAI4 from 'openai4'
import OpenAI7 from 'openai7'
import { Agent, request as undiciRequest } from 'undici'
import { fetch as undici6Fetch } from 'undici6'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { listen } from '../../lib/local/listen'
import { type OpenAIStandIn, startOpenAI } from '../../lib/local/openai/openai'
import type { Tape } from '../../lib/local/tapes/tape-types'
import { observe, play, record } from '../../lib/testing'

const test = suite<{ openai: OpenAIStandIn; tapes: Tape[] }>('calls to OpenAI itself, played')

const HELLO = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: 'hello' }] }
const KEY = 'test'
const CHAT = 'https://api.openai.com/v1/chat/completions'
const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }
const body = JSON.stringify(HELLO)

test.before(async context => {
  context.openai = await startOpenAI()
  const recorder = await record({ upstream: `${context.openai.origin}/v1` })
  const client = new OpenAI({ baseURL: recorder.baseURL, apiKey: KEY })
  await client.chat.completions.create(HELLO)
  for await (const _ of await client.chat.completions.create({ ...HELLO, stream: true }));
  await recorder.close()
  context.tapes = [...recorder.tapes]
})
test.after(({ openai }) => openai.close())

const idsIn = (text: string): string[] => JSON.parse(text).data.map(({ id }: { id: string }) => id)

const idOf = (value: unknown): unknown => JSON.parse(JSON.stringify(value)).id

function asked(send: typeof httpRequest, url: string, text?: string, agent?: HttpAgent): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { method: text === undefined ? 'GET' : 'POST', headers, ...(agent === undefined ? {} : { agent }) }
    const request = send(url, options, response => {
      let said = ''
      response.on('data', chunk => {
        said += chunk
      })
      response.on('end', () => resolve(said))
    })
    request.on('error', reject)
    request.end(text)
  })
}

const CLIENTS: Record<string, () => Promise<unknown>> = {
  fetch: async () => (await fetch(CHAT, { method: 'POST', headers, body })).json(),
  'undici 7': async () => (await undiciRequest(CHAT, { method: 'POST', headers, body })).body.json(),
  'undici 7, an agent with HTTP/2 allowed': async () => {
    const dispatcher = new Agent({ allowH2: true })
    return (await undiciRequest(CHAT, { method: 'POST', headers, body, dispatcher })).body.json()
  },
  'undici 6': async () => (await undici6Fetch(CHAT, { method: 'POST', headers, body })).json(),
  'node:https': async () => JSON.parse(await asked(httpsRequest, CHAT, body)),
  axios: async () => (await axios.post(CHAT, HELLO, { headers })).data,
  'openai 6': () => new OpenAI({ apiKey: KEY }).chat.completions.create(HELLO),
  'openai 4': () => new OpenAI4({ apiKey: KEY }).chat.completions.create(HELLO),
  'openai 7': () => new OpenAI7({ apiKey: KEY }).chat.completions.create(HELLO),
}

for (const [client, call] of Object.entries(CLIENTS)) {
  test(`${client} is answered, needs no configuration, and is observed`, async ({ tapes }) => {
    const player = await play(tapes)
    let id: unknown
    const calls = await observe(async () => {
      id = idOf(await call())
    })
    assert.is(id, idOf(tapes[0]?.response.body))
    assert.equal(
      calls.map(({ operation, http }) => [operation, http.status]),
      [['createChatCompletion', 200]],
    )
    assert.is(player.calls[0]?.tape, tapes[0]?.name)
    await player.close()
  })
}

test('a stream comes event by event, to SDKs old and new', async ({ tapes }) => {
  const player = await play(tapes)
  const expected = tapes[1]?.response.events?.filter(({ data }) => data !== '[DONE]').length
  const asked = { ...HELLO, stream: true } as const
  const streams = [
    () => new OpenAI({ apiKey: KEY }).chat.completions.create(asked),
    () => new OpenAI4({ apiKey: KEY }).chat.completions.create(asked),
    () => new OpenAI7({ apiKey: KEY }).chat.completions.create(asked),
  ]
  for (const begin of streams) {
    let chunks = 0
    for await (const _ of await begin()) chunks += 1
    assert.is(chunks, expected)
  }
  await player.close()
})

test('traffic to others is as it was: HTTP, and a raw socket to another port of a host that is played', async ({
  tapes,
}) => {
  const other = createServer((request, response) => void response.end(`${request.method} ${request.url}`))
  const port = await listen(other, 0)
  const player = await play(tapes, { hosts: ['127.0.0.1'] })
  assert.is(await asked(httpRequest, `http://127.0.0.1:${port}/v1/models`), 'GET /v1/models')
  assert.is(await (await fetch(`http://127.0.0.1:${port}/x`)).text(), 'GET /x')
  const said = await new Promise<string>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.end('GET /raw HTTP/1.0\r\n\r\n'))
    socket.on('data', data => resolve(String(data)))
    socket.on('error', reject)
  })
  assert.match(said, 'GET /raw')
  await player.close()
  other.closeAllConnections()
  other.close()
})

test('a host of the environment is recorded where it is, then played; connections that are open are not used', async ({
  openai,
}) => {
  const before = process.env.OPENAI_BASE_URL
  process.env.OPENAI_BASE_URL = `${openai.origin}/v1`
  const agent = new HttpAgent({ keepAlive: true })
  const ways = [
    () => fetch(`${openai.origin}/v1/models`).then(answer => answer.text()),
    () => asked(httpRequest, `${openai.origin}/v1/models`, undefined, agent),
  ]
  const folder = mkdtempSync(join(tmpdir(), 'tapes-'))
  const live = await Promise.all(ways.map(ask => ask()))
  const recorder = await record({ folder })
  const recorded = await Promise.all(ways.map(ask => ask()))
  await recorder.close()
  assert.equal(recorded, live)
  assert.is(recorder.tapes.length, 2)
  await Promise.all(ways.map(ask => ask()))
  const count = openai.calls.length
  const player = await play(folder)
  const played = await Promise.all(ways.map(ask => ask()))
  // Not the whole of it: names of organizations are not on tapes.
  assert.equal(played.map(idsIn), live.map(idsIn))
  assert.is(openai.calls.length, count)
  await player.close()
  await Promise.all(ways.map(ask => ask()))
  assert.is(openai.calls.length, count + 2, 'then they go where they went')
  if (before === undefined) delete process.env.OPENAI_BASE_URL
  else process.env.OPENAI_BASE_URL = before
  agent.destroy()
  rmSync(folder, { recursive: true })
})

test('what is no call to a host that is played goes where it went', async ({ openai, tapes }) => {
  openai.respond('/health', (request, response) => {
    request.pipe(response.writeHead(201, { 'x-own': 'yes' }))
  })
  const player = await play(tapes, { hosts: [`${openai.origin}/v1`] })
  const health = await fetch(`${openai.origin}/health`, { method: 'POST', body: 'well?' })
  assert.equal([health.status, health.headers.get('x-own'), await health.text()], [201, 'yes', 'well?'])
  assert.is((await fetch(`${openai.origin}/v1/models`)).status, 404)
  assert.equal(
    player.calls.map(({ request }) => new URL(request.url).pathname),
    ['/v1/models'],
  )
  assert.match(await player.close().then(() => 'resolved', String), 'no tape answers GET /v1/models')
})

test('HTTP/2 alone, which is not played, reaches nobody', async ({ tapes }) => {
  const player = await play(tapes)
  const session = connectHttp2('https://api.openai.com')
  const error = await new Promise<Error>(resolve => session.on('error', resolve))
  assert.match(String(error), /ALPN|alert|protocol/i)
  await player.close()
})

test('leaves nothing changed when it is closed', async ({ tapes }) => {
  const functions = () => [
    require('node:tls').connect,
    require('node:net').Socket.prototype.connect,
    HttpAgent.prototype,
  ]
  const before = [...functions(), Reflect.get(HttpAgent.prototype, 'addRequest')]
  const player = await play(tapes)
  assert.not.equal([...functions(), Reflect.get(HttpAgent.prototype, 'addRequest')], before)
  await player.close()
  assert.equal([...functions(), Reflect.get(HttpAgent.prototype, 'addRequest')], before)
})

test.run()
