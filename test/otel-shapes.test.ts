import { type Context, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { WebSocket } from 'ws'
import { parentContext } from '../lib/sinks/otel/parent'
import { type OtelWorld, startOtelWorld } from './otel-world'
import { playClient, type SocketServer, socketTape, startSocketServer } from './socket-tapes'

/** Calls that are more than one request and one answer, on OpenTelemetry's spans. */

const test = suite<{ world: OtelWorld; sockets: SocketServer }>('OpenTelemetry: sessions, parents')

test.before(async context => {
  context.sockets = await startSocketServer()
  context.world = await startOtelWorld({ hosts: [context.sockets.origin] })
})
test.after(async ({ world, sockets }) => {
  await world.stop()
  await sockets.close()
})

test('a voice session is a child of where it was opened, and its turns and transcripts are its own', async ({
  world,
  sockets,
}) => {
  const tape = socketTape('realtime-voice')
  sockets.play(tape)
  let opener = ''
  const spans = await world.spansOf(5, () =>
    trace.getTracer('app').startActiveSpan('talk', async span => {
      opener = span.spanContext().spanId
      const socket = new WebSocket(`ws://${sockets.origin}${tape.url}`, {
        headers: { authorization: 'Bearer sk-test-x' },
      })
      await playClient(
        {
          send: text => socket.send(text),
          close: code => socket.close(code),
          onMessage: take => socket.on('message', data => take(String(data))),
          opened: new Promise(resolve => socket.on('open', resolve)),
          closed: new Promise(resolve => socket.on('close', resolve)),
        },
        tape,
      )
      span.end()
    }),
  )
  const session = spans.find(({ name }) => name.startsWith('connectRealtime'))
  assert.is(session?.parentSpanId, opener)
  // Its model is in the address, and so known to a sampler.
  assert.is(session?.name, 'connectRealtime gpt-realtime')
  const parts = spans.filter(span => span !== session)
  assert.equal(
    parts.map(({ parentSpanId, traceId }) => [parentSpanId, traceId]),
    parts.map(() => [session?.spanId, session?.traceId]),
  )
  const turns = parts.filter(({ name }) => name === 'realtime_inference gpt-realtime')
  assert.is(turns.length, 3)
  assert.is(turns[0]?.attributes['gen_ai.usage.input_tokens'], 120)
  assert.is(turns[0]?.attributes['gen_ai.usage.audio.input_tokens'], 40)
  assert.is(turns[0]?.attributes['openai.api.type'], undefined)
})

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const PARENT = 'b7ad6b7169203331'
const HTTP = { name: '@opentelemetry/instrumentation-http' }

/** What an SDK's span tells of itself besides the API. */
const SHAPES: Record<string, object> = {
  'SDK 1': { instrumentationLibrary: HTTP, parentSpanId: PARENT },
  'SDK 2': { instrumentationScope: HTTP, parentSpanContext: { traceId: TRACE, spanId: PARENT, traceFlags: 1 } },
}

function contextOf(more: object): Context {
  const spanContext = () => ({ traceId: TRACE, spanId: '00f067aa0ba902b7', traceFlags: 1 })
  return trace.setSpan(ROOT_CONTEXT, { ...trace.wrapSpanContext(spanContext()), spanContext, ...more })
}

for (const [sdk, shape] of Object.entries(SHAPES)) {
  test(`inside the HTTP client span of ${sdk}, its parent is ours`, () => {
    const parent = trace.getSpanContext(parentContext(contextOf(shape)) ?? ROOT_CONTEXT)
    assert.equal([parent?.traceId, parent?.spanId, parent?.traceFlags], [TRACE, PARENT, 1])
  })
}

for (const [what, shape] of Object.entries({
  'an HTTP span that is a root': { instrumentationScope: HTTP },
  'a span of the app’s': { instrumentationScope: { name: 'app' }, parentSpanId: PARENT },
  'a span that tells nothing': {},
})) {
  test(`${what} is itself the parent`, () => {
    const active = contextOf(shape)
    assert.is(parentContext(active), active)
  })
}

test.run()
