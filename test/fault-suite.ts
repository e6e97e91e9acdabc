import { request as httpRequest, type OutgoingHttpHeaders } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { createServer, type LookupFunction } from 'node:net'
import { text } from 'node:stream/consumers'
import { suite, type Test } from 'uvu'
import * as assert from 'uvu/assert'
import { listen } from '../lib/local/listen'
import type { Span } from '../lib/local/receiver/spans'
import { startWorld, type World } from './world'

export const PATH = '/v1/chat/completions'
export const KEY = 'sk-test-Qm9uam91ciBsZSBtb25kZQ-wxyz'
export const CHAT = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] }
export const ANSWER = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_700_000_000,
  model: 'gpt-4o-mini-2024-07-18',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi there' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 8, completion_tokens: 2, total_tokens: 10 },
}
export const JSON_TYPE = { 'content-type': 'application/json' }
export const SSE_TYPE = { 'content-type': 'text/event-stream' }

/** A small bound on bodies: what is over it is cut in every test of this file. */
export const MOST_BYTES = 8192

export type Expected = Record<string, string | number | RegExp | undefined>

/** Says each tag that is not as expected, whichever side it is on. */
export function expectTags({ meta, metrics }: Span, expected: Expected): void {
  const seen = Object.fromEntries(Object.keys(expected).map(tag => [tag, meta[tag] ?? metrics[tag]]))
  const matched = Object.entries(expected).map(([tag, want]) => {
    const is = seen[tag]
    return [tag, want instanceof RegExp && typeof is === 'string' && want.test(is) ? is : want]
  })
  assert.equal(seen, Object.fromEntries(matched))
}

export function event(data: unknown): string {
  return `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`
}

export function delta(content: string, finish: string | null = null): object {
  const { id, created, model } = ANSWER
  const choices = [{ index: 0, delta: { content }, finish_reason: finish }]
  return { id, object: 'chat.completion.chunk', created, model, choices }
}

/** Posts a chat and reads the answer, whatever comes of it. */
export async function post(url: string, body: unknown = CHAT, init: RequestInit = {}): Promise<string | Error> {
  try {
    const headers = { ...JSON_TYPE, authorization: `Bearer ${KEY}` }
    const sent = typeof body === 'string' ? body : JSON.stringify(body)
    return await (await fetch(url, { method: 'POST', headers, body: sent, ...init })).text()
  } catch (error) {
    return error as Error
  }
}

export interface HttpOptions {
  url: string
  /** Where the connection goes instead of where the name says. */
  lookup?: LookupFunction
  headers?: OutgoingHttpHeaders
}

export function postByHttp({ url, headers = {}, ...options }: HttpOptions): Promise<string | Error> {
  const ask = url.startsWith('https') ? httpsRequest : httpRequest
  return new Promise(resolve => {
    const request = ask(url, { method: 'POST', headers: { ...JSON_TYPE, ...headers }, ...options }, response => {
      text(response).then(resolve, resolve)
    })
    request.on('error', resolve)
    request.end(JSON.stringify(CHAT))
  })
}

export function answerWith(world: World, headers: Record<string, string>, ...pieces: (string | Buffer)[]): void {
  world.openai.respond(PATH, (_, response) => {
    response.writeHead(200, headers)
    for (const piece of pieces) response.write(piece)
    response.end()
  })
}

export const whole = JSON.stringify(ANSWER)
export const USAGE: Expected = {
  'openai.response.usage.prompt_tokens': 8,
  'openai.response.usage.completion_tokens': 2,
  'openai.response.usage.total_tokens': 10,
}
export const READ: Expected = { ...USAGE, 'openai.response.choices.0.message.content': 'Hi there' }

export interface Faulty {
  world: World
  /** A port where nothing listens. */
  closed: number
}

/** A suite in a world of its own, which at its end looks over all that left the process. */
export function faultSuite(name: string): Test<Faulty> {
  const test = suite<Faulty>(name)
  test.before(async context => {
    const server = createServer()
    context.closed = await listen(server, 0)
    await new Promise(resolve => server.close(resolve))
    context.world = await startWorld({
      openaiBaseUrl: `http://127.0.0.1:${context.closed}/v1`,
      maxBodyBytes: MOST_BYTES,
      idleTimeoutMs: 1000,
    })
  })
  test.after(({ world }) => world.stop())
  return test
}

/** The last tests of such a suite, and its start. */
export function runLast(test: Test<Faulty>): void {
  test('over all of these, nothing that left this process has the key in it', async ({ world }) => {
    await world.spans()
    const { agent, dogstatsd, intake } = world.datadog
    const left = JSON.stringify([agent.spans(), dogstatsd.datagrams, intake.entries()], (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    )
    assert.ok(left.includes('sk-...wxyz'))
    assert.not(left.includes(KEY))
    assert.not(left.includes(KEY.slice(8, -4)))
  })

  test('nothing of ours was swallowed on the way', ({ world }) => {
    const swallowed = Object.entries(world.handle.counters()).filter(([name]) => name.startsWith('swallowed'))
    assert.equal(swallowed, [])
  })
  test.run()
}
