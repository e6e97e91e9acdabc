import { trace } from '@opentelemetry/api'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { withTags } from '../lib'
import type { OtlpPoint } from '../lib/local/receiver/otlp-json'
import type { TraceIdentity } from '../lib/openai/call'
import { CONVENTIONS, SECONDS, TOKENS } from '../lib/sinks/otel/conventions'
import { type OtelWorld, startOtelWorld } from './otel-world'

/** The output `otel`: the app's own SDK gets a span and histograms a call, by the conventions for generative AI. */

const test = suite<{ world: OtelWorld }>('OpenTelemetry')

test.before(async context => {
  context.world = await startOtelWorld()
})
test.after(({ world }) => world.stop())

interface Asked {
  tape?: string
  path?: string
  body?: object
  headers?: Record<string, string>
}

async function ask(
  { openai }: OtelWorld,
  { tape, path = '/v1/chat/completions', body, headers }: Asked,
): Promise<void> {
  const response = await fetch(`${openai.origin}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: 'Bearer sk-test-0123456789-tail',
      ...(tape === undefined ? {} : { 'x-tape': tape }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  await response.arrayBuffer()
}

const CHAT: Asked = {
  tape: 'js-chat-completion-01',
  body: { model: 'gpt-4o', messages: [{ role: 'user', content: 'SECRET-PROMPT' }], temperature: 0.5, n: 1 },
}

test('a chat is one client span with the conventions’ names, and nothing of what was said', async ({ world }) => {
  const before = Date.now()
  const span = await world.spanOf(() => ask(world, CHAT))
  assert.equal([span.name, span.kind, span.parentSpanId, span.status.code], ['chat gpt-4o', 3, '', 0])
  assert.match(span.scope.schemaUrl, CONVENTIONS)
  const expected = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.request.temperature': 0.5,
    'gen_ai.response.id': 'chatcmpl-C1wSiT9yRt9O6aajc87qHv7ZV1bS9',
    'gen_ai.response.model': 'gpt-4-0613',
    'gen_ai.response.finish_reasons': ['stop'],
    'gen_ai.usage.input_tokens': 13,
    'gen_ai.usage.output_tokens': 19,
    'server.address': '127.0.0.1',
    'server.port': Number(new URL(world.openai.origin).port),
    'http.response.status_code': 200,
    'openai.api.type': 'chat_completions',
    'openai.response.service_tier': 'default',
    'openai.response.cost.usd': 0.00153,
    'openai.response.processing_ms': 1004,
    'openai.user.api_key': 'sk-...tail',
  }
  for (const [name, value] of Object.entries(expected)) assert.equal(span.attributes[name], value, name)
  // Only where it is another than 1, and only where it is a stream.
  for (const name of ['gen_ai.request.choice.count', 'gen_ai.request.stream', 'error.type']) {
    assert.is(span.attributes[name], undefined, name)
  }
  assert.not.match(JSON.stringify(span.attributes), 'SECRET')
  assert.ok(span.start / 1_000_000n >= BigInt(before) - 1n && span.duration > 0)
})

test('the histograms have the conventions’ buckets, units and attributes', async ({ world }) => {
  await ask(world, CHAT)
  const points = await world.points()
  const shared = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.response.model': 'gpt-4-0613',
  }
  const pointOf = (name: string, own: object): OtlpPoint => {
    const wanted = Object.entries({
      ...shared,
      'gen_ai.provider.name': 'openai',
      'server.address': '127.0.0.1',
      ...own,
    })
    const [point, more] = points.filter(
      each => each.name === name && wanted.every(([key, value]) => each.attributes[key] === value),
    )
    if (point === undefined || more !== undefined) throw new Error(`not one ${name}`)
    return point
  }
  const duration = pointOf('gen_ai.client.operation.duration', {})
  assert.equal([duration.unit, duration.bounds], ['s', SECONDS])
  assert.is(duration.attributes['error.type'], undefined)
  assert.ok(duration.sum / duration.count < 60)
  for (const [type, tokens] of [
    ['input', 13],
    ['output', 19],
  ] as const) {
    const usage = pointOf('gen_ai.client.token.usage', { 'gen_ai.token.type': type })
    assert.equal([usage.unit, usage.bounds, usage.sum / usage.count], ['{token}', TOKENS, tokens])
  }
})

test('a stream has its time to the first chunk and between chunks, on the span and as metrics', async ({ world }) => {
  const body = { model: 'gpt-3.5-turbo', stream: true, messages: [{ role: 'user', content: 'Hi' }] }
  const span = await world.spanOf(() => ask(world, { tape: 'js-chat-completion-stream-1', body }))
  const { attributes } = span
  assert.is(attributes['gen_ai.request.stream'], true)
  const first = Number(attributes['gen_ai.response.time_to_first_chunk'])
  assert.ok(first > 0 && first <= span.duration / 1e9)
  const pointOf = async (name: string): Promise<OtlpPoint> => {
    const found = (await world.points()).find(each => each.name === `gen_ai.client.operation.${name}`)
    if (found === undefined) throw new Error(`no ${name}`)
    return found
  }
  assert.is((await pointOf('time_to_first_chunk')).count, 1)
  const { count, sum, unit, bounds } = await pointOf('time_per_output_chunk')
  // Each chunk after the first.
  assert.equal([count, unit, bounds], [Number(attributes['openai.response.chunks']) - 1, 's', SECONDS])
  assert.ok(sum > 0 && sum <= span.duration / 1e9 - first + 0.001)
})

test('tokens that were counted here are on the span, marked, and in no metric', async ({ world }) => {
  const body = { model: 'model-without-usage', stream: true, messages: [{ role: 'user', content: 'Hi' }] }
  const { attributes } = await world.spanOf(() => ask(world, { tape: 'js-chat-completion-stream-2', body }))
  assert.ok(Number(attributes['gen_ai.usage.output_tokens']) > 0)
  assert.is(attributes['openai.response.usage.estimated'], 1)
  const counted = (await world.points()).filter(
    ({ name, attributes }) =>
      name === 'gen_ai.client.token.usage' && attributes['gen_ai.request.model'] === 'model-without-usage',
  )
  assert.equal(counted, [])
})

test('a failed call has status ERROR and the server’s code as error.type, on its duration too', async ({ world }) => {
  const span = await world.spanOf(() => ask(world, { ...CHAT, tape: 'doc-error-rate-limit' }))
  assert.is(span.status.code, 2)
  assert.is(span.attributes['error.type'], 'rate_limit_exceeded')
  assert.is(span.attributes['openai.error.class'], 'RateLimitError')
  const failed = (await world.points()).filter(({ attributes }) => attributes['error.type'] === 'rate_limit_exceeded')
  assert.equal([...new Set(failed.map(({ name }) => name))], ['gen_ai.client.operation.duration'])
})

test('an answer that is fetched again has no usage, neither on the span nor as metric', async ({ world }) => {
  const span = await world.spanOf(() => ask(world, { tape: 'doc-get-response', path: '/v1/responses/resp_123' }))
  assert.is(span.name.split(' ')[0], 'fetch_response')
  assert.equal(
    Object.keys(span.attributes).filter(name => name.includes('usage')),
    [],
  )
  const usage = (await world.points()).filter(({ name }) => name === 'gen_ai.client.token.usage')
  assert.ok(!usage.some(({ attributes }) => attributes['gen_ai.operation.name'] === 'fetch_response'))
})

test('the span’s parent is the span that is active where the app calls, and tags are attributes', async ({ world }) => {
  const tracer = trace.getTracer('app')
  const parents: string[] = []
  const spans = await world.spansOf(20, () =>
    Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        tracer.startActiveSpan(`work ${n}`, async span => {
          parents.push(span.spanContext().spanId)
          await withTags({ n, session_id: `s${n}`, 'gen_ai.request.model': 'not mine' }, () => ask(world, CHAT))
          span.end()
        }),
      ),
    ),
  )
  for (const span of spans) {
    const n = Number(span.attributes.n)
    assert.is(span.parentSpanId, parents[n])
    assert.is(span.attributes['gen_ai.conversation.id'], `s${n}`)
    assert.is(span.attributes['gen_ai.request.model'], 'gpt-4o')
  }
})

test('with content on there are messages, filtered and redacted as everywhere', async ({ world }) => {
  const body = { ...CHAT.body, stop: ['END'] }
  await world.restart({ genAiContent: true, redact: text => text.replaceAll('SECRET', '[gone]') })
  const shown = await world.spanOf(() => ask(world, { ...CHAT, body }))
  assert.equal(JSON.parse(String(shown.attributes['gen_ai.input.messages'])), [
    { role: 'user', parts: [{ type: 'text', content: '[gone]-PROMPT' }] },
  ])
  assert.equal(shown.attributes['gen_ai.request.stop_sequences'], ['END'])
  await world.restart({ otelContent: true, captureContent: false })
  const closed = await world.spanOf(() => ask(world, { ...CHAT, body }))
  await world.restart({ genAiContent: true, otelContent: false })
  const kept = await world.spanOf(() => ask(world, { ...CHAT, body }))
  await world.restart({})
  const silent = await world.spanOf(() => ask(world, { ...CHAT, body }))
  for (const { attributes } of [closed, kept, silent]) {
    assert.is(attributes['gen_ai.input.messages'], undefined)
    assert.not.match(JSON.stringify(attributes), /SECRET|END/)
  }
})

test('with content off an error’s message, which may echo the prompt, is its code', async ({ world }) => {
  const span = await world.spanOf(() => ask(world, { ...CHAT, tape: 'doc-error-context-length' }))
  assert.equal(span.status, { code: 2, message: 'context_length_exceeded' })
})

test('an app with a hundred tags loses some of them, and nothing that was measured or said', async ({ world }) => {
  await world.restart({ otelContent: true })
  const tags = Object.fromEntries(Array.from({ length: 150 }, (_, n) => [`tag${n}`, n]))
  const span = await world.spanOf(() =>
    withTags({ ...tags, 'openai.response.cost.usd': 'free' }, () => ask(world, CHAT)),
  )
  assert.ok(span.droppedAttributes > 0)
  assert.is(span.attributes['openai.response.cost.usd'], 0.00153)
  assert.is(span.attributes['gen_ai.usage.input_tokens'], 13)
  assert.match(String(span.attributes['gen_ai.input.messages']), 'SECRET-PROMPT')
  assert.is(span.attributes['openai.organization.ratelimit.tokens.limit'], 1_000_000)
  await world.restart({})
})

test('a credential that stands in the path is in no attribute and in no name', async ({ world }) => {
  const key = 'sk-test-0123456789-tail'
  for (const path of [
    `/v1/models/${key}`,
    `/openai/deployments/${key}/chat/completions`,
    `/v1/engines/${key}/embeddings`,
  ]) {
    const span = await world.spanOf(() => ask(world, { path, body: {} }))
    assert.not.match(JSON.stringify([span.name, span.attributes, span.status]), '0123456789', path)
  }
})

test('an onCall function is told the span that the call has there', async ({ world }) => {
  const traces: (TraceIdentity | undefined)[] = []
  await world.restart({ onCall: ({ trace }) => traces.push(trace) })
  const span = await world.spanOf(() => ask(world, CHAT))
  assert.equal([traces.length, traces[0]?.traceId, traces[0]?.spanId], [1, span.traceId, span.spanId])
  assert.is(traces[0]?.kept(), true)
})

test.run()
