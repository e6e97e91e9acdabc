import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Call } from '../lib/openai/call'
import type { Json } from '../lib/openai/json'
import { Turns } from '../lib/openai/turns/turns'
import { call as callWith } from './turns-call'

/** Every way in which a request can go on from an earlier call, in conversations that take turns and say the same. */

const test = suite('turns of every API, interleaved')

interface Exchange {
  readonly call: Partial<Call>
  readonly request: Json
  readonly response: Json
}

/** The next exchange of a conversation, by how many it has had: `n` is another one each time, for ids. */
type Way = (conversation: number, had: readonly Exchange[], n: number) => Exchange

const RESPONSES = { endpoint: '/v1/responses' }
const WORDS = [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'yes' }] }]
const idOf = (kind: string, n: number): string => `${kind}_q1w2e3r4t5y6u7i8o9p0${n}`
const answerOf = (n: number, output: Json = WORDS): Json => ({ object: 'response', id: idOf('resp', n), output })
const idIn = (had: readonly Exchange[]): Json => {
  const { response } = had.at(-1) ?? {}
  return typeof response === 'object' && response !== null && 'id' in response ? (response.id ?? null) : null
}

const WAYS: Readonly<Record<string, Way>> = {
  'by the previous response': (_, had, n) => ({
    call: RESPONSES,
    request: { input: 'go on', previous_response_id: idIn(had) },
    response: answerOf(n),
  }),
  'by the conversation': (conversation, _, n) => ({
    call: RESPONSES,
    request: { input: 'go on', conversation: { id: `conv_${conversation}` } },
    response: answerOf(n),
  }),
  'by the ids of tool calls': (_, had, n) => ({
    call: RESPONSES,
    request: { input: had.length === 0 ? 'go on' : [resultOf(had)] },
    response: answerOf(n, [{ type: 'function_call', call_id: idOf('call', n), name: 'next', arguments: '{}' }]),
  }),
  'by the thread': (conversation, _, n) => ({
    call: { endpoint: '/v1/threads/*/runs' },
    request: { assistant_id: 'asst_1' },
    response: { object: 'thread.run', id: `run_${n}`, thread_id: `thread_${conversation}` },
  }),
}

function resultOf(had: readonly Exchange[]): Json {
  const [called] = callsIn(had.at(-1)?.response)
  return { type: 'function_call_output', call_id: called ?? '', output: 'done' }
}

function callsIn(response: Json | undefined): string[] {
  return JSON.stringify(response).match(/call_q1w2e3r4t5y6u7i8o9p0\d+/g) ?? []
}

const steps = fc.array(fc.record({ conversation: fc.nat(3), way: fc.constantFrom(...Object.keys(WAYS)) }), {
  maxLength: 40,
})

test('each is joined within, never across', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async all => {
      const turns = new Turns()
      const had = new Map<string, Exchange[]>()
      const turnOf = new Map<string, string>()
      for (const [n, { conversation, way }] of all.entries()) {
        const key = `${way} ${conversation}`
        const before = had.get(key) ?? []
        const exchange = WAYS[way]?.(conversation, before, n)
        if (exchange === undefined) throw new Error(way)
        const { request, response } = exchange
        const turn = await turns.join({ call: callWith(exchange.call), request, response, asker: () => 'me' })
        had.set(key, [...before, exchange])
        assert.is(turn?.index, before.length + 1, key)
        assert.is(turnOf.get(key) ?? turn?.id, turn?.id, key)
        turnOf.set(key, turn?.id ?? '')
      }
      assert.is(new Set(turnOf.values()).size, turnOf.size)
    }),
    { seed: 15, numRuns: 300 },
  )
})

test('an id of one key, host or session is nothing to another', async () => {
  const way = WAYS['by the conversation']
  const others: (readonly [asker: string, call: Partial<Call>])[] = [
    ['me', {}],
    ['you', {}],
    ['me', { http: { url: '', host: 'other', port: 443, status: 200 } }],
    ['me', { tags: { session_id: '1' } }],
    ['me', { tags: { user_id: '1' } }],
  ]
  const turns = new Turns()
  const ids = new Set<string | undefined>()
  for (const [n, [asker, more]] of others.entries()) {
    const exchange = way?.(1, [], n)
    if (exchange === undefined) throw new Error('no way')
    const { request, response } = exchange
    const call = callWith({ ...exchange.call, ...more })
    ids.add((await turns.join({ call, request, response, asker: () => asker }))?.id)
  }
  assert.is(ids.size, others.length)
})

test.run()
