import OpenAI from 'openai'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { withTags } from '../lib'
import type { Span } from '../lib/local/receiver/spans'
import { Attempts } from '../lib/openai/attempts'
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

const CREDENTIALS: readonly (readonly [name: string, one: Record<string, string>, other: Record<string, string>])[] = [
  ['key', { authorization: 'Bearer sk-test-one-0000' }, { authorization: 'Bearer sk-test-two-0000' }],
  ['Azure key', { 'api-key': 'azure-test-1-abcd' }, { 'api-key': 'azure-test-2-abcd' }],
  ['gateway’s key', { 'ocp-apim-subscription-key': 'apim-one' }, { 'ocp-apim-subscription-key': 'apim-two' }],
  ['token of somebody else', { authorization: bearer({ sub: 'ann' }) }, { authorization: bearer({ sub: 'bob' }) }],
]
for (const [name, one, other] of CREDENTIALS) {
  test(`the same question asked with another ${name} is another call`, async ({ world }) => {
    const body = JSON.stringify({ of: name })
    const spans = await spansOf(world, async () => {
      await ask(world, 429, body, one)
      await ask(world, 200, body, other)
      await ask(world, 200, body, one)
    })
    assert.equal(attempts(spans), [undefined, undefined, 2])
  })
}

test('an idempotency key that two accounts use is two calls', async ({ world }) => {
  const said = (key: string) => ({ 'idempotency-key': 'of-two', authorization: `Bearer ${key}` })
  const spans = await spansOf(world, async () => {
    await ask(world, 500, undefined, said('sk-test-one-0000'))
    await ask(world, 200, undefined, said('sk-test-two-0000'))
  })
  assert.equal(attempts(spans), [undefined, undefined])
})

test('a token or a signature that is renewed between two attempts is the same caller’s', async ({ world }) => {
  const signed = (signature: string) => ({
    authorization: `AWS4-HMAC-SHA256 Credential=AKIDTEST/20260101/x/aws4_request, Signature=${signature}`,
  })
  const spans = await spansOf(world, async () => {
    await ask(world, 500, '{"n":7}', { authorization: bearer({ sub: 'ann', exp: 1 }) })
    await ask(world, 200, '{"n":7}', { authorization: bearer({ sub: 'ann', exp: 2 }) })
    await ask(world, 500, '{"n":8}', signed('aaaa'))
    await ask(world, 200, '{"n":8}', signed('bbbb'))
  })
  assert.equal(attempts(spans), [undefined, 2, undefined, 2])
})

function bearer(claims: Record<string, string | number>): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `Bearer ${part({ alg: 'none' })}.${part({ iss: 'https://issuer.example', ...claims })}.c2ln`
}

/** What the second of two equal requests is, when it comes so long after the first has failed. */
function second(afterMs: number, how: { trace?: string; tags?: object; retryAfterMs?: number; key?: string } = {}) {
  const { trace = '', tags = {}, retryAfterMs, key } = how
  const joining = new Attempts()
  const body = { bytes: [Buffer.from('{}')], size: 2 }
  const asked = { method: 'POST', url: 'https://a.example/v1/x', idempotencyKey: key, asker: () => 'me', body }
  const end = { attempt: undefined, mayBeRetried: true, retryAfterMs }
  joining.join({ ...asked, site: { trace, tags } }, { ...end, startedAt: 0, endedAt: 1000 })
  const site = { trace, tags }
  return joining.join({ ...asked, site }, { ...end, startedAt: 1000 + afterMs, endedAt: 2000 + afterMs })
}

test('what a job without a trace asks again a minute later is no retry', () => {
  assert.equal(second(60_000), { attempt: undefined, waitMs: undefined })
  assert.equal(second(58_000), { attempt: undefined, waitMs: undefined })
  assert.equal(second(20_000), { attempt: 2, waitMs: 20_000 })
})

test('inside a trace, under tags, or with an idempotency key, a minute’s wait is a retry’s', () => {
  const known = [{ trace: '1' }, { tags: { job: 'nightly' } }, { key: 'k' }]
  for (const how of known) assert.is(second(60_000, how).attempt, 2)
  for (const how of known) assert.is(second(600_001, how).attempt, undefined)
})

test('who waits as long as the answer asked has tried again', () => {
  assert.is(second(61_000, { retryAfterMs: 60_000 }).attempt, 2)
  assert.is(second(61_000, { retryAfterMs: 1_000 }).attempt, undefined)
})

test.run()
