import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Json, JsonObject } from '../lib/openai/json'
import { readerFor } from '../lib/openai/readers'
import { foldAll } from '../lib/openai/readers/fold'
import type { Reader } from '../lib/openai/readers/reader'

/**
 * The fold of a stream and the plain response of the same content give the same facts: responses are made up, taken
 * apart into events in any order a server may choose, and folded back.
 */
const fold = suite('folded streams')
const RUNS = { numRuns: 60 }

function told(reader: Reader, answer: Json): unknown {
  const { fields, content } = reader.response({ kind: 'json', value: answer })
  const sorted = (map: ReadonlyMap<string, unknown>): unknown[] => [...map].sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    fields: sorted(fields),
    content: sorted(content),
    usage: reader.usage?.(answer),
    incomplete: reader.incomplete?.(answer),
    failure: reader.failure?.(answer),
  }
}

function folded(reader: Reader, events: readonly Json[]): Json {
  return (reader.fold && foldAll(reader.fold(), events)) ?? assert.unreachable('no fold') ?? null
}

const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
const name = fc.stringMatching(/^[a-z_]{1,10}$/)
/** Where texts are cut, and whose turn it is: numbers that are used in a circle. */
const chance = fc.array(fc.nat(1000), { minLength: 1, maxLength: 20 })

class Chance {
  private at = 0
  constructor(private readonly numbers: readonly number[]) {}
  below(limit: number): number {
    this.at += 1
    return (this.numbers[this.at % this.numbers.length] ?? 0) % limit
  }
  pieces(text: string): string[] {
    const pieces: string[] = []
    for (let from = 0; from < text.length; ) {
      const length = 1 + this.below(7)
      pieces.push(text.slice(from, from + length))
      from += length
    }
    return pieces
  }
  /** Merges queues without changing any one's order. */
  interleave<T>(queues: readonly T[][]): T[] {
    const left = queues.map(queue => [...queue])
    const merged: T[] = []
    for (let open = left.filter(queue => queue.length > 0); open.length > 0; ) {
      const item = open[this.below(open.length)]?.shift()
      if (item !== undefined) merged.push(item)
      open = left.filter(queue => queue.length > 0)
    }
    return merged
  }
}

const usage = fc.record({
  prompt_tokens: fc.nat(1000),
  completion_tokens: fc.nat(1000),
  total_tokens: fc.nat(2000),
  completion_tokens_details: fc.record({ reasoning_tokens: fc.nat(100) }),
})

const head = { id: 'chatcmpl-1', created: 1_700_000_000, model: 'gpt-4o-2024-08-06', service_tier: 'default' }

interface Called {
  id: string
  type: string
  function: { name: string; arguments: string }
}
interface Message {
  role: string
  content: string | null
  refusal?: string
  tool_calls?: Called[]
}
interface Choice {
  index: number
  message: Message
  finish_reason: string
}

const called = fc.record({
  id: name,
  type: fc.constant('function'),
  function: fc.record({ name, arguments: fc.string({ maxLength: 40 }) }),
})
const message: fc.Arbitrary<Message> = fc.record(
  {
    role: fc.constant('assistant'),
    content: fc.option(word),
    refusal: word,
    tool_calls: fc.array(called, { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: ['role', 'content'] },
)
const choices: fc.Arbitrary<Choice[]> = fc
  .array(fc.record({ message, finish_reason: fc.constantFrom('stop', 'length', 'tool_calls', 'content_filter') }), {
    minLength: 1,
    maxLength: 4,
  })
  .map(list => list.map((choice, index) => ({ index, ...choice })))

function chatChunks({ index, message, finish_reason }: Choice, chance: Chance): JsonObject[] {
  const chunk = (delta: JsonObject): JsonObject => ({ index, delta, finish_reason: null })
  const calls = (message.tool_calls ?? []).map((call, n) => [
    chunk({ tool_calls: [{ index: n, ...call, function: { name: call.function.name, arguments: '' } }] }),
    ...chance
      .pieces(call.function.arguments)
      .map(piece => chunk({ tool_calls: [{ index: n, function: { arguments: piece } }] })),
  ])
  const texts = [
    chance.pieces(message.content ?? '').map(content => chunk({ content })),
    chance.pieces(message.refusal ?? '').map(refusal => chunk({ refusal })),
  ]
  return [
    chunk({ role: 'assistant', content: '' }),
    ...chance.interleave([...calls, ...texts]),
    // Azure ends with a choice that has no delta at all.
    { index, finish_reason },
  ]
}

fold('a chat completion is the same, streamed or not', () => {
  const chat = readerFor('chat.completions')
  fc.assert(
    fc.property(choices, usage, chance, (choices, usage, numbers) => {
      const chance = new Chance(numbers)
      const plain = { ...head, object: 'chat.completion', choices, usage }
      const object = 'chat.completion.chunk'
      const chunks = chance
        .interleave(choices.map(choice => chatChunks(choice, chance)))
        .map(choice => ({ ...head, object, choices: [choice], usage: null }))
      const events = [
        { id: '', object, created: 0, model: '', choices: [] },
        ...chunks,
        { ...head, object, choices: [], usage },
      ]
      const asJson: Json = JSON.parse(JSON.stringify(events))
      assert.equal(told(chat, folded(chat, asJson as Json[])), told(chat, JSON.parse(JSON.stringify(plain))))
    }),
    RUNS,
  )
})

fold('a completion is the same, streamed or not', () => {
  const completions = readerFor('completions')
  const texts = fc.array(fc.record({ text: word, finish_reason: fc.constantFrom('stop', 'length') }), { minLength: 1 })
  fc.assert(
    fc.property(texts, usage, chance, (texts, usage, numbers) => {
      const chance = new Chance(numbers)
      const choices = texts.map((choice, index) => ({ index, ...choice, logprobs: null }))
      const queues = choices.map(({ index, text, finish_reason }) => [
        ...chance.pieces(text).map(piece => ({ index, text: piece, finish_reason: null })),
        { index, text: '', finish_reason },
      ])
      const events = chance.interleave(queues).map(choice => ({ ...head, choices: [choice] }))
      const all = [...events.map(event => ({ ...event, usage: null })), { ...head, choices: [], usage }]
      assert.equal(told(completions, folded(completions, all)), told(completions, { ...head, choices, usage }))
    }),
    RUNS,
  )
})

const part = fc.oneof(
  fc.record({ type: fc.constant('output_text'), text: word }),
  fc.record({ type: fc.constant('refusal'), refusal: word }),
)
const item = fc.oneof(
  fc.record({
    type: fc.constant('message'),
    id: name,
    role: fc.constant('assistant'),
    status: fc.constant('completed'),
    content: fc.array(part, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ type: fc.constant('function_call'), id: name, call_id: name, name, arguments: word }),
  fc.record({ type: fc.constant('custom_tool_call'), id: name, call_id: name, name, input: word }),
  fc.record({
    type: fc.constant('reasoning'),
    id: name,
    summary: fc.array(fc.record({ type: fc.constant('summary_text'), text: word }), { minLength: 1, maxLength: 2 }),
  }),
)

const DELTAS: Record<string, [kind: string, index: string, text: string]> = {
  output_text: ['response.output_text', 'content_index', 'text'],
  refusal: ['response.refusal', 'content_index', 'refusal'],
  summary_text: ['response.reasoning_summary_text', 'summary_index', 'text'],
}
const WHOLE: Record<string, [kind: string, member: string]> = {
  function_call: ['response.function_call_arguments', 'arguments'],
  custom_tool_call: ['response.custom_tool_call_input', 'input'],
}

/** The events of one item; its `done` event is left out, so that the deltas alone must do. */
function itemEvents(item: Record<string, Json>, output_index: number, chance: Chance): JsonObject[] {
  const lists = { content: item.content, summary: item.summary }
  const empty = Object.fromEntries(
    Object.entries(lists).flatMap(([key, list]) => (list === undefined ? [] : [[key, []]])),
  )
  const [wholeKind, member = ''] = WHOLE[String(item.type)] ?? []
  const begun = { ...item, ...empty, ...(wholeKind === undefined ? {} : { [member]: '' }) }
  const queues: JsonObject[][] = []
  for (const parts of Object.values(lists)) {
    if (!Array.isArray(parts)) continue
    for (const [n, part] of parts.entries()) {
      const { type, ...rest } = part as Record<string, string>
      const [kind = '', index = ''] = DELTAS[type ?? ''] ?? []
      const pieces = chance.pieces(Object.values(rest)[0] ?? '')
      queues.push(pieces.map(delta => ({ type: `${kind}.delta`, output_index, [index]: n, delta, obfuscation: 'pad' })))
    }
  }
  if (wholeKind !== undefined) {
    queues.push(chance.pieces(String(item[member])).map(delta => ({ type: `${wholeKind}.delta`, output_index, delta })))
  }
  return [
    { type: 'response.output_item.added', output_index, item: begun },
    // Parts come one after the other: their type is known by the first delta.
    ...queues.flat(),
  ]
}

fold('a response is the same, streamed or not, and its deltas alone give the output of one that was cut', () => {
  const responses = readerFor('responses')
  fc.assert(
    fc.property(fc.array(item, { minLength: 1, maxLength: 4 }), chance, (output, numbers) => {
      const chance = new Chance(numbers)
      const usage = { input_tokens: 3, output_tokens: 4, total_tokens: 7 }
      const begun = { id: 'resp_1', object: 'response', created_at: 1, model: 'gpt-5', status: 'in_progress' }
      const plain = { ...begun, status: 'completed', output, usage }
      const items = JSON.parse(JSON.stringify(output)) as Record<string, Json>[]
      const deltas = chance.interleave(items.map((item, n) => itemEvents(item, n, chance)))
      const started: JsonObject = { type: 'response.created', response: { ...begun, output: [], usage: null } }
      const ended: JsonObject = { type: 'response.completed', response: JSON.parse(JSON.stringify(plain)) }

      const whole = folded(responses, [started, ...deltas, ended])
      assert.equal(told(responses, whole), told(responses, JSON.parse(JSON.stringify(plain))))

      const cut = folded(responses, [started, ...deltas])
      const expected: Json = JSON.parse(JSON.stringify({ ...begun, output }))
      assert.equal(told(responses, cut), told(responses, expected))
    }),
    RUNS,
  )
})

const sampleOf = (family: string, events: Json[]): unknown => told(readerFor(family), folded(readerFor(family), events))
const tellsAll = (family: string, events: Json[], plain: Json): void => {
  assert.equal(sampleOf(family, events), told(readerFor(family), plain))
}

fold('usage is the last that is not null, on whichever chunk, also where Groq puts it', () => {
  const choices = [{ index: 0, delta: { content: 'x' }, finish_reason: null }]
  const of = (n: number): JsonObject => ({ prompt_tokens: n, completion_tokens: n })
  const chat = readerFor('chat.completions')
  const read = (events: Json[]): unknown => chat.usage?.(folded(chat, events))
  assert.equal(
    read([
      { choices, usage: of(1) },
      { choices, usage: of(2) },
      { choices: [], usage: null },
    ]),
    {
      input: 2,
      output: 2,
      total: 4,
    },
  )
  assert.equal(read([{ choices }, { choices: [], x_groq: { id: 'r', usage: of(3) } }]), {
    input: 3,
    output: 3,
    total: 6,
  })
  assert.is(read([{ choices, usage: null }]), undefined)
})

fold('an empty finish reason says nothing, and tool calls without an index follow their ids', () => {
  const call = (id: string, args: string): JsonObject => ({
    ...(id === '' ? {} : { id }),
    function: { name: 'f', arguments: args },
  })
  const events = [
    { choices: [{ index: 0, delta: { tool_calls: [call('a', '{"x"')] }, finish_reason: '' }] },
    { choices: [{ index: 0, delta: { tool_calls: [call('', ':1}')] }, finish_reason: '' }] },
    { choices: [{ index: 0, delta: { tool_calls: [call('b', '{}')] }, finish_reason: 'tool_calls' }] },
    { choices: [{ index: 0, delta: null, finish_reason: '' }] },
  ]
  tellsAll('chat.completions', events, {
    choices: [
      { index: 0, message: { tool_calls: [call('a', '{"x":1}'), call('b', '{}')] }, finish_reason: 'tool_calls' },
    ],
  })
})

fold('an error in mid-stream is the failure, and what had come is kept', () => {
  const chat = readerFor('chat.completions')
  const answer = folded(chat, [
    { id: 'x', choices: [{ index: 0, delta: { content: 'half an ans' } }] },
    { error: { message: 'The server had an error', type: 'server_error', code: null } },
  ])
  assert.equal(chat.failure?.(answer), { message: 'The server had an error', type: 'server_error' })
  assert.is(chat.response({ kind: 'json', value: answer }).content.get('choices.0.message.content'), 'half an ans')

  const responses = readerFor('responses')
  const failed = { id: 'r', status: 'failed', error: { code: 'server_error', message: 'no' } }
  const response = folded(responses, [{ type: 'response.failed', response: failed }])
  assert.equal(responses.failure?.(response), { code: 'server_error', message: 'no' })
  assert.is(responses.incomplete?.(response), 'failed')
})

fold('a run is as it was last seen, with the messages it wrote', () => {
  const run = { id: 'run_1', thread_id: 't', assistant_id: 'a', model: 'gpt-4o', usage: null, status: 'queued' }
  const usage = { prompt_tokens: 5, completion_tokens: 6, total_tokens: 11 }
  const piece = (value: string): Json => ({
    event: 'thread.message.delta',
    data: { id: 'msg_1', delta: { content: [{ index: 0, type: 'text', text: { value } }] } },
  })
  const events = [
    { event: 'thread.run.created', data: run },
    { event: 'thread.run.step.created', data: { id: 'step_1', type: 'message_creation', status: 'in_progress' } },
    { event: 'thread.message.created', data: { id: 'msg_1', role: 'assistant', content: [] } },
    piece('Hel'),
    piece('lo'),
    { event: 'thread.run.completed', data: { ...run, status: 'completed', usage } },
  ]
  tellsAll('threads.runs', events, {
    ...run,
    status: 'completed',
    usage,
    messages: [{ role: 'assistant', content: 'Hello' }],
    steps: ['step_1'],
  })
})

fold('images, transcripts and speech add up', () => {
  const usage = { input_tokens: 1, output_tokens: 2, total_tokens: 3 }
  tellsAll(
    'images',
    [
      { type: 'image_generation.partial_image', b64_json: 'aGVsbG8=', partial_image_index: 0, created_at: 5 },
      { type: 'image_generation.completed', b64_json: 'aGVsbG8=', created_at: 5, size: '1024x1024', usage },
    ],
    { created: 5, size: '1024x1024', data: [{ b64_json: 'aGVsbG8=' }], usage },
  )
  tellsAll(
    'audio.transcriptions',
    [
      { type: 'transcript.text.delta', delta: 'Look at ' },
      { type: 'transcript.text.delta', delta: 'that.' },
      { type: 'transcript.text.done', text: 'Look at that.', usage },
    ],
    { text: 'Look at that.', usage },
  )
  tellsAll('audio.transcriptions', [{ type: 'transcript.text.delta', delta: 'Look at ' }], { text: 'Look at ' })
  tellsAll(
    'audio.speech',
    [
      { type: 'speech.audio.delta', audio: 'aGVsbG8=' },
      { type: 'speech.audio.delta', audio: 'aGk=' },
      { type: 'speech.audio.done', usage },
    ],
    { total_bytes: 7, usage },
  )
})

fold('the first of the answer is content or a tool call, not a role, a status or reasoning', () => {
  const first = (family: string, events: Json[]): number =>
    events.findIndex(event => ['content', 'item'].includes(readerFor(family).carries?.(event) ?? ''))
  const delta = (delta: JsonObject): Json => ({ choices: [{ index: 0, delta }] })
  assert.is(first('chat.completions', [delta({ role: 'assistant', content: '' }), delta({ content: 'a' })]), 1)
  assert.is(first('chat.completions', [delta({ reasoning_content: 'hm' }), delta({ refusal: 'no' })]), 1)
  assert.is(first('chat.completions', [{ choices: [] }, delta({ tool_calls: [{ index: 0, id: 'c' }] })]), 1)
  assert.is(first('completions', [{ choices: [{ text: '' }] }, { choices: [{ text: 'a' }] }]), 1)
  const of = (...types: string[]): Json[] => types.map(type => ({ type, delta: 'x' }))
  const created = ['response.created', 'response.in_progress', 'response.reasoning_summary_text.delta']
  assert.is(first('responses', of(...created, 'response.output_text.delta')), 3)
  assert.is(first('responses', [{ type: 'response.output_item.added', item: { type: 'message' } }]), -1)
  assert.is(first('responses', [{ type: 'response.output_item.added', item: { type: 'function_call' } }]), 0)
  assert.is(first('threads.runs', [{ event: 'thread.run.created', data: {} }]), -1)
})

fold.run()
