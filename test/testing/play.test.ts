import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import OpenAI from 'openai'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type OpenAIStandIn, startOpenAI } from '../../lib/local/openai/openai'
import { observe, play, record } from '../../lib/testing'

/** Built at run time: no text shaped like a key stands in the source. */
const KEY = ['sk', 'test', 'a1b2c3d4e5f6a7b8c9d0'].join('-')

const test = suite<{ openai: OpenAIStandIn; folder: string }>('tapes of one’s own')

test.before(async context => {
  context.openai = await startOpenAI()
})
test.before.each(context => {
  context.folder = mkdtempSync(join(tmpdir(), 'tapes-'))
})
test.after.each(({ folder }) => rmSync(folder, { recursive: true }))
test.after(({ openai }) => openai.close())

const HELLO = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: 'hello' }] }

const clientOf = (baseURL: string): OpenAI => new OpenAI({ baseURL, apiKey: KEY, maxRetries: 2 })

async function recorded(openai: OpenAIStandIn, folder: string, ask: (client: OpenAI) => Promise<unknown>) {
  const recorder = await record({ upstream: `${openai.origin}/v1`, folder })
  await ask(clientOf(recorder.baseURL))
  await recorder.close()
  return recorder.tapes
}

async function textOf(client: OpenAI): Promise<string> {
  let text = ''
  for await (const chunk of await client.chat.completions.create({ ...HELLO, stream: true })) {
    text += chunk.choices[0]?.delta.content ?? ''
  }
  return text
}

const said = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'resolved', String)

test('what was recorded is played: whole answers, streams and errors alike', async ({ openai, folder }) => {
  const ask = async (client: OpenAI) => [
    (await client.models.list()).data.length,
    (await client.chat.completions.create(HELLO)).choices[0]?.message.content,
    await textOf(client),
    await client.models.retrieve('no-such-model').catch((error: { status: number }) => error.status),
  ]
  let live: unknown
  await recorded(openai, folder, async client => {
    live = await ask(client)
  })
  const player = await play(folder)
  const before = openai.calls.length
  assert.equal(await ask(clientOf(player.baseURL)), live)
  assert.is(openai.calls.length, before, 'nobody else was asked')
  assert.is(player.calls.length, 4)
  assert.ok(player.calls.every(call => call.tape?.startsWith('recorded-')))
  await player.close()
})

test('tapes have no key, wherever it was', async ({ openai, folder }) => {
  await recorded(openai, folder, client =>
    client.chat.completions.create({ ...HELLO, user: KEY }, { query: { api_key: KEY } }),
  )
  const [file = ''] = readdirSync(folder)
  const text = readFileSync(join(folder, file), 'utf8')
  assert.not.match(text, KEY)
  assert.not.match(text, 'authorization')
  const player = await play(folder)
  await clientOf(player.baseURL).chat.completions.create({ ...HELLO, user: KEY })
  await player.close()
})

test('an unrecorded request fails at once, with what is not as on the nearest tape', async ({ openai, folder }) => {
  await recorded(openai, folder, async client => {
    await client.models.list()
    await client.chat.completions.create(HELLO)
  })
  const player = await play(folder)
  const other = { ...HELLO, temperature: 0.5, messages: [{ role: 'user' as const, content: 'goodbye' }] }
  const message = await said(clientOf(player.baseURL).chat.completions.create(other))
  assert.match(message, '404')
  assert.match(message, 'no tape answers POST /v1/chat/completions; the nearest is "recorded-chat-completions"')
  assert.match(message, 'body.messages.0.content: asked "goodbye", on the tape "hello"')
  assert.match(message, 'body.temperature: asked 0.5, on the tape nothing')
  assert.not.match(message, 'body.model')
  assert.is(player.calls.length, 1, 'it was not asked again')
  assert.match(await said(player.close()), 'no tape answers', 'an app that got over it fails the test too')
})

test('observe sees the calls to a player and a recorder, once each', async ({ openai, folder }) => {
  const whileRecording = await observe(() => recorded(openai, folder, client => client.models.list()))
  const player = await play(folder)
  const whilePlaying = await observe(() => clientOf(player.baseURL).models.list())
  await player.close()
  assert.equal(
    [...whileRecording, ...whilePlaying].map(call => call.operation),
    ['listModels', 'listModels'],
  )
})

test('bad input is said: an upstream that is none, a folder that is not there, an answer that breaks off', async ({
  openai,
  folder,
}) => {
  assert.match(await said(record({ upstream: 'api.openai.com' })), 'upstream is no http or https URL: api.openai.com')
  assert.match(await said(play(join(folder, 'nowhere'))), 'nowhere')
  const recorder = await record({ upstream: `${openai.origin}/v1`, folder })
  const headers = { 'x-answer': JSON.stringify({ fault: { kind: 'reset', afterBytes: 10 } }) }
  await said(fetch(`${recorder.baseURL}/models`, { headers }).then(answer => answer.text()))
  assert.match(await said(recorder.close()), 'not recorded: GET /v1/models: ')
  assert.equal(readdirSync(folder), [])
})

test.run()
