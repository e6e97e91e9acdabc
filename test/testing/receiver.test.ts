import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type CallReceiver, receiver } from '../../dist/testing'
import { type OpenAIStandIn, startOpenAI } from '../../lib/local/openai/openai'

const test = suite<{ openai: OpenAIStandIn; calls: CallReceiver }>('a receiver for other processes')

test.before(async context => {
  context.openai = await startOpenAI()
})
test.before.each(async context => {
  context.calls = await receiver()
})
test.after.each(({ calls }) => calls.close())
test.after(({ openai }) => openai.close())

const ASK = "fetch(process.env.OPENAI_BASE_URL + '/models').then(answer => answer.text())"

async function run(source: string, { env }: CallReceiver, { origin }: OpenAIStandIn): Promise<void> {
  const environment = { ...process.env, OPENAI_BASE_URL: `${origin}/v1`, ...env }
  await promisify(execFile)(process.execPath, ['-e', source], { env: environment })
}

test('gets the calls of a child and of its children, as records', async ({ openai, calls }) => {
  const child = `require('node:child_process').execFileSync(process.execPath, ['-e', ${JSON.stringify(ASK)}])`
  await run(`${ASK}.then(() => ${child})`, calls, openai)
  const records = await calls.waitFor(2)
  assert.equal(
    records.map(call => [call.operation, call.http.status, call.version]),
    [
      ['listModels', 200, 1],
      ['listModels', 200, 1],
    ],
  )
  assert.ok(records[0]?.rateLimits instanceof Map)
})

test('gets the calls of a child that leaves at once by process.exit()', async ({ openai, calls }) => {
  await run(`${ASK}.then(() => process.exit())`, calls, openai)
  assert.is((await calls.waitFor(1)).length, 1)
  assert.is(calls.calls().length, 1, 'and none twice')
  await calls.close()
  assert.is(calls.calls().length, 1, 'kept when it is closed')
})

test('says how many came where there are fewer than waited for', async ({ openai, calls }) => {
  await run(ASK, calls, openai)
  await calls.waitFor(1)
  const said = await calls.waitFor(2, 50).then(() => 'resolved', String)
  assert.match(said, '1 of 2 calls came within 50 ms')
})

test('keeps what NODE_OPTIONS says', ({ calls }) => {
  const before = process.env.NODE_OPTIONS
  process.env.NODE_OPTIONS = '--no-warnings'
  assert.match(calls.env.NODE_OPTIONS ?? '', /^--no-warnings --require ".*register\.js"$/)
  if (before === undefined) delete process.env.NODE_OPTIONS
  else process.env.NODE_OPTIONS = before
})

test.run()
