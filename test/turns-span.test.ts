import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { withTags } from '../lib'
import type { LlmobsSpan } from '../lib/local/receiver/llmobs-span'
import type { Span } from '../lib/local/receiver/spans'
import { type OtelRecord, recordOtel } from './otel-agreement'
import { startWorld, type World } from './world'

const PATH = '/v1/chat/completions'
const OUTPUTS = ['datadog', 'otel', 'llmobs'] as const
const MESSAGE = { role: 'assistant', content: 'hello' }
const OPENED = [{ role: 'user', content: 'hi' }]
const GOES_ON = [...OPENED, MESSAGE, { role: 'user', content: 'and?' }]

const test = suite<{ world: World; otel: OtelRecord }>('turns on spans')

test.before(async context => {
  context.otel = recordOtel()
  context.world = await startWorld({ outputs: OUTPUTS })
  context.world.openai.respond(PATH, (request, response) => {
    const answer = { object: 'chat.completion', model: 'gpt-4o', choices: [{ index: 0, message: MESSAGE }] }
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    })
  })
})
test.before.each(async ({ world, otel }) => {
  await world.restart({ outputs: OUTPUTS })
  otel.clear()
})
test.after(async ({ world }) => world.stop())

async function ask({ openai }: World, messages: object[]): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ model: 'gpt-4o', messages })
  await (await fetch(openai.origin + PATH, { method: 'POST', headers, body })).arrayBuffer()
}

async function conversation(world: World): Promise<void> {
  await ask(world, OPENED)
  await ask(world, GOES_ON)
}

async function twoSpans(world: World, calls = () => conversation(world)): Promise<[first: Span, second: Span]> {
  const [first, second] = await world.spansOf(2, calls)
  if (first === undefined || second === undefined) throw new Error('not two spans')
  return [first, second]
}

const hexOf = (id: string): string => BigInt(id).toString(16).padStart(16, '0')

async function eventOf({ datadog }: World, { spanId }: Span): Promise<LlmobsSpan> {
  const is = ({ span_id }: LlmobsSpan): boolean => span_id === spanId
  const event = (await datadog.agent.llmobs.waitFor(all => all.some(is))).find(is)
  if (event === undefined) throw new Error('no span of LLM Observability')
  return event
}

test('two calls of one conversation have the same turn, in their order', async ({ world }) => {
  const [first, second] = await twoSpans(world)
  assert.match(String(first.meta['openai.turn.id']), /^[0-9a-f]{16}$/)
  assert.is(second.meta['openai.turn.id'], first.meta['openai.turn.id'])
  assert.equal([first.metrics['openai.turn.index'], second.metrics['openai.turn.index']], [1, 2])
  assert.is(second.metrics['openai.request.prefix_kept'], 1)
})

test('a later call is linked to the turn’s first call, with every output by its own ids', async ({ world, otel }) => {
  const [first, second] = await twoSpans(world)
  assert.is(first.meta['_dd.span_links'], undefined)
  const [apm, other] = JSON.parse(second.meta['_dd.span_links'] ?? '[]')
  assert.match(apm.trace_id, new RegExp(`^[0-9a-f]{16}${hexOf(first.traceId)}$`))
  assert.equal([apm.span_id, apm.attributes, other], [hexOf(first.spanId), { 'openai.link': 'turn.root' }, undefined])

  const [opened, gone] = otel.spans()
  assert.equal(opened?.links, [])
  const [link, more] = gone?.links ?? []
  assert.is(more, undefined)
  assert.equal(link?.context, opened?.spanContext())
  assert.equal(link?.attributes, { 'openai.link': 'turn.root' })

  const [root, later] = [await eventOf(world, first), await eventOf(world, second)]
  const { trace_id, span_id } = root
  assert.is(root.span_links, undefined)
  assert.equal(later.span_links, [{ trace_id, span_id, attributes: { from: 'output', to: 'input' } }])
})

test('an OpenTelemetry SDK whose spans take no links is told all else', async ({ world, otel }) => {
  otel.began = span => Object.defineProperty(span, 'addLink', { value: undefined })
  try {
    await twoSpans(world)
    assert.equal(
      otel.spans().map(({ attributes }) => attributes['openai.turn.index']),
      [1, 2],
    )
    assert.is(world.handle.counters()['otel.failed.link'], undefined)
  } finally {
    otel.began = () => {}
  }
})

test('with INTERCEPTOR_TURNS=false no call is in a turn, and none is linked', async ({ world, otel }) => {
  await world.restart({ outputs: OUTPUTS, turns: false })
  for (const span of await twoSpans(world)) {
    const names = [...Object.keys(span.meta), ...Object.keys(span.metrics)]
    assert.equal(
      names.filter(name => /turn|prefix_kept|span_links/.test(name)),
      [],
    )
    assert.is((await eventOf(world, span)).span_links, undefined)
  }
  for (const { attributes, links } of otel.spans()) {
    assert.equal([attributes['openai.turn.id'], links.length], [undefined, 0])
  }
})

test('the app’s session is the conversation’s id, and calls of two sessions are no turn', async ({ world, otel }) => {
  const [first, second] = await twoSpans(world, async () => {
    await withTags({ session_id: 'one' }, () => ask(world, OPENED))
    await withTags({ session_id: 'two' }, () => ask(world, GOES_ON))
  })
  assert.is.not(first.meta['openai.turn.id'], second.meta['openai.turn.id'])
  assert.equal(
    otel.spans().map(({ attributes }) => attributes['gen_ai.conversation.id']),
    ['one', 'two'],
  )
  assert.equal([(await eventOf(world, first)).session_id, (await eventOf(world, second)).session_id], ['one', 'two'])
})

test.run()
