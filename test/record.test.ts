import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type OpenAIStandIn, startOpenAI } from '../lib/local/openai/openai'
import { loadTape, loadTapes } from '../lib/local/tapes/tape'

const KEY = 'sk-test-not-a-key-0123456789'

const test = suite<{ server: OpenAIStandIn; out: string }>('npm run tapes:record')

test.before(async context => {
  context.server = await startOpenAI()
})
test.before.each(context => {
  context.out = mkdtempSync(join(tmpdir(), 'recorded-'))
})
test.after.each(({ out }) => rmSync(out, { recursive: true }))
test.after(({ server }) => server.close())

interface Run {
  code: number | null
  said: string
}

function record(args: string[], env: NodeJS.ProcessEnv): Promise<Run> {
  const script = join(__dirname, '..', 'lib', 'local', 'tapes', 'record.ts')
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], {
    env: { ...process.env, OPENAI_API_KEY: undefined, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', chunk => {
    said += chunk
  })
  return new Promise(resolve => child.on('close', code => resolve({ code, said })))
}

test('records one call of each kind, without the key', async ({ server, out }) => {
  const env = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${server.origin}/v1` }
  assert.equal(await record(['--out', out], env), { code: 0, said: '' })

  const tapes = loadTapes(out)
  assert.is(tapes.length, 8)
  const streamed = loadTape(join(out, 'recorded-chat-completions-stream.json'))
  assert.equal(streamed.response.events?.at(-1), { data: '[DONE]' })
  assert.match(streamed.source, /^recorded \d{4}-\d\d-\d\d from 127\.0\.0\.1:\d+$/)
  assert.ok(server.calls.every(call => call.headers.authorization === `Bearer ${KEY}`))
  for (const file of readdirSync(out)) assert.not.match(readFileSync(join(out, file), 'utf8'), KEY)
})

test('records what a script asks over fetch and node:http, decoded, also if it echoes the key', async ({
  server,
  out,
}) => {
  const script = join(out, 'script.cjs')
  writeFileSync(
    script,
    `const { OPENAI_BASE_URL: base, OPENAI_API_KEY: key } = process.env
    const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'my key: ' + key }] })
    const headers = { 'accept-encoding': 'gzip', 'content-type': 'application/json' }
    require('node:http').request(base + '/chat/completions', { method: 'POST', headers }, res => res.resume()).end(body)
    fetch(base + '/models').then(res => res.text())`,
  )
  const env = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${server.origin}/v1` }
  assert.equal(await record([script, '--out', out], env), { code: 0, said: '' })

  const chat = loadTape(join(out, 'recorded-chat-completions.json'))
  assert.is(chat.response.contentEncoding, 'gzip')
  assert.ok(chat.response.body)
  assert.equal(chat.request.body, {
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content: 'my key: scrubbed' }],
  })
  assert.ok(loadTape(join(out, 'recorded-models.json')).response.body)
})

test('a tape that is there is not overwritten', async ({ server, out }) => {
  writeFileSync(join(out, 'recorded-models.json'), 'mine')
  const script = join(out, 'script.mjs')
  writeFileSync(script, `await (await fetch(process.env.OPENAI_BASE_URL + '/models')).text()`)
  await record([script, '--out', out], { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${server.origin}/v1` })
  assert.is(readFileSync(join(out, 'recorded-models.json'), 'utf8'), 'mine')
  assert.ok(loadTape(join(out, 'recorded-models-2.json')).response.body)
})

test('without a key it says so in one line and fails', async ({ out }) => {
  const { code, said } = await record(['--out', out], {})
  assert.is(code, 1)
  assert.match(said, /^tapes:record: OPENAI_API_KEY is not set: .*\n$/)
})

test('a script that asks nothing of the API is told so', async ({ server, out }) => {
  const script = join(out, 'script.cjs')
  writeFileSync(script, '')
  const { code, said } = await record([script, '--out', out], {
    OPENAI_API_KEY: KEY,
    OPENAI_BASE_URL: `${server.origin}/v1`,
  })
  assert.is(code, 1)
  assert.match(said, /^tapes:record: nothing was recorded: .*\n$/)
})

test.run()
