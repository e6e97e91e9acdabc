import { createServer, type Server } from 'node:http'
import axios from 'axios'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { listen } from '../lib/local/listen'
import type { Span } from '../lib/local/receiver/spans'
import { startWorld, type World } from './world'

const ANSWER = {
  id: 'chatcmpl-1',
  model: 'gpt-4o-mini',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 8, completion_tokens: 2, total_tokens: 10 },
}
const CHAT = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] }
const HEADERS = { 'content-type': 'application/json' }

const test = suite<{ world: World; server: Server; origin: string }>('a call that is redirected')

test.before(async context => {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const hop = /^\/(first|second)\//.exec(request.url ?? '')?.[1]
      // A body, which nobody wants.
      if (hop === 'first') response.writeHead(308, { location: '/second/v1/chat/completions' }).end('x'.repeat(100_000))
      else if (hop === 'second') response.writeHead(307, { location: '/v1/chat/completions' }).end('{}')
      else response.writeHead(200, HEADERS).end(JSON.stringify(ANSWER))
    })
  })
  const port = await listen(server, 0)
  Object.assign(context, { server, origin: `http://127.0.0.1:${port}` })
  context.world = await startWorld({ hosts: [`127.0.0.1:${port}`] })
})
test.after(async ({ world, server }) => {
  await world.stop()
  server.closeAllConnections()
  server.close()
})

const CLIENTS: Record<string, (url: string) => Promise<unknown>> = {
  fetch: async url => (await fetch(url, { method: 'POST', headers: HEADERS, body: JSON.stringify(CHAT) })).json(),
  'axios (follow-redirects)': async url => (await axios.post(url, CHAT, { headers: HEADERS })).data,
}

for (const [client, ask] of Object.entries(CLIENTS)) {
  test(`${client} › each hop is linked to the one before, costs nothing and is no error`, async ({ world, origin }) => {
    let got: unknown
    const spans = await world.spansOf(3, async () => {
      got = await ask(`${origin}/first/v1/chat/completions`)
    })
    assert.equal(got, ANSWER)
    const [first, second, last] = spans as [Span, Span, Span]
    for (const hop of [first, second]) {
      assert.is(hop.error, 0)
      assert.is(hop.meta['openai.response.redirected'], 'true')
      for (const tag of ['aborted', 'incomplete', 'unparsed'])
        assert.is(hop.meta[`openai.response.${tag}`], undefined, tag)
      assert.equal(
        Object.keys(hop.metrics).filter(name => /usage|cost/.test(name)),
        [],
      )
    }
    assert.equal(
      [first, second, last].map(span => span.metrics['openai.request.redirects']),
      [undefined, 1, 2],
    )
    assert.equal(
      [second, last].map(span => span.meta['openai.request.redirected_from']),
      [first.spanId, second.spanId],
    )
    assert.is(last.metrics['openai.response.usage.total_tokens'], 10)
  })
}

test('a later call to the same address is linked to nothing', async ({ world, origin }) => {
  const span = await world.spanOf(() => ask(`${origin}/v1/chat/completions`))
  assert.is(span.metrics['openai.request.redirects'], undefined)
})

function ask(url: string): Promise<unknown> {
  return fetch(url, { method: 'POST', headers: HEADERS, body: JSON.stringify(CHAT) }).then(response => response.json())
}

test.run()
