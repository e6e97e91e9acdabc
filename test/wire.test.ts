import { setTimeout as delay } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Span } from '../lib/local/receiver/spans'
import { startWorld, type World } from './world'

/** What only the wire can tell: each fact on a recording, and on an answer made by hand. */

interface Hand {
  status?: number
  headers?: Record<string, string>
  body?: unknown
  /** Server-sent events, each its data; sent one by one, `delayMs` apart. */
  events?: (object | string)[]
  delayMs?: number
  headAfterMs?: number
  path?: string
  ask?: object
}

/** An answer made by hand to one question. */
async function byHand(world: World, hand: Hand): Promise<Span> {
  const {
    status = 200,
    headers = {},
    body,
    events,
    delayMs = 0,
    headAfterMs = 0,
    path = '/v1/chat/completions',
    ask = { model: 'gpt-4o' },
  } = hand
  // Beside the tapes' own paths.
  const at = `/hand${path}`
  world.openai.respond(at, (request, response) => {
    request.resume().on('end', async () => {
      await delay(headAfterMs)
      response.writeHead(status, { 'content-type': events ? 'text/event-stream' : 'application/json', ...headers })
      for (const [i, event] of (events ?? []).entries()) {
        if (i > 0 && delayMs > 0) await delay(delayMs)
        response.write(`data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`)
      }
      response.end(body === undefined ? undefined : JSON.stringify(body))
    })
  })
  return world.spanOf(async () => {
    await (await fetch(`${world.openai.origin}${at}`, { method: 'POST', body: JSON.stringify(ask) })).text()
  })
}

async function fromTape(world: World, tape: string, answer: object = {}, path = '/v1/chat/completions'): Promise<Span> {
  return world.spanOf(async () => {
    const headers = { 'x-tape': tape, 'x-answer': JSON.stringify(answer) }
    await (await fetch(`${world.openai.origin}${path}`, { method: 'POST', headers, body: '{}' })).text()
  })
}

const chunk = (delta: object, finish_reason: string | null = null): object => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  model: 'gpt-4o',
  choices: [{ index: 0, delta, finish_reason }],
})

const chat = (choice: object): object => ({
  id: 'c',
  object: 'chat.completion',
  model: 'gpt-4o',
  choices: [{ index: 0, ...choice }],
})

let world: World
const shared = [
  suite('network time'),
  suite('retry-after'),
  suite('error kinds'),
  suite('incomplete answers'),
  suite('rate limits'),
  suite('streams, honestly'),
] as const
const [network, retryAfter, kinds, incomplete, limits, streams] = shared
network.before(async () => {
  world = await startWorld()
})
streams.after(async () => world.stop())

network('is the time to the head less what the server says it took', async () => {
  // The first call of a process loads the client: its thread is busy with that.
  await byHand(world, { body: {} })
  const span = await byHand(world, { headers: { 'openai-processing-ms': '1' }, body: {}, headAfterMs: 500 })
  const ms = span.metrics['openai.response.network_ms']
  const busy = span.metrics['openai.response.loop_busy_ms']
  assert.is(span.metrics['openai.response.processing_ms'], 1)
  // On a machine that is overrun the thread was held, which is as true.
  if (ms === undefined) assert.ok((busy ?? 0) > 100, `${busy}`)
  else assert.ok(ms >= 490 && ms <= span.duration / 1e6 - 1, `${ms}`)
})
network('is left out where the app’s thread was held, which is told instead', async () => {
  const asked = byHand(world, { headers: { 'openai-processing-ms': '1' }, body: {}, headAfterMs: 100 })
  setTimeout(() => {
    const from = performance.now()
    while (performance.now() - from < 200);
  }, 50)
  const span = await asked
  assert.not('openai.response.network_ms' in span.metrics)
  assert.ok((span.metrics['openai.response.loop_busy_ms'] ?? 0) >= 200)
  assert.is(span.metrics['openai.response.processing_ms'], 1)
})
network('is not told where the server claims more than there was, as recordings replayed at once do', async () => {
  const span = await fromTape(world, 'js-chat-completion-01')
  assert.ok((span.metrics['openai.response.processing_ms'] ?? 0) > 100)
  assert.not('openai.response.network_ms' in span.metrics)
})
for (const bad of ['1e999', '-5', 'soon', '', 'NaN', '0x10']) {
  network(`processing time ${JSON.stringify(bad)} gives no tag`, async () => {
    const span = await byHand(world, { headers: { 'openai-processing-ms': bad }, body: {} })
    assert.not('openai.response.processing_ms' in span.metrics)
    assert.not('openai.response.network_ms' in span.metrics)
  })
}

const in90s = new Date(Math.floor(Date.now() / 1000) * 1000 + 90_000).toUTCString()
for (const [headers, expected] of [
  [{ 'retry-after-ms': '1500' }, 1500],
  [{ 'retry-after': '2' }, 2000],
  [{ 'retry-after': '2', 'retry-after-ms': '1500' }, 1500],
  [{ 'retry-after': '-1' }, undefined],
  [{ 'retry-after': 'soon' }, undefined],
  // A time that has passed: nothing is left to wait.
  [{ 'retry-after': 'Thu, 01 Jan 1970 00:00:10 GMT' }, 0],
] as const) {
  retryAfter(`${JSON.stringify(headers)} asks to wait ${expected ?? 'for nothing that can be told'}`, async () => {
    const span = await byHand(world, { status: 429, headers, body: { error: { message: 'slow down' } } })
    assert.is(span.metrics['openai.request.retry_after_ms'], expected)
  })
}
retryAfter('a date is a time from now', async () => {
  const span = await fromTape(world, 'js-chat-completion-01', { status: 429, headers: { 'retry-after': in90s } })
  const ms = span.metrics['openai.request.retry_after_ms'] ?? 0
  assert.ok(ms > 30_000 && ms <= 90_000, `${ms}`)
})

for (const [status, error, kind, name] of [
  [429, { type: 'requests', code: 'rate_limit_exceeded' }, 'rate_limit', 'RateLimitError'],
  [429, { type: 'insufficient_quota', code: 'insufficient_quota' }, 'quota', 'RateLimitError'],
  [401, { code: 'invalid_api_key' }, 'auth', 'AuthenticationError'],
  [401, { code: '401', message: 'Access denied due to invalid subscription key' }, 'auth', 'AuthenticationError'],
  [403, {}, 'permission', 'PermissionDeniedError'],
  [404, { code: 'model_not_found' }, 'not_found', 'NotFoundError'],
  [400, { type: 'invalid_request_error' }, 'invalid_request', 'BadRequestError'],
  [400, { code: 'context_length_exceeded' }, 'context_length', 'BadRequestError'],
  [400, { message: "This model's maximum context length is 8192 tokens" }, 'context_length', 'BadRequestError'],
  [
    400,
    { code: 'content_filter', innererror: { code: 'ResponsibleAIPolicyViolation' } },
    'content_filter',
    'BadRequestError',
  ],
  [408, {}, 'timeout', 'APITimeoutError'],
  [409, {}, 'conflict', 'ConflictError'],
  [422, {}, 'invalid_request', 'UnprocessableEntityError'],
  [500, {}, 'server', 'InternalServerError'],
  [503, {}, 'server', 'InternalServerError'],
  [418, {}, 'other', 'APIStatusError'],
] as const) {
  kinds(`${status} ${JSON.stringify(error)} is ${kind}`, async () => {
    const span = await byHand(world, { status, body: { error: { message: 'no', ...error } } })
    assert.equal([span.error, span.meta['openai.error.kind'], span.meta['error.type']], [1, kind, name])
  })
}
for (const [tape, path, kind, message] of [
  ['py-completion-error-401', '/v1/completions', 'auth', /Incorrect API key provided/],
  ['js-azure-chat-completion-404', '/v1/chat/completions', 'not_found', /Resource not found/],
  ['js-completion-404', '/v1/completions', 'not_found', /./],
  ['py-completion-400-1', '/v1/completions', 'invalid_request', /./],
] as const) {
  kinds(`the recording ${tape} is ${kind}`, async () => {
    const span = await fromTape(world, tape, {}, path)
    assert.is(span.meta['openai.error.kind'], kind)
    assert.match(span.meta['error.message'] ?? '', message)
  })
}
kinds('an error event in mid-stream is a stream’s, though HTTP said 200', async () => {
  const span = await byHand(world, {
    events: [chunk({ content: 'Hel' }), { error: { message: 'oops', type: 'server' } }],
  })
  assert.equal([span.error, span.meta['openai.error.kind']], [1, 'stream'])
  assert.is(span.meta['openai.response.choices.0.message.content'], 'Hel')
  assert.is(span.meta['openai.response.incomplete'], 'failed')
})

const failedResponse = {
  id: 'resp_1',
  object: 'response',
  status: 'failed',
  error: { code: 'server_error', message: 'boom' },
  output: [],
}
for (const [reason, hand] of [
  ['length', { body: chat({ finish_reason: 'length', message: { role: 'assistant', content: 'a' } }) }],
  ['content_filter', { body: chat({ finish_reason: 'content_filter', message: { role: 'assistant', content: '' } }) }],
  [
    'refusal',
    { body: chat({ finish_reason: 'stop', message: { role: 'assistant', content: null, refusal: 'I cannot' } }) },
  ],
  ['failed', { path: '/v1/responses', body: failedResponse }],
  ['cancelled', { path: '/v1/responses', body: { ...failedResponse, status: 'cancelled', error: null } }],
  [
    'length',
    {
      path: '/v1/responses',
      body: {
        id: 'r',
        object: 'response',
        status: 'incomplete',
        incomplete_details: { reason: 'max_output_tokens' },
        output: [],
      },
    },
  ],
  ['cut', { events: [chunk({ role: 'assistant' }), chunk({ content: 'and then' })] }],
  [undefined, { body: chat({ finish_reason: 'stop', message: { role: 'assistant', content: 'a' } }) }],
  [undefined, { events: [chunk({ content: 'a' }), chunk({}, 'stop'), '[DONE]'] }],
  [undefined, { events: [chunk({ content: 'a' }), chunk({}, 'stop')] }],
] as [string | undefined, Hand][]) {
  incomplete(`${JSON.stringify(hand.events ?? hand.body).slice(0, 70)}… is ${reason ?? 'whole'}`, async () => {
    const span = await byHand(world, hand)
    assert.is(span.meta['openai.response.incomplete'], reason)
  })
}
incomplete('a recorded stream that stopped at its token limit, and one that was cut', async () => {
  const stopped = await fromTape(world, 'py-response-stream-incomplete', {}, '/v1/responses')
  assert.is(stopped.meta['openai.response.incomplete'], 'length')
  const cut = await world.spanOf(async () => {
    const headers = {
      'x-tape': 'js-chat-completion-stream-1',
      'x-answer': '{"fault":{"kind":"truncate","afterBytes":1500}}',
    }
    const response = await fetch(`${world.openai.origin}/v1/chat/completions`, { method: 'POST', headers, body: '{}' })
    await response.text().catch(() => {})
  })
  assert.is(cut.meta['openai.response.incomplete'], 'cut')
  assert.is(cut.meta['error.type'], 'APIConnectionError')
})

for (const [sent, ms] of [
  ['20ms', 20],
  ['1s', 1000],
  ['6m0s', 360_000],
  ['1h2m3.5s', 3_723_500],
  ['7', 7000],
  ['soon', undefined],
  ['-1', undefined],
  ['1e999', undefined],
] as const) {
  limits(`a reset of ${sent} is ${ms ?? 'none'} (ms)`, async () => {
    const span = await byHand(world, {
      headers: { 'x-ratelimit-reset-requests': sent, 'x-ratelimit-limit-requests': '10' },
      body: {},
    })
    assert.is(span.metrics['openai.organization.ratelimit.requests.reset'], ms)
    assert.is(span.metrics['openai.organization.ratelimit.requests.limit'], 10)
  })
}
limits('a recording has limit, remaining and reset of requests and tokens', async () => {
  const span = await fromTape(world, 'js-chat-completion-stream-1')
  const budgets = ['requests', 'tokens'].flatMap(b => ['limit', 'remaining', 'reset'].map(f => `${b}.${f}`))
  const missing = budgets.filter(budget => !(`openai.organization.ratelimit.${budget}` in span.metrics))
  assert.equal(missing, [])
})

streams('first token is the first content, not the role; the first event is told beside it', async () => {
  const span = await byHand(world, {
    events: [
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'a' }),
      chunk({ content: 'b' }),
      chunk({}, 'stop'),
      '[DONE]',
    ],
    delayMs: 30,
  })
  const event = span.metrics['openai.response.time_to_first_event_ms'] ?? -1
  const token = span.metrics['openai.response.time_to_first_token_ms'] ?? -1
  assert.ok(event > 0 && token - event > 20, `${event} ${token}`)
  assert.is(span.metrics['openai.response.chunks'], 4)
})
streams('a tool call is a first token, response.created is not; of the answer, reasoning is not', async () => {
  const tool = await byHand(world, {
    events: [
      chunk({ role: 'assistant' }),
      chunk({ tool_calls: [{ index: 0, id: 't', function: { name: 'f', arguments: '{}' } }] }),
      '[DONE]',
    ],
  })
  assert.ok('openai.response.time_to_first_token_ms' in tool.metrics)
  const reasoning = await byHand(world, {
    path: '/v1/responses',
    events: [
      { type: 'response.created', response: { id: 'r', status: 'in_progress' } },
      { type: 'response.reasoning_summary_text.delta', delta: 'hm', output_index: 0, summary_index: 0, item_id: 'i' },
    ],
  })
  assert.ok('openai.response.time_to_first_event_ms' in reasoning.metrics)
  assert.ok('openai.response.time_to_first_token_ms' in reasoning.metrics)
  assert.not('openai.response.time_to_first_content_ms' in reasoning.metrics)
})
streams('empty chunks and heartbeats are no end of a silence', async () => {
  const idle = [{ type: 'keepalive' }, chunk({}), chunk({ role: 'assistant', content: '' }), '', '{}']
  const span = await byHand(world, {
    events: [chunk({ content: 'a' }), ...idle, chunk({ content: 'b' }), '[DONE]'],
    delayMs: 30,
  })
  const gap = span.metrics['openai.response.longest_gap_ms'] ?? 0
  assert.ok(gap >= 30 * (idle.length + 1) - 10, `${gap}`)
})
streams('a recorded reasoning stream has its first event before its first token', async () => {
  const span = await fromTape(world, 'py-response-stream-reasoning', { delayMs: 2 }, '/v1/responses')
  const event = span.metrics['openai.response.time_to_first_event_ms'] ?? -1
  const token = span.metrics['openai.response.time_to_first_token_ms'] ?? -1
  assert.ok(event > 0 && token > event, `${event} ${token}`)
})
streams(
  'one that the app leaves tells what was delivered, counted and priced, and the server sees it leave',
  async () => {
    const asked = world.openai.calls.length
    const span = await world.spanOf(async () => {
      const headers = {
        'x-tape': 'js-chat-completion-stream-1',
        'x-answer': '{"delayMs":5}',
        'content-type': 'application/json',
      }
      const body = JSON.stringify({
        model: 'gpt-4o-mini',
        messages: [{ role: 'user', content: 'Hello!' }],
        stream: true,
      })
      const response = await fetch(`${world.openai.origin}/v1/chat/completions`, { method: 'POST', headers, body })
      let read = 0
      for await (const _ of response.body as unknown as AsyncIterable<Uint8Array>) {
        read += 1
        if (read === 4) break
      }
    })
    const [received] = world.openai.calls.slice(asked)
    await received?.done
    assert.ok(received?.closedEarlyAt !== undefined)
    assert.is(span.error, 0)
    assert.equal([span.meta['openai.response.aborted'], span.meta['openai.response.incomplete']], ['true', 'aborted'])
    assert.ok((span.metrics['openai.response.chunks'] ?? 0) >= 4)
    assert.is(span.metrics['openai.response.usage.estimated'], 1)
    assert.ok((span.metrics['openai.response.usage.completion_tokens'] ?? 0) >= 1)
    assert.ok((span.metrics['openai.response.cost.usd'] ?? 0) > 0)
  },
)
streams('after the app has left, nothing of ours reads on: the server writes as little as without us', async () => {
  const written = async (): Promise<number> => {
    const asked = world.openai.calls.length
    const headers = { 'x-tape': 'js-chat-completion-stream-1', 'x-answer': '{"delayMs":15}' }
    const response = await fetch(`${world.openai.origin}/v1/chat/completions`, { method: 'POST', headers, body: '{}' })
    for await (const _ of response.body as unknown as AsyncIterable<Uint8Array>) break
    const [received] = world.openai.calls.slice(asked)
    await received?.done
    if (received === undefined) throw new Error('the server saw no call')
    return received.bytesWritten
  }
  const observed = await written()
  await world.handle.stop()
  const alone = await written()
  await world.restart({})
  const whole = 3860
  assert.ok(observed < whole / 2 && alone < whole / 2, `${observed} and ${alone} of ${whole}`)
})

for (const each of shared) each.run()
