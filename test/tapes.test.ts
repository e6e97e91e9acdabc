import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { startOpenAI } from '../lib/local/openai/openai'
import { chooseTape } from '../lib/local/tapes/choose'
import { findSecrets, scrub } from '../lib/local/tapes/scrub'
import {
  events,
  loadTape,
  loadTapes,
  requestBytes,
  responseBytes,
  TAPES,
  type Tape,
  tapeFiles,
} from '../lib/local/tapes/tape'
import { contentBytes, tapeContent } from '../lib/local/tapes/tape-body'
import { tapeText } from '../lib/local/tapes/tape-text'

const test = suite('tapes')
const tapes = loadTapes()
const golden: object = JSON.parse(readFileSync(join(__dirname, 'data', 'golden.json'), 'utf8'))
const path = (tape: Tape) => new URL(tape.request.url).pathname

test('every file is a tape, says where it is from, and is laid out for diffs', () => {
  assert.ok(tapes.length >= 287, `${tapes.length} tapes`)
  for (const tape of tapes) {
    assert.ok(tape.source.length > 10, tape.name)
    assert.is(readFileSync(tapeFiles().get(tape.name) ?? '', 'utf8'), tapeText(tape))
  }
})

test('no file holds anything that looks like a secret', () => {
  for (const tape of tapes) {
    assert.equal(findSecrets(tapeText(tape)), [], tape.name)
    const names = [...Object.keys(tape.request.headers), ...Object.keys(tape.response.headers)].join(' ')
    assert.not.match(names, /authorization|api-key|cookie/i)
  }
})

test('chat, completions, embeddings and responses are there, streamed ones and errors too', () => {
  for (const operation of ['chat/completions', 'completions', 'responses']) {
    const some = tapes.filter(tape => path(tape).endsWith(`/v1/${operation}`))
    assert.ok(some.some(tape => events(tape)) && some.some(tape => !events(tape)), operation)
  }
  for (const status of [400, 401, 403, 404]) assert.ok(tapes.some(({ response }) => response.status === status))
  assert.ok(tapes.some(tape => tape.request.url.includes('.openai.azure.com/')))
})

test('a content type that lies on the recording still lies', () => {
  const lies = tapes.filter(
    ({ response }) => response.events && response.headers['content-type'] === 'application/json',
  )
  assert.is(lies.length, 2)
})

test('every expectation has its tape', () => {
  const names = new Set(tapes.map(({ name }) => name))
  assert.is(Object.keys(golden).length, 62)
  for (const name of Object.keys(golden)) assert.ok(names.has(name), name)
})

test('the stand-in answers every tape as recorded, to the byte', async () => {
  const server = await startOpenAI({ tapes })
  for (const tape of tapes) {
    const { method, headers } = tape.request
    const body = method === 'GET' ? {} : { body: requestBytes(tape) }
    const asked = { method, headers: { ...headers, connection: 'keep-alive', 'x-tape': tape.name }, ...body }
    const response = await fetch(server.origin + path(tape), asked)
    assert.is(response.status, tape.response.status, tape.name)
    assert.is(response.headers.get('content-type'), tape.response.headers['content-type'] ?? null, tape.name)
    assert.ok(Buffer.from(await response.arrayBuffer()).equals(responseBytes(tape)), tape.name)
  }
  await server.close()
})

test('a recorded question gets the answer that was recorded for it', () => {
  for (const tape of tapes) {
    const contentType = tape.request.headers['content-type'] ?? ''
    const chosen = chooseTape(tapes, {
      method: tape.request.method,
      path: path(tape),
      contentType,
      body: requestBytes(tape),
    })
    const asked = ({ request }: Tape) => request.body ?? request.form?.parts ?? request.text
    assert.ok(chosen && isDeepStrictEqual(asked(chosen), asked(tape)), tape.name)
  }
})

test('another question gets a tape of the same model, or at least of the same way of streaming', () => {
  const ask = (body: object, to = '/v1/chat/completions') =>
    chooseTape(tapes, {
      method: 'POST',
      path: to,
      body: Buffer.from(JSON.stringify(body)),
      contentType: 'application/json',
    })
  const model = (tape: Tape | undefined) => JSON.stringify(tape?.request.body).match(/"model":"([^"]*)"/)?.[1]
  const question = { model: 'gpt-4o-mini', messages: [] }
  assert.is(model(ask(question)), 'gpt-4o-mini')
  assert.not.ok(ask(question)?.response.events)
  assert.ok(ask({ ...question, stream: true })?.response.events)
  assert.ok(ask({ ...question, model: 'nobody-knows', stream: true })?.response.events)
  assert.is(ask(question, '/v1/nothing'), undefined)
})

const bodies: [what: string, form: string, text: string | Buffer, contentType?: string][] = [
  ['a JSON document', 'body', '{"a": [1, 2.5, "x"]}', 'application/json; charset=utf-8'],
  ['JSON sent as something else', 'text', '{"a":1}', 'application/octet-stream'],
  ['JSON with a doubled key', 'text', '{"a":1,"a":2}', 'application/json'],
  ['JSON with an integer too long for a number', 'text', '{"a":12345678901234567890}', 'application/json'],
  ['JSON that is cut', 'text', '{"a":1', 'application/json'],
  ['a stream of events', 'events', 'event: a\ndata: {"b":1}\n\ndata: [DONE]\n\n', 'text/event-stream'],
  ['a stream sent as JSON', 'events', 'data: {"b":1}\n\n', 'application/json'],
  ['a stream that is cut', 'text', 'data: {"b":1}\n\ndata: {"b', 'text/event-stream'],
  ['a stream with comments', 'text', ': ping\n\ndata: {"b":1}\n\n', 'text/event-stream'],
  ['data of two lines', 'events', 'data: one\ndata: two\n\n', 'text/event-stream'],
  ['a data line that is a JSON string', 'events', 'data: "quoted"\n\n', 'text/event-stream'],
  [
    'a form',
    'form',
    '--x\r\nA: b\r\n\r\n1\r\n2\r\n--x\r\nC: d\r\n\r\n\r\n--x--\r\n',
    'multipart/form-data; boundary=x',
  ],
  ['a form without a last line break', 'form', '--x\r\nA: b\r\n\r\n1\r\n--x--', 'multipart/form-data; boundary=x'],
  ['a form that is cut', 'text', '--x\r\nA: b\r\n\r\n1\r\n', 'multipart/form-data; boundary=x'],
  ['bytes', 'bodyBase64', Buffer.from([0xff, 0xfe, 0x00]), 'application/octet-stream'],
]

for (const [what, form, body, contentType] of bodies) {
  test(`${what} is kept as ${form} and comes back`, () => {
    const content = tapeContent(Buffer.from(body), contentType)
    assert.equal(Object.keys(content), [form])
    if (form === 'body') assert.equal(JSON.parse(contentBytes(content).toString()), JSON.parse(body.toString()))
    else assert.ok(contentBytes(content).equals(Buffer.from(body)))
  })
}

test('a missing, malformed or incomplete tape is said in one line that names file and remedy', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tapes-'))
  writeFileSync(join(folder, 'broken.json'), '{"source": ')
  writeFileSync(join(folder, 'empty.json'), '{}')
  for (const file of ['missing.json', 'broken.json', 'empty.json']) {
    assert.throws(
      () => loadTape(join(folder, file)),
      (error: Error) =>
        error.message.startsWith(`tape ${join(folder, file)}: `) &&
        error.message.includes('record it anew') &&
        !error.message.includes('\n'),
      file,
    )
  }
  assert.throws(() => loadTapes(join(folder, 'nowhere')), /nowhere/)
  rmSync(folder, { recursive: true })
})

test('scrubbing leaves no key, cookie or account, wherever they stand', () => {
  const key = 'sk-test-0123456789abcdefghij'
  const tape: Tape = {
    name: 'x',
    source: 'made here',
    request: {
      method: 'POST',
      url: `https://user:pass@h.example/v1/x?api-key=${key}&api-version=1`,
      headers: { authorization: `Bearer ${key}`, 'api-key': 'a'.repeat(32), cookie: 'c=d', accept: '*/*' },
      body: { text: `my key is ${key}`, nested: `{"api-key":"${'b'.repeat(32)}"}`, plain: 'known-secret' },
    },
    response: {
      status: 200,
      headers: { 'set-cookie': 'e=f', 'cf-ray': '1', 'openai-organization': 'acme', 'x-request-id': 'req_1' },
      events: [{ data: { error: `Incorrect key: Bearer ${key}` } }],
    },
  }
  const clean = scrub(tape, ['known-secret'])
  assert.not.match(tapeText(clean), /sk-test|a{32}|b{32}|c=d|e=f|user|pass@|acme|known-secret/)
  assert.is(clean.request.url, 'https://h.example/v1/x?api-version=1')
  assert.equal(clean.response.headers, { 'openai-organization': 'scrubbed', 'x-request-id': 'req_1' })
})

test('no folder of tapes holds anything else', () => {
  assert.equal(readdirSync(TAPES).sort(), ['golden', 'recorded', 'sockets', 'written'])
  const files = readdirSync(TAPES, { recursive: true, encoding: 'utf8' }).filter(file => /^(?!sockets)\w+\//.test(file))
  assert.equal(
    files.filter(file => !/^[a-z]+\/[a-z0-9.-]+\.json$/.test(file)),
    [],
  )
  assert.is(tapeFiles().size, files.length, 'a name stands in two folders')
})

test.run()
