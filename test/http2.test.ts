import { once } from 'node:events'
import { type ClientHttp2Session, connect, createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Span } from '../lib/local/receiver/spans'
import { startWorld, type World } from './world'

/** Whether this runtime tells of its HTTP/2 streams: not Node 20. */
const IS_TOLD = Number(process.versions.node.split('.')[0]) >= 22

const ANSWER = {
  id: 'chatcmpl-1',
  model: 'gpt-4o-mini',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 8, completion_tokens: 2, total_tokens: 10 },
}

/** Answers that have begun and go no further. */
const hanging: ServerHttp2Stream[] = []

const test = suite<{ world: World; server: Http2Server; session: ClientHttp2Session }>('node:http2')

test.before(async context => {
  const server = createServer()
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {})
    stream.respond({ ':status': 200, 'content-type': 'application/json', 'x-request-id': 'req_1' })
    if (headers['x-answer'] === 'hang') {
      hanging.push(stream)
      return void stream.write('{"id":')
    }
    stream.end(JSON.stringify(ANSWER))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  Object.assign(context, { server, world: await startWorld({ hosts: [host] }), session: connect(`http://${host}`) })
})
test.after(async ({ world, server, session }) => {
  session.close()
  server.close()
  await world.stop()
})

interface Ended {
  body: string
  error?: unknown
}

/** Asks as an app does; `act` is done once the first bytes have come. */
async function ask(session: ClientHttp2Session, answer: string, act?: (stream: { close(code: number): void }) => void) {
  const headers = { ':method': 'POST', ':path': '/v1/chat/completions', authorization: 'Bearer sk-test-of-http2-4567' }
  const stream = session.request({ ...headers, 'content-type': 'application/json', 'x-answer': answer })
  const ended: Ended = { body: '' }
  stream.setEncoding('utf8')
  stream.on('data', chunk => {
    ended.body += chunk
    act?.(stream)
  })
  stream.on('error', error => {
    ended.error = error
  })
  stream.write('{"model":"gpt-4o-mini",')
  stream.end('"messages":[{"role":"user","content":"Hi"}]}')
  await new Promise(resolve => stream.on('close', resolve))
  return ended
}

async function seen(world: World, count: number, calls: () => Promise<unknown>): Promise<Span[]> {
  return world.spansOf(IS_TOLD ? count : 0, calls)
}

test('a call is read like any other', async ({ world, session }) => {
  let ended: Ended | undefined
  const [span] = await seen(world, 1, async () => {
    ended = await ask(session, 'whole')
  })
  assert.equal(JSON.parse(ended?.body ?? ''), ANSWER)
  if (!IS_TOLD) return
  assert.is(span?.resource, 'createChatCompletion')
  assert.is(span?.meta['openai.request.messages.0.content'], 'Hi')
  assert.is(span?.meta['openai.response.choices.0.message.content'], 'Hello')
  assert.is(span?.meta['openai.user.api_key'], 'sk-...4567')
  assert.is(span?.meta['openai.request.id'], 'req_1')
  assert.is(span?.error, 0)
})

test('a call that the app leaves is aborted and no error', async ({ world, session }) => {
  const [span] = await seen(world, 1, () => ask(session, 'hang', stream => stream.close(8)))
  if (!IS_TOLD) return
  assert.is(span?.meta['openai.response.aborted'], 'true')
  assert.is(span?.error, 0)
})

test('a stream that the server resets is an error, and the app gets it', async ({ world, session }) => {
  let ended: Ended | undefined
  const [span] = await seen(world, 1, async () => {
    ended = await ask(session, 'hang', () => hanging.pop()?.destroy(new Error('gone')))
  })
  assert.match(String(ended?.error), /NGHTTP2_INTERNAL_ERROR/)
  if (!IS_TOLD) return
  assert.is(span?.meta['error.type'], 'APIConnectionError')
  assert.is(span?.error, 1)
})

test.run()
