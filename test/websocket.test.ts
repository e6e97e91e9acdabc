import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import tracer from 'dd-trace'
import { WebSocket as UndiciWebSocket } from 'undici'
import { WebSocket as Undici6WebSocket } from 'undici6'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { WebSocket as WsWebSocket } from 'ws'
import { withTags } from '../lib'
import { listen } from '../lib/local/listen'
import type { Span } from '../lib/local/receiver/spans'
import { playClient, type SocketClient, type SocketServer, socketTape, startSocketServer } from './socket-tapes'
import { startWorld, type World } from './world'

const KEY = 'sk-test-of-sockets-0123'

/** The part of the browsers' WebSocket that undici and Node give. */
type Browserlike = new (
  url: string,
  options: { headers: Record<string, string> },
) => {
  send(text: string): void
  close(code: number): void
  addEventListener(event: string, listener: (event: { data: unknown }) => void): void
}

function browserlike(Client: Browserlike) {
  return (url: string): SocketClient => {
    const socket = new Client(url, { headers: { authorization: `Bearer ${KEY}` } })
    return {
      send: text => socket.send(text),
      close: code => socket.close(code),
      onMessage: take => socket.addEventListener('message', ({ data }) => take(String(data))),
      opened: new Promise(resolve => socket.addEventListener('open', resolve)),
      closed: new Promise(resolve => socket.addEventListener('close', resolve)),
    }
  }
}

function ws(url: string): SocketClient {
  return clientOf(new WsWebSocket(url, { headers: { authorization: `Bearer ${KEY}` } }))
}

function clientOf(socket: WsWebSocket): SocketClient {
  return {
    send: text => socket.send(text),
    close: code => socket.close(code),
    onMessage: take => socket.on('message', data => take(String(data))),
    opened: new Promise(resolve => socket.on('open', resolve)),
    closed: new Promise(resolve => socket.on('close', resolve)),
  }
}

const CLIENTS: Record<string, (url: string) => SocketClient> = {
  ws,
  'undici 7': browserlike(UndiciWebSocket as unknown as Browserlike),
  'undici 6': browserlike(Undici6WebSocket as unknown as Browserlike),
  // From Node 22 on.
  ...(globalThis.WebSocket === undefined
    ? {}
    : { 'the global one': browserlike(globalThis.WebSocket as unknown as Browserlike) }),
}

const test = suite<{ world: World; server: SocketServer }>('a WebSocket')

test.before(async context => {
  context.server = await startSocketServer()
  context.world = await startWorld({ hosts: [context.server.origin] })
})
test.after(async ({ world, server }) => {
  await world.stop()
  await server.close()
})

async function play(context: { world: World; server: SocketServer }, client: string, name: string, spans: number) {
  const tape = socketTape(name)
  context.server.play(tape)
  const open = CLIENTS[client]
  if (open === undefined) throw new Error(client)
  let received: string[] = []
  const found = await context.world.spansOf(spans, () =>
    withTags({ customer: 'acme' }, async () => {
      received = await playClient(open(`ws://${context.server.origin}${tape.url}`), tape)
    }),
  )
  assert.equal(
    received.map(text => JSON.parse(text)),
    tape.frames.flatMap(({ server }) => (server === undefined ? [] : [server])),
    'the app gets every message',
  )
  return found
}

function named(spans: readonly Span[], resource: string): Span[] {
  return spans.filter(span => span.resource === resource)
}

for (const client of Object.keys(CLIENTS)) {
  test(`${client} › a voice session is one span, and each turn and transcript a child of it`, async context => {
    const spans = await play(context, client, 'realtime-voice', 5)
    const { frames } = socketTape('realtime-voice')
    const framesOf = (side: 'client' | 'server'): number => frames.filter(frame => frame[side] !== undefined).length
    const [session] = named(spans, 'connectRealtime')
    assert.ok(session)
    assert.is(session.meta['openai.request.endpoint'], '/v1/realtime')
    assert.is(session.meta['openai.request.model'], 'gpt-realtime')
    assert.is(session.meta['openai.response.id'], 'sess_001')
    assert.is(session.metrics['http.status_code'] ?? Number(session.meta['http.status_code']), 101)
    assert.is(session.metrics['openai.response.close_code'], 1000)
    assert.is(session.metrics['openai.response.turns_count'], 3)
    assert.is(session.metrics['openai.response.events_sent'], framesOf('client'))
    assert.is(session.metrics['openai.response.events_received'], framesOf('server'))
    assert.is(session.meta['openai.user.api_key'], 'sk-...0123')
    assert.is(session.meta.customer, 'acme')
    const parts = spans.filter(span => span !== session)
    for (const part of parts) {
      assert.is(part.parentId, session.spanId)
      assert.is(part.traceId, session.traceId)
      assert.is(part.meta.customer, 'acme')
    }
  })
}

test('a turn tells what was heard, what was called, its tokens by kind and its cost', async context => {
  const spans = await play(context, 'ws', 'realtime-voice', 5)
  const [called, spoken, interrupted] = named(spans, 'realtimeResponse')
  assert.ok(called && spoken && interrupted)
  assert.is(called.meta['openai.request.input.0.content'], 'What is the weather in Paris?')
  assert.is(called.meta['openai.request.instructions'], 'Be brief.')
  assert.is(called.meta['openai.response.output.0.name'], 'get_weather')
  assert.is(called.meta['openai.response.output.0.arguments'], '{"city":"Paris"}')
  assert.is(called.metrics['openai.response.usage.prompt_tokens'], 120)
  assert.is(called.metrics['openai.response.usage.input_audio_tokens'], 40)
  assert.is(called.metrics['openai.response.usage.cached_tokens'], 64)
  assert.is(called.metrics['openai.organization.ratelimit.tokens.remaining'], 49950)
  assert.ok((called.metrics['openai.response.cost.usd'] ?? 0) > 0)

  assert.is(spoken.meta['openai.request.input.0.output'], '{"celsius":21}')
  assert.is(spoken.meta['openai.response.output.0.content'], 'It is 21 degrees.')
  assert.is(spoken.metrics['openai.response.usage.output_audio_tokens'], 32)
  assert.type(spoken.metrics['openai.response.time_to_first_token_ms'], 'number')
  assert.type(spoken.metrics['openai.response.time_to_first_audio_ms'], 'number')
  assert.is(spoken.meta['openai.response.incomplete'], undefined)

  assert.is(interrupted.meta['openai.request.instructions'], 'Tell stories.')
  assert.is(interrupted.meta['openai.response.interrupted'], 'true')
  assert.is(interrupted.meta['openai.response.incomplete'], 'cancelled')
  assert.is(interrupted.error, 0)
})

test('a transcript is a call of its own, with the model that heard it', async context => {
  const [heard] = named(await play(context, 'ws', 'realtime-voice', 5), 'realtimeTranscription')
  assert.ok(heard)
  assert.is(heard.meta['openai.request.model'], 'gpt-4o-mini-transcribe')
  assert.is(heard.meta['openai.response.text'], 'What is the weather in Paris?')
  assert.is(heard.metrics['openai.response.usage.completion_tokens'], 8)

  const [timed] = named(await play(context, 'ws', 'transcription', 2), 'realtimeTranscription')
  assert.ok(timed)
  assert.is(timed.meta['openai.request.model'], 'whisper-1')
  assert.is(timed.metrics['openai.response.usage.seconds'], 3)
})

test('the Responses API on a socket gives the same calls as over HTTP, and its errors', async context => {
  const spans = await play(context, 'ws', 'responses', 3)
  const [answered, refused] = named(spans, 'createResponse')
  assert.ok(answered && refused)
  assert.is(answered.meta['openai.request.input'], 'Say hello.')
  assert.is(answered.meta['openai.request.model'], 'gpt-4o-mini')
  assert.is(answered.meta['openai.response.model'], 'gpt-4o-mini-2024-07-18')
  assert.is(answered.meta['openai.response.output.0.content'], 'Hello, friend!')
  assert.is(answered.metrics['openai.response.usage.total_tokens'], 26)
  assert.is(refused.error, 1)
  assert.is(refused.meta['openai.error.code'], 'previous_response_not_found')
})

test('the answers of one agent on a socket are one turn, linked to the first', async context => {
  const tape = socketTape('responses')
  const asked = tape.frames.findLastIndex(({ client }) => client !== undefined)
  const answeredAs = (id: string) => JSON.parse(JSON.stringify(tape.frames.slice(0, asked)).replaceAll('resp_a', id))
  const [first, next] = [answeredAs('resp_first'), answeredAs('resp_next')]
  next[0].client.previous_response_id = 'resp_first'
  const played = { ...tape, frames: [...first, ...next] }
  context.server.play(played)
  const spans = await context.world.spansOf(3, () => playClient(ws(`ws://${context.server.origin}${tape.url}`), played))
  const [one, two] = named(spans, 'createResponse')
  assert.ok(one && two)
  assert.equal([one.metrics['openai.turn.index'], two.metrics['openai.turn.index']], [1, 2])
  assert.is(two.meta['openai.turn.id'], one.meta['openai.turn.id'])
  assert.match(two.meta['_dd.span_links'] ?? '', BigInt(one.spanId).toString(16))
  assert.is(named(spans, 'connectResponses')[0]?.meta['openai.turn.id'], undefined)
})

test('a socket that is cut ends its turn as cut, and its session as an error', async context => {
  const tape = socketTape('realtime-voice')
  const cutAt = tape.frames.findIndex(({ server }) => server?.event_id === 'event_28')
  context.server.play({ ...tape, frames: tape.frames.slice(0, cutAt + 1) })
  const half = { ...tape, frames: [...tape.frames.slice(0, cutAt), { server: {} }], close: tape.close }
  const spans = await context.world.spansOf(5, async () => {
    const client = ws(`ws://${context.server.origin}${tape.url}`)
    const over = playClient({ ...client, close: () => context.server.cut() }, half)
    await over
  })
  const turn = named(spans, 'realtimeResponse').at(-1)
  assert.is(turn?.meta['openai.response.incomplete'], 'cut')
  assert.is(turn?.meta['openai.response.output.0.content'], 'Once upon')
  const [session] = named(spans, 'connectRealtime')
  assert.is(session?.meta['openai.response.status'], 'lost')
  assert.is(session?.meta['openai.error.kind'], 'connection')
})

test('an upgrade that is refused ends at its answer, as an error', async ({ world, server }) => {
  const refusing = createServer((_, response) => response.writeHead(401).end('{"error":{"message":"no"}}'))
  const port = await listen(refusing, 0)
  await world.restart({ hosts: [server.origin, `127.0.0.1:${port}`] })
  const span = await world.spanOf(async () => {
    const socket = new WsWebSocket(`ws://127.0.0.1:${port}/v1/realtime`)
    await new Promise(resolve => socket.on('error', resolve))
  })
  assert.is(span.resource, 'connectRealtime')
  assert.is(span.meta['error.type'], 'AuthenticationError')
  refusing.close()
})

test('a socket at a path that no operation has is followed alike, in the trace that opened it', async context => {
  const tape = socketTape('realtime-voice')
  await context.world.restart({ hosts: [context.server.origin] })
  context.server.play(tape)
  let traceId = ''
  const spans = await context.world.spansOf(5, () =>
    tracer.trace('job', async job => {
      traceId = job?.context().toTraceId() ?? ''
      await playClient(ws(`ws://${context.server.origin}/v1/unheard-of`), tape)
    }),
  )
  const [session] = named(spans, 'GET /v1/unheard-of')
  assert.ok(session)
  for (const part of spans) {
    assert.is(part.traceId, traceId)
    if (part !== session) assert.is(part.parentId, session.spanId)
  }
})

test('bytes that are no frames are counted, reach the app, and spoil nothing', async ({ world, server }) => {
  const strange = createServer()
  strange.on('upgrade', (request, socket) => {
    const key = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    const head = ['HTTP/1.1 101 Switching Protocols', 'upgrade: websocket', 'connection: upgrade']
    socket.write(`${[...head, `sec-websocket-accept: ${key.digest('base64')}`].join('\r\n')}\r\n\r\n`)
    // Reserved bits and an unknown kind of frame.
    socket.end(Buffer.alloc(100, 0xff))
  })
  const port = await listen(strange, 0)
  await world.restart({ hosts: [server.origin, `127.0.0.1:${port}`] })
  let said: unknown
  const span = await world.spanOf(async () => {
    const socket = new WsWebSocket(`ws://127.0.0.1:${port}/v1/realtime`)
    socket.on('error', error => {
      said = error
    })
    await new Promise(resolve => socket.on('close', resolve))
  })
  assert.match(String(said), /Invalid WebSocket frame/)
  assert.is(span.meta['openai.response.truncated'], 'true')
  assert.is(span.metrics['openai.response.bytes_received'], 100)
  strange.close()
})

test('the key that a browser gives as a subprotocol is the key of the session, and stays in', async context => {
  const tape = socketTape('transcription')
  context.server.play(tape)
  await context.world.restart({ hosts: [context.server.origin] })
  const spans = await context.world.spansOf(2, async () => {
    const socket = new WsWebSocket(`ws://${context.server.origin}${tape.url}`, [
      'realtime',
      `openai-insecure-api-key.${KEY}`,
    ])
    await playClient(clientOf(socket), tape)
  })
  for (const span of spans) assert.is(span.meta['openai.user.api_key'], 'sk-...0123', span.resource)
  assert.not.match(JSON.stringify(spans.map(({ meta }) => meta)), new RegExp(KEY))
})

test('with content off no transcript leaves', async context => {
  await context.world.restart({ hosts: [context.server.origin], captureContent: false })
  const spans = await play(context, 'ws', 'realtime-voice', 5)
  assert.not.match(JSON.stringify(spans.map(span => span.meta)), /weather in Paris|21 degrees|celsius|Be brief/)
})

test.run()
