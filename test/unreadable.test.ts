import { gzipSync } from 'node:zlib'
import { Agent, interceptors, request } from 'undici'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { startWorld, type World } from './world'

const PATH = '/v1/chat/completions'
const ANSWER = {
  id: 'chatcmpl-1',
  model: 'gpt-4o-mini',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 8, completion_tokens: 2, total_tokens: 10 },
}
const INIT = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] }),
} as const

/** What the next answer is, and how its encoding is called. */
let answer: { body: Buffer; headers: Record<string, string> }

const test = suite<{ world: World }>('an answer that is hard to read')

test.before(async context => {
  context.world = await startWorld()
  context.world.openai.respond(PATH, (incoming, response) => {
    incoming.resume().on('end', () => response.writeHead(200, answer.headers).end(answer.body))
  })
})
test.after(({ world }) => world.stop())

test("undici's decompress interceptor takes the encoding out of its own header list, and the answer is read", async ({
  world,
}) => {
  answer = {
    body: gzipSync(JSON.stringify(ANSWER)),
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
  }
  const dispatcher = new Agent().compose(interceptors.decompress())
  let got: unknown
  const span = await world.spanOf(async () => {
    got = await (await request(world.openai.origin + PATH, { ...INIT, dispatcher })).body.json()
  })
  assert.equal(got, ANSWER)
  assert.is(span.meta['openai.response.unparsed'], undefined)
  assert.is(span.meta['openai.response.choices.0.message.content'], 'Hello')
  assert.is(span.metrics['openai.response.usage.total_tokens'], 10)
  await dispatcher.close()
})

for (const [what, bad] of Object.entries({
  'in an encoding that nobody knows': {
    body: Buffer.from(JSON.stringify(ANSWER)),
    headers: { 'content-type': 'application/json', 'content-encoding': 'x-secret' },
  },
  'that is no JSON': { body: Buffer.from('{"choices": [{'), headers: { 'content-type': 'application/json' } },
  'that is a stream without an event that can be read': {
    body: Buffer.from('data: {"choices"\n\ndata: nothing\n\n'),
    headers: { 'content-type': 'text/event-stream' },
  },
})) {
  test(`of one ${what} no tokens and no cost are made up`, async ({ world }) => {
    answer = bad
    const span = await world.spanOf(async () => (await fetch(world.openai.origin + PATH, INIT)).arrayBuffer())
    assert.is(span.meta['openai.response.unparsed'], 'response')
    assert.equal(
      Object.keys(span.metrics).filter(name => /usage|cost/.test(name)),
      [],
    )
  })
}

test.run()
