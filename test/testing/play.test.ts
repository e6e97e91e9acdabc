import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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
  assert.ok(player.calls.every(call => call.tape !== undefined))
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

test('tapes have no organization, and no credentials of a gateway, echoed or not', async ({ openai, folder }) => {
  const organization = `org-${'Ab12'.repeat(6)}`
  openai.respond('/v1/batches', (request, response) => {
    const message = `Rate limit in organization ${organization} for ${request.headers['x-gateway-auth']}, project proj_of_mine`
    const headers = { 'content-type': 'application/json', 'openai-organization': 'the-company' }
    response.writeHead(429, headers).end(JSON.stringify({ error: { message, owner: 'the-company' } }))
  })
  const recorder = await record({ upstream: `${openai.origin}/v1`, folder })
  const headers = { 'x-gateway-auth': 'gateway-secret-1', 'openai-project': 'proj_of_mine' }
  await fetch(`${recorder.baseURL}/batches`, { headers }).then(answer => answer.text())
  await recorder.close()
  const text = readFileSync(join(folder, '0001-batches-429.json'), 'utf8')
  for (const secret of [organization, 'the-company', 'gateway-secret-1', 'proj_of_mine']) assert.not.match(text, secret)
  assert.match(text, 'Rate limit in organization scrubbed for scrubbed, project scrubbed')
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
  assert.match(message, 'no tape answers POST /v1/chat/completions; the nearest is "0002-chat-completions"')
  assert.match(message, '  body.messages.0.content\n    - "hello"\n    + "goodbye"\n')
  assert.match(message, '  body.temperature\n    + 0.5\n')
  assert.not.match(message, 'body.model')
  assert.is(player.calls.length, 1, 'it was not asked again')
  assert.match(await said(player.close()), 'no tape answers', 'an app that got over it fails the test too')
})

test('a request that was recorded several times has its answers one after the other, then the last again', async ({
  openai,
  folder,
}) => {
  const statuses = async (baseURL: string, times: number): Promise<number[]> => {
    const found: number[] = []
    for (let time = 0; time < times; time++) found.push((await fetch(`${baseURL}/files`)).status)
    return found
  }
  let asked = 0
  openai.respond('/v1/files', (_, response) => {
    asked += 1
    response.writeHead(asked === 1 ? 429 : asked === 11 ? 200 : 500, { 'content-type': 'application/json' }).end('{}')
  })
  const recorder = await record({ upstream: `${openai.origin}/v1`, folder })
  await statuses(recorder.baseURL, 11)
  await recorder.close()
  const player = await play(folder)
  const inTurn = [429, 500, 500, 500, 500, 500, 500, 500, 500, 500, 200, 200]
  assert.equal(await statuses(player.baseURL, 12), inTurn)
  await player.close()
})

test('what is not the same in long texts is in sight', async ({ openai, folder }) => {
  const long = (end: string) => ({ ...HELLO, messages: [{ role: 'user' as const, content: 'so '.repeat(500) + end }] })
  const [tape] = await recorded(openai, folder, client => client.chat.completions.create(long('one')))
  assert.is(tape?.version, 1)
  const player = await play(folder)
  const message = await said(clientOf(player.baseURL).chat.completions.create(long('other')))
  assert.match(message, /- …"[so ]+one"\n {4}\+ …"[so ]+other"/)
  assert.match(await said(player.close()), 'no tape answers')
})

test('a stream comes in the time that it took, where that is wanted', async ({ openai, folder }) => {
  const headers = { 'x-answer': JSON.stringify({ delayMs: 20 }) }
  const [tape] = await recorded(openai, folder, async client => {
    for await (const _ of await client.chat.completions.create({ ...HELLO, stream: true }, { headers }));
  })
  const times = tape?.response.eventsMs ?? []
  assert.is(times.length, tape?.response.events?.length)
  assert.equal(
    times,
    [...times].sort((one, other) => one - other),
  )
  const last = times.at(-1) ?? 0
  assert.ok(last >= 20, String(last))
  const player = await play(folder, { speed: 1 })
  const begun = performance.now()
  await textOf(clientOf(player.baseURL))
  assert.ok(performance.now() - begun >= last - 5, 'not before its time')
  await player.close()
})

test('what is no tape is said: other JSON, no JSON, a newer version, an empty folder, a bad list', async ({
  folder,
}) => {
  assert.match(await said(play(folder)), `no tapes in ${folder}; make some with record({ folder })`)
  const cases: Record<string, [string, string]> = {
    'other.json': ['{}', 'a tape has source, request {method, url, headers}, response {status, headers}'],
    'cut.json': ['{"source": ', 'restore it, or record it anew'],
    'newer.json': ['{"version": 2}', 'it is of form 2, and this version of interceptor knows form 1: update it'],
  }
  for (const [name, [text, expected]] of Object.entries(cases)) {
    const file = join(folder, name)
    writeFileSync(file, text)
    for (const path of [folder, file]) {
      const message = await said(play(path))
      assert.match(message, `tape ${file}: `)
      assert.match(message, expected)
    }
    rmSync(file)
  }
  assert.match(await said(play([JSON.parse('{"name": "x"}')])), 'entry 0 of the list is no tape')
  assert.match(await said(play([], { speed: 0 })), 'speed is 0')
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
