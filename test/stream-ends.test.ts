import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Span } from '../lib/local/receiver/spans'
import { startWorld, type World } from './world'

const PATH = '/v1/chat/completions'
const CHUNK = 'data: {"choices":[{"index":0,"delta":{"content":"Elbe"},"finish_reason":"stop"}]}\n\n'
const USAGE = 'data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":1,"total_tokens":10}}\n\n'
const DONE = 'data: [DONE]\n\n'

const ends = suite<{ world: World }>('how a stream ends')

ends.before(async context => {
  context.world = await startWorld()
})
ends.after(({ world }) => world.stop())

/** The span of a stream that the app leaves once it has seen `last`; the server never ends it. */
function leftAfter(world: World, text: string, last: string): Promise<Span> {
  world.openai.respond(PATH, (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(text)
  })
  return world.spanOf(async () => {
    const body = JSON.stringify({ model: 'gpt-5', messages: [], stream: true })
    const response = await fetch(world.openai.origin + PATH, { method: 'POST', body })
    const reader = response.body?.getReader()
    let seen = ''
    while (!seen.includes(last)) seen += Buffer.from((await reader?.read())?.value ?? []).toString()
    await reader?.cancel()
  })
}

ends('who leaves after the end, as the SDK does from version 7 on, leaves nothing behind', async ({ world }) => {
  const { meta, metrics } = await leftAfter(world, CHUNK + USAGE + DONE, '[DONE]')
  assert.is(meta['openai.response.aborted'], undefined)
  assert.is(meta['openai.response.incomplete'], undefined)
  assert.is(metrics['openai.response.usage.prompt_tokens'], 9)
})

ends('who leaves before it has left the call', async ({ world }) => {
  const { meta } = await leftAfter(world, CHUNK, 'Elbe')
  assert.is(meta['openai.response.aborted'], 'true')
  assert.is(meta['openai.response.incomplete'], 'aborted')
})

ends('heartbeats are not counted among the events, nor unreadable', async ({ world }) => {
  const beats = 'data:\n\ndata: null\n\nevent: ping\ndata: {"time":1}\n\ndata: {"type":"ping"}\n\ndata: keepalive\n\n'
  const { meta, metrics } = await leftAfter(world, beats + CHUNK + beats + USAGE + DONE, '[DONE]')
  assert.is(metrics['openai.response.chunks'], 2)
  assert.is(meta['openai.response.unparsed'], undefined)
})

ends('an error that is sent as JSON under the type of a stream is one', async ({ world }) => {
  world.openai.respond(PATH, (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end('{"error":{"message":"Slow down","code":429}}')
  })
  const span = await world.spanOf(async () => {
    const body = JSON.stringify({ model: 'gpt-5', messages: [], stream: true })
    await (await fetch(world.openai.origin + PATH, { method: 'POST', body })).text()
  })
  assert.is(span.error, 1)
  assert.is(span.meta['openai.error.kind'], 'rate_limit')
  assert.is(span.meta['openai.response.unparsed'], undefined)
})

ends.run()
