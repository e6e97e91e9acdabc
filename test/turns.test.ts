import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type CallEnded, eventFromJson, eventToJson } from '../lib/live/event'
import type { Call, TurnFacts } from '../lib/openai/call'
import type { Json, JsonObject } from '../lib/openai/json'
import { AfterRoot } from '../lib/openai/turns/after-root'
import { Turns } from '../lib/openai/turns/turns'
import { call as callWith } from './turns-call'

const test = suite('turns, from the bytes')

interface Made {
  readonly call?: Partial<Call>
  readonly asker?: string
}

function join(turns: Turns, request: Json, response: Json | undefined, made: Made = {}) {
  return turns.join({ call: callWith(made.call), request, response, asker: () => made.asker ?? 'me' })
}

const user = (content: string): JsonObject => ({ role: 'user', content })
const said = (content: string): JsonObject => ({ role: 'assistant', content })
const system = (content: string): JsonObject => ({ role: 'system', content })
const chat = (...messages: Json[]): Json => ({ model: 'm', messages })
const answered = (message: JsonObject): Json => ({ object: 'chat.completion', choices: [{ index: 0, message }] })
const calling = (id: string, args = '{"city":"Paris"}'): JsonObject => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id, type: 'function', function: { name: 'weather', arguments: args } }],
})
const result = (id: string): JsonObject => ({ role: 'tool', tool_call_id: id, content: 'sunny' })
const ID = 'call_aB3dE5fG7hI9jK1lM3nO5pQ7'

const sameTurn = (a: TurnFacts | undefined, b: TurnFacts | undefined): void => {
  assert.ok(a && b)
  assert.is(a.id, b.id)
}
const otherTurn = (a: TurnFacts | undefined, b: TurnFacts | undefined): void => {
  assert.is.not(a?.id, b?.id)
}

test('a request that begins with an earlier one and its answer goes on from it', async () => {
  const turns = new Turns()
  const message = { ...said('hello'), refusal: null, annotations: [] }
  const first = await join(turns, chat(system('s'), user('hi')), answered(message))
  const next = chat(
    system('s'),
    user('hi'),
    { role: 'assistant', content: [{ type: 'text', text: 'hello' }] },
    user('x'),
  )
  const second = await join(turns, next, answered(said('y')))
  sameTurn(first, second)
  assert.equal([first?.index, second?.index, second?.prefixKept], [1, 2, 1])
})

test('a tool’s result goes on from the answer that called it, though the rest of the prompt has changed', async () => {
  const turns = new Turns()
  const first = await join(turns, chat(system('it is 12:00'), user('weather?')), answered(calling(ID)))
  const next = chat(system('it is 12:01'), user('weather?'), calling(ID), result(ID))
  const second = await join(turns, next, answered(said('sunny')))
  sameTurn(first, second)
  assert.equal([second?.toolResults, second?.prefixKept], [1, 0])
})

test('a system prompt, a question, and an id that servers number do not join', async () => {
  const turns = new Turns()
  const first = await join(turns, chat(system('s'), user('a')), answered(calling('functions.weather2:0')))
  otherTurn(first, await join(turns, chat(system('s'), user('a')), answered(said('b'))))
  otherTurn(
    first,
    await join(
      turns,
      chat(system('s'), user('z'), calling('functions.weather2:0', '{}'), result('functions.weather2:0')),
      answered(said('b')),
    ),
  )
})

test('what two conversations were both answered joins neither', async () => {
  const turns = new Turns()
  const opened = chat(system('s'), user('hi'))
  const first = await join(turns, opened, answered(said('hello')))
  const second = await join(turns, opened, answered(said('hello')))
  const third = await join(turns, chat(system('s'), user('hi'), said('hello'), user('x')), answered(said('y')))
  otherTurn(first, second)
  otherTurn(first, third)
  otherTurn(second, third)
})

test('another key, host, session or user is another conversation', async () => {
  const next = chat(user('hi'), calling(ID), result(ID))
  const others: Made[] = [
    { asker: 'you' },
    { call: { http: { url: '', host: 'other', port: 443, status: 200 } } },
    { call: { tags: { session_id: '2' } } },
    { call: { tags: { user_id: '2' } } },
  ]
  for (const other of others) {
    const turns = new Turns()
    const first = await join(turns, chat(user('hi')), answered(calling(ID)))
    otherTurn(first, await join(turns, next, answered(said('x')), other))
  }
})

test('a prompt that another user sends on is another conversation, an id is the same one’s', async () => {
  const asked = (who: Record<string, Json>, ...messages: Json[]): Json => ({ ...who, messages })
  for (const name of ['user', 'safety_identifier']) {
    const turns = new Turns()
    const first = await join(turns, asked({ [name]: 'u1' }, user('hi')), answered(said('hello')))
    const others = await join(turns, asked({ [name]: 'u2' }, user('hi')), answered(said('hello')))
    otherTurn(first, others)
    const next = [user('hi'), said('hello'), user('x')]
    sameTurn(first, await join(turns, asked({ [name]: 'u1' }, ...next), answered(calling(ID))))
    otherTurn(first, await join(turns, asked({ [name]: 'u3' }, ...next), answered(said('y'))))
    sameTurn(first, await join(turns, asked({}, ...next, calling(ID), result(ID)), answered(said('z'))))
  }
})

test('responses are joined by the previous one, by call ids, by conversation and by their items', async () => {
  const turns = new Turns()
  const item = { type: 'function_call', id: 'fc_1', call_id: ID, name: 'weather', arguments: '{}' }
  const reply = (id: string, ...output: Json[]): Json => ({ object: 'response', id, output })
  const made: Made = { call: { endpoint: '/v1/responses' } }
  const text = (words: string): Json => ({
    type: 'message',
    role: 'assistant',
    content: [{ type: 'output_text', text: words, annotations: [] }],
  })
  const first = await join(turns, { input: 'hi' }, reply('resp_1', { type: 'reasoning' }, item), made)
  const output = { type: 'function_call_output', call_id: ID, output: 'x' }
  const byId = await join(turns, { input: [output] }, reply('resp_2', text('a')), made)
  const byPrevious = await join(turns, { input: 'b', previous_response_id: 'resp_2' }, reply('resp_3', text('b')), made)
  const fresh = await join(turns, { input: 'q' }, reply('resp_4', text('r')), made)
  const byItems = await join(turns, { input: [user('q'), text('r'), user('s')] }, reply('resp_5', text('t')), made)
  sameTurn(first, byId)
  sameTurn(first, byPrevious)
  otherTurn(first, fresh)
  sameTurn(fresh, byItems)
  assert.equal([byId?.toolResults, byPrevious?.index, byPrevious?.prefixKept], [1, 3, undefined])
  const named = await join(turns, { input: 'q', conversation: 'conv_1' }, reply('resp_6', text('r')), made)
  const again = await join(turns, { input: 'z', conversation: { id: 'conv_1' } }, reply('resp_7', text('r')), made)
  sameTurn(named, again)
})

test('runs of one thread, and the results that they wait for, are one turn', async () => {
  const turns = new Turns()
  const run = { object: 'thread.run', id: 'run_1', thread_id: 'thread_1' }
  const runs = '/v1/threads/*/runs'
  const first = await join(turns, { assistant_id: 'a' }, run, { call: { endpoint: runs } })
  const outputs = { tool_outputs: [{ tool_call_id: 'call_1', output: 'x' }] }
  const next = await join(turns, outputs, run, { call: { endpoint: `${runs}/*/submit_tool_outputs` } })
  sameTurn(first, next)
  assert.equal([next?.index, next?.toolResults, next?.prefixKept], [2, 1, undefined])
})

test('the same tool with the same arguments again and again is counted; an attempt again is not', async () => {
  const turns = new Turns()
  const messages: Json[] = [user('go')]
  const repeats: unknown[] = []
  for (let n = 0; n < 3; n += 1) {
    const message = calling(`${ID}${n}`)
    repeats.push((await join(turns, chat(...messages), answered(message)))?.repeats)
    messages.push(message, result(`${ID}${n}`))
  }
  assert.equal(repeats, [undefined, 1, 2])
  const other = await join(turns, chat(...messages), answered(calling(`${ID}9`, '{"city":"Rome"}')))
  assert.is(other?.repeats, undefined)
})

test('a call that failed has its place, and begins no turn', async () => {
  const turns = new Turns()
  const failed = { error: { class: 'RateLimitError', kind: 'rate_limit', message: 'slow' } as const }
  assert.is(await join(turns, chat(user('hi')), { error: {} }, { call: failed }), undefined)
  const first = await join(turns, chat(user('hi')), answered(said('a')))
  const next = chat(user('hi'), said('a'), user('b'))
  const second = await join(turns, next, { error: {} }, { call: failed })
  const third = await join(turns, next, answered(said('c')))
  sameTurn(first, second)
  sameTurn(first, third)
  assert.equal([second?.index, third?.index], [2, 2])
})

test('after an hour, or thousands of other calls, nothing is known of a call', async () => {
  let now = 0
  const next = chat(user('hi'), said('a'), user('b'))
  const aged = new Turns(() => now)
  const first = await join(aged, chat(user('hi')), answered(said('a')))
  now += 3_600_001
  otherTurn(first, await join(aged, next, answered(said('c'))))
  const full = new Turns()
  const early = await join(full, chat(user('hi')), answered(said('a')))
  for (let n = 0; n < 2_500; n += 1) await join(full, chat(user(`${n}`)), answered(said('a')))
  assert.ok(full.size <= 2_000)
  otherTurn(early, await join(full, next, answered(said('c'))))
})

test('of a prompt over the bound, or read in part, only ids join', async () => {
  const turns = new Turns()
  const large = user('x'.repeat(9_000_000))
  const first = await join(turns, chat(large), answered(said('a')))
  otherTurn(first, await join(turns, chat(large, said('a'), user('b')), answered(said('c'))))
  const cut = { call: { truncated: true } }
  const second = await join(turns, chat(user('q')), answered(said('a')), cut)
  otherTurn(second, await join(turns, chat(user('q'), said('a'), user('b')), answered(said('c')), cut))
})

test('what goes on from a call is handed over after it, however long that one waits', async () => {
  const afterRoot = new AfterRoot()
  const handed: string[] = []
  const hand = (name: string) => async () => void handed.push(name)
  let loaded = (): void => {}
  const loading = new Promise<void>(resolve => {
    loaded = resolve
  })
  const at = (id: string, index: number): TurnFacts => ({ id, index })
  const all = [
    afterRoot.hand(at('a', 1), loading, hand('a1')),
    afterRoot.hand(at('a', 2), Promise.resolve(), hand('a2')),
    afterRoot.hand(at('b', 1), Promise.resolve(), hand('b1')),
    afterRoot.hand(at('b', 2), Promise.resolve(), hand('b2')),
    afterRoot.hand(undefined, Promise.resolve(), hand('alone')),
  ]
  await Promise.all(all.slice(2))
  assert.equal([...handed].sort(), ['alone', 'b1', 'b2'])
  loaded()
  await Promise.all(all)
  assert.equal(handed.slice(3), ['a1', 'a2'])
})

test('a call’s place in its turn is the same after its line in a saved session', () => {
  const root = { traceId: '6b07121b00000000419e6a1d69b6378c', spanId: '4557642822898941157' }
  for (const turn of [
    { id: '0123456789abcdef', index: 1 },
    { id: '0123456789abcdef', index: 3, toolResults: 2, prefixKept: 0.75, repeats: 1, root },
  ]) {
    const ended: CallEnded = { event: 'call', id: 'a', process: { pid: 1, thread: 0 }, call: callWith({ turn }) }
    const read = eventFromJson(JSON.parse(JSON.stringify(eventToJson(ended))))
    assert.equal(typeof read === 'object' && read.event === 'call' ? read.call.turn : read, turn)
  }
})

interface Step {
  readonly conversation: number
  readonly tool: boolean
  readonly answer: string
}

/** Few words, so that conversations often say the same. */
const word = fc.constantFrom('a', 'b')
const step = fc.record<Step>({ conversation: fc.nat(4), tool: fc.boolean(), answer: word })

for (const [title, mark] of [
  ['joined within, never across', (conversation: number) => `I am ${conversation}`],
  ['that all begin alike: never across', () => 'hi'],
] as const) {
  test(`interleaved conversations ${title}`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
        const turns = new Turns()
        const histories = new Map<number, Json[]>()
        const owners = new Map<string, number>()
        const ids = new Map<number, Set<string>>()
        for (const [n, { conversation, tool, answer }] of steps.entries()) {
          const history = histories.get(conversation) ?? [system('s'), user(mark(conversation))]
          const id = `call_q1w2e3r4t5y6u7i8o9p0${n}`
          const message = tool ? calling(id) : said(answer)
          const turn = await join(turns, chat(...history), answered(message))
          assert.ok(turn)
          assert.is(owners.get(turn.id) ?? conversation, conversation)
          owners.set(turn.id, conversation)
          ids.set(conversation, (ids.get(conversation) ?? new Set()).add(turn.id))
          histories.set(conversation, [...history, message, tool ? result(id) : user(answer)])
        }
        if (mark(0) !== mark(1)) for (const of of ids.values()) assert.is(of.size, 1)
      }),
      { seed: 15, numRuns: 300 },
    )
  })
}

test.run()
