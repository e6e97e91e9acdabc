import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { withTags } from '../lib'
import type { LlmobsSpan } from '../lib/local/receiver/llmobs-span'
import { loadTapes, requestBytes, type Tape } from '../lib/local/tapes/tape'
import { isObject, type JsonObject } from '../lib/openai/json'
import { modelOf } from './llmobs-agreement'
import { startWorld, type World } from './world'

/** The real dd-trace with LLM Observability on, and the embedded agent, which takes no span that is not by the book. */
process.env.DD_LLMOBS_ENABLED = 'true'
process.env.DD_LLMOBS_ML_APP = 'bookshop'
process.env.DD_LLMOBS_AGENTLESS_ENABLED = 'false'

const test = suite<{ world: World }>('LLM Observability')
const tapes = new Map(loadTapes().map(tape => [tape.name, tape]))

test.before(async context => {
  context.world = await startWorld()
})
test.after(async ({ world }) => {
  await world.stop()
})

test('every recorded exchange that a model answers is one span, and none is refused', async ({ world }) => {
  const { llmobs } = world.datadog.agent
  for (const tape of tapes.values()) await play(world, tape)
  await world.handle.flush()
  const apm = await world.spans()
  const modelCalls = apm.filter(span => MODEL_CALLS.test(span.resource))
  await llmobs.waitFor(modelCalls.length)
  assert.equal(llmobs.rejected, [])
  assert.equal(
    llmobs
      .spans()
      .map(({ span_id }) => span_id)
      .sort(),
    modelCalls.map(({ spanId }) => String(spanId)).sort(),
  )
  for (const event of llmobs.spans()) {
    const span = modelCalls.find(({ spanId }) => String(spanId) === event.span_id)
    if (span === undefined) throw new Error(`no APM span ${event.span_id}`)
    const { meta, metrics } = span
    assert.is(event.status === 'error', span.error === 1, span.resource)
    assert.is(event.meta['error.type'], meta['error.type'])
    assert.is(event.meta.model_name, modelOf(span))
    assert.ok(Math.abs(event.duration - span.duration) < 1000)
    for (const [name, tag] of Object.entries(AGREED))
      assert.is(event.metrics[name], metrics[tag], `${span.resource} ${name}`)
  }
})

/** What both tell, by the name of the metric and of the APM span's tag. */
const AGREED = {
  input_tokens: 'openai.response.usage.prompt_tokens',
  output_tokens: 'openai.response.usage.completion_tokens',
  total_tokens: 'openai.response.usage.total_tokens',
  cache_read_input_tokens: 'openai.response.usage.cached_tokens',
  reasoning_output_tokens: 'openai.response.usage.reasoning_tokens',
  total_cost: 'openai.response.cost.usd',
}

const MODEL_CALLS =
  /^(?:beta_)?(?:create(?:ChatCompletion|Completion|Edit|Response|Embedding|Image|ImageEdit|ImageVariation|Transcription|Translation|Speech)|Compactconversation|searchVectorStore)$/

test('a call has the ids, the times and the outcome of its APM span', async ({ world }) => {
  const [event, span] = await both(world, () => play(world, tape('js-chat-completion-01')))
  assert.is(event.span_id, String(span.spanId))
  assert.equal(event._dd.span_id, event.span_id)
  assert.is(event._dd.apm_trace_id, event._dd.trace_id)
  assert.is(BigInt(`0x${String(event._dd.apm_trace_id).slice(16)}`), BigInt(span.traceId))
  assert.ok(Math.abs(event.duration - span.duration) < 1000)
  assert.ok(Math.abs(event.start_ns - Number(span.start)) < 1000)
  assert.is(event.status, 'ok')
  assert.is(event.parent_id, 'undefined')
  assert.is.not(event.trace_id, event._dd.apm_trace_id, 'a trace of its own: dd-trace makes one too')
})

test('a call inside a workflow of the app is its child, in its trace and session', async ({ world }) => {
  const { default: tracer } = await import('dd-trace')
  let ids: { traceId: string; spanId: string } | undefined
  const event = await eventOf(world, () =>
    tracer.llmobs.trace({ kind: 'workflow', name: 'answer', sessionId: 'visit-7' }, async () => {
      ids = tracer.llmobs.exportSpan()
      await play(world, tape('js-chat-completion-01'))
    }),
  )
  assert.is(event.parent_id, ids?.spanId)
  assert.is(event.trace_id, ids?.traceId)
  assert.is(event.session_id, 'visit-7')
  assert.ok(event.tags.includes('ml_app:bookshop'))
  assert.ok(event.tags.includes('session_id:visit-7'))
})

test('a call inside an agent says whose work it is a part of', async ({ world }) => {
  const { default: tracer } = await import('dd-trace')
  let id: string | undefined
  const event = await eventOf(world, () =>
    tracer.llmobs.trace({ kind: 'agent', name: 'planner' }, async () => {
      id = tracer.llmobs.exportSpan().spanId
      await tracer.llmobs.trace({ kind: 'task', name: 'step' }, () => play(world, tape('js-chat-completion-01')))
    }),
  )
  assert.equal(event.meta.agent_attribution, { pagent_name: 'planner', pagent_span_id: id })
})

test('a call inside a span that shows a model’s answer already is not shown twice', async ({ world }) => {
  const { default: tracer } = await import('dd-trace')
  const { llmobs } = world.datadog.agent
  await world.spanOf(() =>
    tracer.llmobs.trace({ kind: 'llm', name: 'chat', modelName: 'gpt-4' }, () =>
      play(world, tape('js-chat-completion-01')),
    ),
  )
  const all = await llmobs.waitFor(spans => spans.some(({ name }) => name === 'chat'))
  const id = all.find(({ name }) => name === 'chat')?.span_id
  assert.not(all.some(({ parent_id }) => parent_id === id))
  assert.is(world.handle.counters()['llmobs.shown_by_parent'], 1)
})

test('a session that the app names with withTags goes before its workflow’s', async ({ world }) => {
  const event = await eventOf(world, () =>
    withTags({ session_id: 'mine', customer: 'acme', 'a,b:c': 'd,env:x' }, () =>
      play(world, tape('js-chat-completion-01')),
    ),
  )
  assert.is(event.session_id, 'mine')
  assert.ok(event.tags.includes('customer:acme'))
  assert.ok(event.tags.includes('a_b_c:d_env:x'), 'one tag makes no other')
})

test('the app’s own span processor changes and drops OpenAI’s calls too', async ({ world }) => {
  const { default: tracer } = await import('dd-trace')
  const { llmobs } = world.datadog.agent
  tracer.llmobs.registerProcessor(span => {
    if (span.getTag('customer') === 'secret') return null
    span.input = span.input.map(message => ({ ...message, content: '[taken out]' }))
    return span
  })
  try {
    const event = await eventOf(world, () => play(world, tape('js-chat-completion-01')))
    assert.equal(contents(event, 'input'), ['[taken out]'])
    const before = llmobs.spans().length
    await withTags({ customer: 'secret' }, () => play(world, tape('js-chat-completion-01')))
    await world.handle.flush()
    assert.is(llmobs.spans().length, before)
  } finally {
    tracer.llmobs.deregisterProcessor()
  }
})

test('with capture off there are no messages, tools, prompts or documents, and all else', async ({ world }) => {
  await world.restart({ captureContent: false })
  try {
    for (const name of ['py-chat-completion-tools-4', 'js-response-4', 'golden-v1-embedding-string-array']) {
      const event = await eventOf(world, () => play(world, tape(name)))
      assert.equal(event.meta.input, {}, name)
      assert.equal(sideOf(event, 'output').messages, undefined, name)
      assert.is(event.meta.tool_definitions, undefined)
      assert.ok((event.metrics.input_tokens ?? 0) > 0)
    }
  } finally {
    await world.restart({})
  }
})

test('an error has its class, its message and an empty answer', async ({ world }) => {
  const event = await eventOf(world, () => play(world, tape('js-chat-completion-01'), { status: 429 }))
  assert.is(event.status, 'error')
  assert.is(event.meta['error.type'], 'RateLimitError')
  assert.equal(event.meta.output, { messages: [{ role: '', content: '' }] })
  assert.ok(event.tags.includes('error:1') && event.tags.includes('error_type:RateLimitError'))
})

test('our posts through the agent are no calls, though the agent’s host is observed', async ({ world }) => {
  const { agent } = world.datadog
  await world.restart({ hosts: [world.openai.host, new URL(agent.url).host] })
  try {
    const before = (await world.spans()).length
    await eventOf(world, () => play(world, tape('js-chat-completion-01')))
    await world.handle.flush()
    assert.is((await world.spans()).length, before + 1)
  } finally {
    await world.restart({})
  }
})

function tape(name: string): Tape {
  const found = tapes.get(name)
  if (found === undefined) throw new Error(`no tape ${name}`)
  return found
}

async function play(world: World, { name, request }: Tape, answer?: object): Promise<void> {
  const { pathname, search } = new URL(request.url)
  const body = requestBytes(tape(name))
  const response = await fetch(`${world.openai.origin}${pathname}${search}`, {
    method: request.method,
    headers: {
      authorization: 'Bearer sk-test-of-llmobs-0123',
      ...request.headers,
      'x-tape': name,
      ...(answer === undefined ? {} : { 'x-answer': JSON.stringify(answer) }),
    },
    ...(body.length > 0 ? { body } : {}),
  })
  await response.arrayBuffer()
}

async function eventOf(world: World, call: () => Promise<void>): Promise<LlmobsSpan> {
  return (await both(world, call))[0]
}

/** The one OpenAI span of LLM Observability, and the one of APM, that a call leads to. */
async function both(world: World, call: () => Promise<void>) {
  const { llmobs } = world.datadog.agent
  const ours = (): LlmobsSpan[] => llmobs.spans().filter(({ tags }) => tags.includes('integration:openai'))
  const before = ours().length
  const span = await world.spanOf(call)
  await llmobs.waitFor(() => ours().length > before)
  const [event, more] = ours().slice(before)
  if (event === undefined || more !== undefined) throw new Error('not one span of LLM Observability')
  return [event, span] as const
}

function sideOf({ meta }: LlmobsSpan, side: 'input' | 'output'): JsonObject {
  const found = meta[side]
  return isObject(found) ? found : {}
}

function contents(event: LlmobsSpan, side: 'input' | 'output'): unknown[] {
  const { messages } = sideOf(event, side)
  return Array.isArray(messages) ? messages.map(message => (isObject(message) ? message.content : undefined)) : []
}

test.run()
