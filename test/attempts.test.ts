import OpenAI from 'openai'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { withTags } from '../lib'
import type { Span } from '../lib/local/receiver/spans'
import { startWorld, type World } from './world'

const TAPE = 'js-chat-completion-01'
const test = suite<{ world: World }>('attempts of one call')

test.before(async context => {
  context.world = await startWorld()
})
test.after(async ({ world }) => world.stop())

async function spansOf(world: World, call: () => Promise<unknown>): Promise<Span[]> {
  const before = (await world.spans()).length
  const asked = world.openai.calls.length
  await call()
  await world.handle.flush()
  const made = world.openai.calls.length - asked
  await world.datadog.agent.waitFor(all => all.filter(({ name }) => name === 'openai.request').length >= before + made)
  return [...(await world.spans())].slice(before).sort((a, b) => Number(a.start - b.start))
}

async function ask(
  world: World,
  status: number,
  body = '{"model":"gpt-4o","messages":[]}',
  headers = {},
): Promise<void> {
  const response = await fetch(`${world.openai.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-tape': TAPE,
      'x-answer': JSON.stringify({ status, headers: status === 200 ? {} : { 'retry-after-ms': '20' } }),
      ...headers,
    },
    body,
  })
  await response.arrayBuffer()
}

const attempts = (spans: Span[]): unknown[] => spans.map(span => span.metrics['openai.request.attempt'])
const waited = (spans: Span[]): boolean[] =>
  spans.map(span => span.metrics['openai.request.retry_wait_ms'] !== undefined)

test('an SDK’s retries carry their number, what the 429 asked to wait and what was waited', async ({ world }) => {
  let answers = 0
  world.openai.respond('/v1/embeddings', (request, response) => {
    request.resume().on('end', () => {
      answers += 1
      if (answers < 3)
        response
          .writeHead(429, { 'retry-after-ms': '15', 'content-type': 'application/json' })
          .end('{"error":{"message":"slow down","type":"requests","code":"rate_limit_exceeded"}}')
      else
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"object":"list","data":[],"model":"m"}')
    })
  })
  const client = new OpenAI({ apiKey: 'sk-test-1234', baseURL: `${world.openai.origin}/v1`, maxRetries: 2 })
  const spans = await spansOf(world, () => client.embeddings.create({ model: 'm', input: 'x' }))
  assert.equal(attempts(spans), [1, 2, 3])
  assert.equal(
    spans.map(span => span.metrics['openai.request.retry_after_ms']),
    [15, 15, undefined],
  )
  assert.equal(waited(spans), [false, true, true])
  for (const span of spans.slice(1)) assert.ok((span.metrics['openai.request.retry_wait_ms'] ?? 0) >= 14)
  assert.equal(
    spans.map(span => span.meta['openai.error.kind']),
    ['rate_limit', 'rate_limit', undefined],
  )
})

for (const status of [408, 409, 429, 500, 503]) {
  test(`a loop around raw fetch is joined after ${status}`, async ({ world }) => {
    const spans = await spansOf(world, async () => {
      await ask(world, status)
      await ask(world, status)
      await ask(world, 200)
    })
    assert.equal(attempts(spans), [undefined, 2, 3])
    assert.equal(waited(spans), [false, true, true])
  })
}

test('two equal calls that both succeed are two calls', async ({ world }) => {
  const spans = await spansOf(world, async () => {
    await ask(world, 200)
    await ask(world, 200)
  })
  assert.equal(attempts(spans), [undefined, undefined])
})

test('a bad request that is sent again is two calls', async ({ world }) => {
  const spans = await spansOf(world, async () => {
    await ask(world, 400)
    await ask(world, 200)
  })
  assert.equal(attempts(spans), [undefined, undefined])
})

test('another body, or another caller, is another call', async ({ world }) => {
  const spans = await spansOf(world, async () => {
    await ask(world, 500)
    await ask(world, 200, '{"model":"gpt-4o","messages":[1]}')
    await withTags({ user: 'a' }, () => ask(world, 500, '{"n":1}'))
    await withTags({ user: 'b' }, () => ask(world, 200, '{"n":1}'))
  })
  assert.equal(attempts(spans), [undefined, undefined, undefined, undefined])
})

test('one failed attempt is joined by one other only', async ({ world }) => {
  const spans = await spansOf(world, async () => {
    await ask(world, 500, '{"n":2}')
    await ask(world, 200, '{"n":2}')
    await ask(world, 200, '{"n":2}')
  })
  assert.equal(attempts(spans), [undefined, 2, undefined])
})

test('an idempotency key joins whatever the caller and the body', async ({ world }) => {
  const key = { 'idempotency-key': 'k-1' }
  const spans = await spansOf(world, async () => {
    await withTags({ user: 'a' }, () => ask(world, 500, '{"n":3}', key))
    await withTags({ user: 'b' }, () => ask(world, 200, '{"n":4}', key))
  })
  assert.equal(attempts(spans), [undefined, 2])
})

test('a refused connection that is tried again is one call', async ({ world }) => {
  let reset = true
  world.openai.respond('/v1/moderations', (request, response) => {
    request.resume().on('end', () => {
      if (reset) request.socket.destroy()
      else response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
      reset = false
    })
  })
  const post = () =>
    fetch(`${world.openai.origin}/v1/moderations`, { method: 'POST', body: '{"input":"x"}' }).then(r => r.text())
  const spans = await spansOf(world, async () => {
    await post().catch(() => {})
    await post()
  })
  assert.equal(attempts(spans), [undefined, 2])
  assert.is(spans[0]?.meta['error.type'], 'APIConnectionError')
})

test('an SDK’s timeout that it tries again is one call, and what was waited is told', async ({ world }) => {
  world.openai.respond('/v1/edits', (request, response) => {
    request.resume()
    if (request.headers['x-stainless-retry-count'] === '1') response.end('{}')
  })
  const post = (retries: string, signal: AbortSignal | null) =>
    fetch(`${world.openai.origin}/v1/edits`, {
      method: 'POST',
      headers: { 'x-stainless-retry-count': retries, 'x-stainless-timeout': '0' },
      body: '{"model":"m"}',
      signal,
    }).then(response => response.text())
  const spans = await spansOf(world, async () => {
    const patience = new AbortController()
    const asked = post('0', patience.signal)
    setTimeout(() => patience.abort(), 50)
    await asked.catch(() => {})
    await post('1', null)
  })
  assert.equal(attempts(spans), [1, 2])
  assert.equal(waited(spans), [false, true])
  assert.is(spans[0]?.meta['error.type'], 'APITimeoutError')
})

test('an SDK that says 1 for ever, as older Azure clients do, is joined by its idempotency key', async ({ world }) => {
  const said = (key: string) => ({ 'x-stainless-retry-count': '0', 'idempotency-key': key })
  const spans = await spansOf(world, async () => {
    await ask(world, 500, undefined, said('one'))
    await ask(world, 500, undefined, said('one'))
    await ask(world, 200, undefined, said('one'))
    await ask(world, 200, undefined, said('two'))
  })
  assert.equal(attempts(spans), [1, 2, 3, 1])
  assert.equal(waited(spans), [false, true, true, false])
})

test.run()
