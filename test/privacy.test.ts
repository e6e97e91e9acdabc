import { request } from 'node:http'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Settings } from '../lib/config'
import { startWorld, type World } from './world'

/**
 * What leaves the process. Each section has a process's settings of its own, one after the other: the tracer stays, the
 * interceptor is started anew.
 */

const KEY = 'sk-test-PRIVATE-key-0123456789abcdef-tail'
const PROMPT = 'my e-mail is jane.doe@example.com, card 4111 1111 1111 1111, SECRET-PROMPT'

async function ask({ openai }: World): Promise<void> {
  openai.respond('/v1/chat/completions', (request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(
        JSON.stringify({
          id: 'chatcmpl-1',
          object: 'chat.completion',
          model: 'gpt-4o',
          choices: [
            {
              index: 0,
              finish_reason: 'stop',
              message: { role: 'assistant', content: `SECRET-OUTPUT ${KEY} jane.doe@example.com` },
            },
          ],
        }),
      )
    })
  })
  openai.respond('/v1/responses', (request, response) => {
    request.resume().on('end', () => {
      response.writeHead(401, { 'content-type': 'application/json' }).end(
        JSON.stringify({
          error: {
            message: `Incorrect API key provided: ${KEY}. You said: ${PROMPT}`,
            type: 'invalid_request_error',
            code: 'invalid_api_key',
          },
        }),
      )
    })
  })
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', cookie: `session=${KEY}` }
  const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: PROMPT }], input: PROMPT })
  await (await fetch(`${openai.origin}/v1/chat/completions?key=${KEY}`, { method: 'POST', headers, body })).text()
  await (await fetch(`${openai.origin}/v1/responses`, { method: 'POST', headers, body })).text()
  await new Promise<void>(resolve => {
    const url = new URL(`${openai.origin}/v1/chat/completions`)
    url.username = KEY
    const call = request(url, { method: 'POST', headers: { 'api-key': KEY } }, response =>
      response.resume().on('end', resolve),
    )
    call.end(body)
  })
}

const test = suite<{ world: World }>('privacy')

test.before(async context => {
  context.world = await startWorld()
})
test.after(async ({ world }) => world.stop())

/** Everything that left since the start with these settings: spans, datagrams and log entries, as text. */
async function leaving(world: World, settings: Settings): Promise<string> {
  const { dogstatsd, intake } = world.datadog
  await world.restart({ logsEnabled: true, logSampleRate: 1, spanCharLimit: 1000, ...settings })
  const [datagrams, entries] = [dogstatsd.datagrams.length, intake.entries().length]
  const spans = await world.spansOf(3, () => ask(world))
  await intake.waitFor(entries + 3)
  const left = [spans, dogstatsd.datagrams.slice(datagrams), intake.entries().slice(entries)]
  return JSON.stringify(left, (_, value) => (typeof value === 'bigint' ? String(value) : value))
}

test('the key appears nowhere, though body, error, query, userinfo and cookie carry it', async ({ world }) => {
  const text = await leaving(world, {})
  assert.ok(text.includes('SECRET-PROMPT') && text.includes('SECRET-OUTPUT'), 'content is captured by default')
  assert.not.match(text, KEY)
  assert.not.match(text, KEY.slice(0, 20))
  assert.ok(text.includes('sk-...tail'))
})

test('with capture off no prompt, output or echo of one leaves on any output', async ({ world }) => {
  const text = await leaving(world, { captureContent: false })
  assert.not.match(text, /SECRET-PROMPT|SECRET-OUTPUT|jane\.doe|4111/)
  assert.match(text, 'invalid_api_key')
  assert.match(text, 'createChatCompletion')
})

test('built-in patterns redact span, log and error message alike', async ({ world }) => {
  const text = await leaving(world, { redactPatterns: ['email', 'card'] })
  assert.match(text, 'SECRET-PROMPT')
  assert.not.match(text, /jane\.doe@example\.com|4111 1111/)
})

test('the app’s own redact function sees every text and decides', async ({ world }) => {
  const wheres = new Set<string>()
  const text = await leaving(world, {
    redact: (value, where) => {
      wheres.add(where)
      return value.replaceAll('SECRET', '[gone]')
    },
  })
  assert.not.match(text, 'SECRET')
  assert.match(text, '[gone]-PROMPT')
  assert.ok(wheres.has('request.messages.0.content') && wheres.has('error.message'), [...wheres].join())
})

test('a redact function that throws leaves the text out', async ({ world }) => {
  const text = await leaving(world, {
    redact: () => {
      throw new Error('no')
    },
  })
  assert.not.match(text, /SECRET|jane/)
  assert.match(text, 'createChatCompletion')
})

test.run()
