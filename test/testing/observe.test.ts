import OpenAI from 'openai'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { start, suppress, withTags } from '../../lib'
import { type OpenAIStandIn, startOpenAI } from '../../lib/local/openai/openai'
import { isRunning } from '../../lib/running'
import { observe } from '../../lib/testing'

const test = suite<{ openai: OpenAIStandIn; client: OpenAI }>('observe')

test.before(async context => {
  context.openai = await startOpenAI()
  process.env.OPENAI_BASE_URL = `${context.openai.origin}/v1`
  context.client = new OpenAI({ apiKey: 'test', maxRetries: 0 })
})
test.after(({ openai }) => openai.close())

const HELLO = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: 'hello' }] }

test('gives the record of each call inside, in the order of their begin', async ({ client }) => {
  const calls = await observe(async () => {
    await client.models.list()
    await client.chat.completions.create(HELLO)
  })
  assert.equal(
    calls.map(call => [call.operation, call.http.status, call.version]),
    [
      ['listModels', 200, 1],
      ['createChatCompletion', 200, 1],
    ],
  )
  assert.ok((calls[1]?.usage?.total ?? 0) > 0)
  assert.ok([...(calls[1]?.response.content.values() ?? [])].length > 0, 'with what was answered')
  assert.ok(Object.isFrozen(calls[0]))
})

test('gives a list without calls where there were none, and takes a function that is not async', async () => {
  assert.equal(await observe(() => 42), [])
})

test('leaves out calls outside at the same time, and those of another observation', async ({ client }) => {
  let begin = (): void => {}
  const begun = new Promise<void>(resolve => {
    begin = resolve
  })
  const outside = begun.then(() => client.models.list())
  const [one, other] = await Promise.all([
    observe(async () => {
      begin()
      await outside
      await client.models.retrieve('gpt-4')
    }),
    observe(() => client.chat.completions.create(HELLO)),
  ])
  assert.equal(
    one.map(call => call.operation),
    ['retrieveModel'],
  )
  assert.equal(
    other.map(call => call.operation),
    ['createChatCompletion'],
  )
})

test('waits for calls that the function does not await, and for those that these lead to', async ({ client }) => {
  const calls = await observe(() => {
    void client.models.list().then(() => client.models.retrieve('gpt-4'))
  })
  assert.equal(
    calls.map(call => call.operation),
    ['listModels', 'retrieveModel'],
  )
})

test('gives streamed calls whole, and failed ones with their error', async ({ client, openai }) => {
  const calls = await observe(async () => {
    for await (const _ of await client.chat.completions.create({ ...HELLO, stream: true }));
    const headers = { 'x-answer': JSON.stringify({ status: 429 }) }
    await client.chat.completions.create(HELLO, { headers }).catch(() => {})
    await fetch(`${openai.origin}/v1/models`).then(answer => answer.text())
  })
  assert.equal(
    calls.map(call => [call.stream !== undefined, call.error?.kind]),
    [
      [true, undefined],
      [false, 'rate_limit'],
      [false, undefined],
    ],
  )
})

test('tells an observation around it too', async ({ client }) => {
  let inner: unknown
  const outer = await observe(async () => {
    await client.models.list()
    inner = (await observe(() => client.models.retrieve('gpt-4'))).map(call => call.operation)
  })
  assert.equal(inner, ['retrieveModel'])
  assert.equal(
    outer.map(call => call.operation),
    ['listModels', 'retrieveModel'],
  )
})

test('keeps tags, and leaves out what is suppressed', async ({ client }) => {
  const calls = await observe(async () => {
    await withTags({ feature: 'search' }, () => client.models.list())
    await suppress(() => client.models.list())
  })
  assert.equal(
    calls.map(call => call.tags),
    [{ feature: 'search' }],
  )
})

test('rejects with the very error of the function, thrown or rejected with', async () => {
  const error = new Error('of the app')
  for (const fail of [
    () => Promise.reject(error),
    () => {
      throw error
    },
  ]) {
    assert.is(
      await observe(fail).then(
        () => 'resolved',
        (cause: unknown) => cause,
      ),
      error,
    )
  }
})

test('recognises hosts that it is given', async ({ openai }) => {
  const { OPENAI_BASE_URL } = process.env
  delete process.env.OPENAI_BASE_URL
  const ask = (): Promise<string> => fetch(`${openai.origin}/v1/models`).then(answer => answer.text())
  assert.is((await observe(ask)).length, 0)
  assert.is((await observe(ask, { hosts: [openai.host] })).length, 1)
  process.env.OPENAI_BASE_URL = OPENAI_BASE_URL
})

test('works beside an interceptor that runs, which goes on and has every call as ever', async ({ client, openai }) => {
  const told: string[] = []
  const handle = start({ outputs: [], hosts: [openai.host], onCall: call => told.push(call.operation) })
  const calls = await observe(() => client.models.list())
  await client.models.retrieve('gpt-4')
  await handle.flush()
  assert.equal(
    calls.map(call => call.operation),
    ['listModels'],
  )
  assert.equal(told, ['listModels', 'retrieveModel'])
  assert.ok(isRunning())
  await handle.stop()
})

test('says so where the environment keeps everything from being observed', async () => {
  process.env.INTERCEPTOR_ENABLED = 'false'
  const said = await observe(() => 42).then(() => 'resolved', String)
  delete process.env.INTERCEPTOR_ENABLED
  assert.match(said, /INTERCEPTOR_ENABLED is false/)
})

test('leaves nothing running, and loads no dd-trace', () => {
  assert.not(isRunning())
  assert.not(Object.keys(require.cache).some(file => file.includes('/dd-trace/')))
})

test.run()
