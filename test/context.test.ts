import { setTimeout as delay } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { suppress, withTags } from '../lib'
import { startWorld, type World } from './world'

const test = suite<{ world: World }>('what the app says of its calls')

test.before(async context => {
  context.world = await startWorld({ metricTags: ['customer'], logsEnabled: true, logSampleRate: 1 })
})
test.after(async ({ world }) => world.stop())

const chat = async ({ openai }: World): Promise<void> => {
  const response = await fetch(`${openai.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-tape': 'js-chat-completion-01' },
    body: '{"model":"gpt-4o","messages":[]}',
  })
  await response.arrayBuffer()
}

test('tags are on span and log, and on metrics only where the key is listed', async ({ world }) => {
  const span = await world.spanOf(() => withTags({ customer: 'acme', session: 7, unset: null }, () => chat(world)))
  assert.is(span.meta.customer, 'acme')
  assert.is(span.meta.session, '7')
  assert.not('unset' in span.meta)
  const [entry] = await world.datadog.intake.waitFor(1)
  assert.match(String(entry?.ddtags), /,customer:acme,session:7$/)
  const metrics = await world.datadog.dogstatsd.waitFor(all =>
    all.some(each => each.name === 'openai.request.duration'),
  )
  const duration = metrics.find(metric => metric.name === 'openai.request.duration')
  assert.ok(duration?.tags.includes('customer:acme'))
  assert.not(duration?.tags.some(tag => tag.startsWith('session')))
})

test('they hold across awaits, nest with the inner one winning, and end with the function', async ({ world }) => {
  const inner = await world.spanOf(() =>
    withTags({ customer: 'acme', feature: 'search' }, async () => {
      await delay(1)
      await withTags({ customer: 'umbrella' }, async () => {
        await delay(1)
        await chat(world)
      })
    }),
  )
  assert.equal([inner.meta.customer, inner.meta.feature], ['umbrella', 'search'])
  const after = await world.spanOf(() => chat(world))
  assert.not('customer' in after.meta)
})

test('two calls at the same time keep their own tags', async ({ world }) => {
  const before = (await world.spans()).length
  await Promise.all(
    Array.from({ length: 20 }, (_, i) => withTags({ customer: `c${i}` }, () => delay(i % 3).then(() => chat(world)))),
  )
  await world.handle.flush()
  await world.datadog.agent.waitFor(all => all.filter(({ name }) => name === 'openai.request').length >= before + 20)
  const customers = (await world.spans()).slice(before).map(span => span.meta.customer)
  assert.equal(customers.sort(), Array.from({ length: 20 }, (_, i) => `c${i}`).sort())
})

test('suppressed calls are not observed, and the ones after are', async ({ world }) => {
  const span = await world.spanOf(async () => {
    await suppress(async () => {
      await delay(1)
      await chat(world)
    })
    await withTags({ customer: 'seen' }, () => chat(world))
  })
  assert.is(span.meta.customer, 'seen')
})

test('a tag whose key or value attacks a format is only a tag', async ({ world }) => {
  const span = await world.spanOf(() =>
    withTags({ customer: 'a|c|#x:y\nopenai.fake:1|c', ['__proto__']: 'x' }, () => chat(world)),
  )
  assert.is(span.meta.customer, 'a|c|#x:y\nopenai.fake:1|c')
  await world.handle.flush()
  assert.equal(world.datadog.dogstatsd.rejected, [])
  assert.not(world.datadog.dogstatsd.metrics().some(({ name }) => name === 'openai.fake'))
})

test.run()
