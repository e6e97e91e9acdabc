import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import tracer from 'dd-trace'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Span } from '../lib/local/receiver/spans'
import { runTwice, spansOf } from './app-equal'
import { startWorld, type World } from './world'

const PATH = '/v1/chat/completions'

/** A chat whose answer is its prompt. */
function echo(world: World): void {
  world.openai.respond(PATH, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      const { content } = JSON.parse(Buffer.concat(chunks).toString()).messages[0]
      const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }]
      const usage = { prompt_tokens: 8, completion_tokens: 2, total_tokens: 10 }
      const headers = { 'content-type': 'application/json', 'x-request-id': 'req_1' }
      response.writeHead(200, headers).end(JSON.stringify({ id: 'chatcmpl-1', model: 'gpt-4o-mini', choices, usage }))
    })
  })
}

async function ask(world: World, content = 'Hello'): Promise<void> {
  const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content }] })
  const headers = { 'content-type': 'application/json' }
  await (await fetch(world.openai.origin + PATH, { method: 'POST', headers, body })).text()
}

function texts({ meta }: Span): (string | undefined)[] {
  return [meta['openai.request.messages.0.content'], meta['openai.response.choices.0.message.content']]
}

const test = suite<{ world: World }>('a span')

test.before(async context => {
  context.world = await startWorld({ openaiService: 'shop-openai' })
  echo(context.world)
})
test.after(({ world }) => world.stop())

test('is named, typed and measured as dashboards look for it', async ({ world }) => {
  const { name, resource, service, type, meta, metrics, error } = await world.spanOf(() => ask(world))
  assert.equal(
    { name, resource, service, type, error, kind: meta['span.kind'], component: meta.component },
    {
      name: 'openai.request',
      resource: 'createChatCompletion',
      service: 'shop-openai',
      type: 'openai',
      error: 0,
      kind: 'client',
      component: 'openai',
    },
  )
  assert.is(metrics['_dd.measured'], 1)
})

test('has the app’s service where none is set for OpenAI', async ({ world }) => {
  await world.restart({})
  assert.is((await world.spanOf(() => ask(world))).service, 'shop')
})

test('is under the span that was active where the call was made, in its trace', async ({ world }) => {
  const span = await world.spanOf(() => tracer.trace('work', { resource: 'job 7' }, () => ask(world)))
  const all = await world.datadog.agent.waitFor(spans => spans.some(({ resource }) => resource === 'job 7'))
  const work = all.find(({ resource }) => resource === 'job 7')
  // The tracer's own span of the HTTP request, where its plugin is on, stands between.
  const byId = new Map(all.map(each => [each.spanId, each]))
  const between = byId.get(span.parentId)
  assert.ok(span.parentId === work?.spanId || between?.parentId === work?.spanId)
  assert.is(span.traceId, work?.traceId)
})

test('starts with the request and ends with the last byte, not when the app or we get round to it', async ({
  world,
}) => {
  world.openai.respond('/v1/models', (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"object":"list",')
    setTimeout(() => response.end('"data":[]}'), 60)
  })
  let before = 0
  let after = 0
  const span = await world.spanOf(async () => {
    before = Date.now()
    const response = await fetch(`${world.openai.origin}/v1/models`)
    await response.text()
    after = Date.now()
    await delay(200)
  })
  const start = Number(span.start) / 1e6
  const end = start + span.duration / 1e6
  // The wall clock ticks in whole milliseconds.
  assert.ok(start >= before - 1, `${start} is before ${before}`)
  assert.ok(end <= after + 2, `${end} is after ${after}`)
  assert.ok(span.duration >= 55e6, `${span.duration} ns is less than the server took`)
})

interface Vector {
  text: string
  limit: number
  expected: string
}

const vectors = JSON.parse(readFileSync(join(__dirname, 'data', 'vectors.json'), 'utf8')).trunc as Vector[]

for (const limit of new Set(vectors.map(vector => vector.limit))) {
  test(`texts are escaped and cut to ${limit} code points, prompt and output alike`, async ({ world }) => {
    await world.restart({ spanCharLimit: limit })
    const cases = vectors.filter(vector => vector.limit === limit)
    for (const { text, expected } of cases) {
      const shown = expected === '' ? undefined : expected
      assert.equal(texts(await world.spanOf(() => ask(world, text))), [shown, shown], JSON.stringify(text))
    }
  })
}

test('at rate 0 no text is shown, but all that is none', async ({ world }) => {
  await world.restart({ spanSampleRate: 0 })
  const span = await world.spanOf(() => ask(world, 'a secret'))
  assert.equal(texts(span), [undefined, undefined])
  assert.not(Object.values(span.meta).some(value => value.includes('secret')))
  assert.is(span.meta['openai.request.messages.0.role'], 'user')
  assert.is(span.meta['openai.response.id'], 'chatcmpl-1')
  assert.is(span.meta['openai.request.id'], 'req_1')
  assert.is(span.meta['openai.response.choices.0.finish_reason'], 'stop')
  assert.is(span.metrics['openai.response.usage.total_tokens'], 10)
})

test('in a trace that is dropped no text is shown', async ({ world }) => {
  await world.restart({})
  const span = await world.spanOf(() =>
    tracer.trace('work', { tags: { 'manual.drop': true } }, () => ask(world, 'a secret')),
  )
  assert.equal(texts(span), [undefined, undefined])
  assert.is(span.metrics['openai.response.usage.total_tokens'], 10)
})

const PATHS = ['/v1//chat/completions', '/v1/%E0%A4%A', '/v1/files/%2e%2e/x', '/', '/v1/models?%', '/'.repeat(4000)]

test('a request of any path gives a span that ends', async ({ world }) => {
  for (const path of PATHS) {
    const { meta } = await world.spanOf(() => fetch(world.openai.origin + path).then(response => response.text()))
    assert.ok(meta['openai.request.endpoint'], path)
  }
})

const HOSTS = ['API.OpenAI.com', 'api.openai.com.', 'api.openai.com:99999', '%.openai.azure.com', '<>.openai.azure.com']

test('a request with any host header gives a span that ends', async ({ world }) => {
  for (const host of HOSTS) {
    const asked = { host: '127.0.0.1', port: world.openai.port, path: '/v1/models', headers: { host }, agent: false }
    const { meta } = await world.spanOf(async () => {
      const [response] = await once(httpRequest(asked).end(), 'response')
      response.resume()
      await once(response, 'end')
    })
    assert.ok(meta['openai.request.endpoint'], host)
  }
})

test('stop ends what is open, and afterwards nothing is seen', async ({ world }) => {
  world.openai.respond(PATH, (_, response) => void response.writeHead(200).write('x'))
  const kept: Response[] = []
  const [span] = await world.spansOf(1, async () => {
    kept.push(await fetch(world.openai.origin + PATH))
    await world.handle.stop()
  })
  assert.is(span?.meta['openai.response.incomplete'], 'abandoned')
  for (const response of kept) await response.body?.cancel()
  const seen = (await world.spans()).length
  echo(world)
  await ask(world)
  assert.is((await world.spans()).length, seen)
})

test.run()

const many = suite('many at a time')

const STREAMS = 1000
const MOST_GROWTH = 5 * 1024 * 1024

many('a thousand streams at once: every span arrives, and the heap is what it was', async () => {
  const pair = await runTwice('heap.mjs', {
    nodeOptions: ['--expose-gc'],
    env: { STREAMS: String(STREAMS) },
    script: () => ({ tape: 'js-chat-completion-stream-1', delayMs: 60 }),
    spans: 2 * STREAMS,
  })
  assert.is(pair.observed.output, pair.plain.output)
  for (const scene of ['first', 'second']) {
    const spans = spansOf(pair, scene)
    assert.is(spans.length, STREAMS)
    assert.ok(spans.every(({ metrics }) => metrics['openai.response.usage.completion_tokens'] === 9))
  }
  const grown = ({ errors }: { errors: string }): number => {
    const [first = 0, second = 0] = errors.trim().split(' ').map(Number)
    return second - first
  }
  console.log(`\n  heap after 1,000 more streams: +${grown(pair.observed)} bytes, without us +${grown(pair.plain)}`)
  assert.ok(grown(pair.observed) < MOST_GROWTH, `${grown(pair.observed)} bytes stayed behind`)
})

many.run()
