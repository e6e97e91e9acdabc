import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { at, field, type Json, list } from '../lib/openai/json'
import { eventValue, isHeartbeat, parseEvents } from '../lib/openai/read/sse'
import { foldChat } from '../lib/openai/readers/chat-fold'
import { choicesIncomplete } from '../lib/openai/readers/choices'
import { failureIn } from '../lib/openai/readers/failure'
import { foldAll } from '../lib/openai/readers/fold'
import { statusIncomplete } from '../lib/openai/readers/responses'

/** What other servers than OpenAI make of its chat completions. */
const servers = suite("other servers' chat")

/** Name and arguments of the tool calls that deltas add up to. */
function calls(...deltas: Json[]): Json[] {
  const events = deltas.map(delta => ({ choices: [{ index: 0, delta: { tool_calls: [delta] } }] }))
  const message = at(foldAll(foldChat(), events), 'choices', 0, 'message')
  return list(field(message, 'tool_calls')).map(call => [
    at(call, 'function', 'name') ?? null,
    at(call, 'function', 'arguments') ?? null,
  ])
}

const day = { name: 'day', arguments: '{"d":1}' }
const tide = { name: 'tide', arguments: '{"p":"Kiel"}' }
const BOTH = [
  ['day', '{"d":1}'],
  ['tide', '{"p":"Kiel"}'],
]

servers('calls that all say index 0 with ids of their own are several', () => {
  assert.equal(calls({ index: 0, id: 'a', function: day }, { index: 0, id: 'b', function: tide }), BOTH)
})

servers('so they are when their arguments come in pieces', () => {
  assert.equal(
    calls(
      { index: 0, id: 'a', function: { name: 'day', arguments: '' } },
      { index: 0, function: { arguments: '{"d":1}' } },
      { index: 0, id: 'b', function: { name: 'tide', arguments: '{"p":' } },
      { index: 0, function: { arguments: '"Kiel"}' } },
    ),
    BOTH,
  )
})

servers('and without ids, when the arguments before are whole', () => {
  assert.equal(calls({ index: 0, function: day }, { index: 0, function: tide }), BOTH)
  assert.equal(calls({ index: 0, id: '', function: day }, { index: 0, id: '', function: tide }), BOTH)
})

servers('so they are without ids, when the next one comes in pieces, too', () => {
  assert.equal(
    calls(
      { index: 0, function: { name: 'day', arguments: '{"d"' } },
      { index: 0, function: { arguments: ':1}' } },
      { index: 0, function: { name: 'tide', arguments: '' } },
      { index: 0, function: { arguments: '{"p":"Kiel"}' } },
    ),
    BOTH,
  )
  // A name that is said with every piece begins nothing, though braces are even for a moment.
  assert.equal(
    calls(
      { index: 0, function: { name: 'day', arguments: '{"d":{"x":1}' } },
      { index: 0, function: { name: 'day', arguments: '}' } },
    ),
    [['day', '{"d":{"x":1}}']],
  )
})

servers('a call whose every piece repeats its id, or has a new one and no name, is one', () => {
  const pieces = [{ arguments: '{"d"' }, { arguments: ':1}' }]
  const one = [['day', '{"d":1}']]
  assert.equal(
    calls({ index: 0, id: 'a', function: { name: 'day' } }, ...pieces.map(f => ({ index: 0, id: 'a', function: f }))),
    one,
  )
  assert.equal(calls({ id: 'a', function: { name: 'day' } }, ...pieces.map(f => ({ id: 'a', function: f }))), one)
  assert.equal(
    calls(
      { index: 0, id: 'a', function: { name: 'day' } },
      ...pieces.map((f, i) => ({ index: 0, id: `${i}`, function: f })),
    ),
    one,
  )
})

servers('calls with indexes of their own are put in order', () => {
  assert.equal(calls({ index: 1, id: 'b', function: tide }, { index: 0, id: 'a', function: day }), BOTH)
})

servers('finish reasons of other servers say why an answer is not whole', () => {
  const reasons: Readonly<Record<string, string | undefined>> = {
    length: 'length',
    max_tokens: 'length',
    MAX_TOKENS: 'length',
    model_length: 'length',
    content_filter: 'content_filter',
    'content-filter': 'content_filter',
    sensitive: 'content_filter',
    SAFETY: 'content_filter',
    PROHIBITED_CONTENT: 'content_filter',
    guardrail_intervened: 'content_filter',
    refusal: 'refusal',
    error: 'failed',
    network_error: 'failed',
    insufficient_system_resource: 'failed',
    abort: 'cancelled',
    stop: undefined,
    tool_calls: undefined,
    eos: undefined,
    end_turn: undefined,
    constructor: undefined,
  }
  for (const [reason, expected] of Object.entries(reasons)) {
    assert.is(choicesIncomplete({ choices: [{ finish_reason: reason }] }), expected, reason)
  }
  assert.is(
    choicesIncomplete({ choices: [{ finish_reason: 'length' }, { finish_reason: 'sensitive' }] }),
    'content_filter',
  )
})

servers('an unfinished response says why in their words, too', () => {
  const incomplete = (reason: string) => statusIncomplete({ status: 'incomplete', incomplete_details: { reason } })
  assert.is(incomplete('max_tokens'), 'length')
  assert.is(incomplete('sensitive'), 'content_filter')
  assert.is(incomplete('steered'), 'cut')
})

servers('heartbeats are no events, whatever they are written as', () => {
  const beats = [
    '',
    ' ',
    'null',
    '{}',
    'ping',
    '"ping"',
    '{"type":"ping"}',
    '{"type": "keepalive", "sequence_number": 4}',
  ]
  for (const data of beats) {
    const events = parseEvents(Buffer.from(`data: ${data}\n\n`))
    assert.ok(events.every(isHeartbeat), data)
  }
  assert.ok(isHeartbeat({ event: 'ping', data: '{"time":1}', end: 0 }))
  for (const data of ['{"type":"pinged"}', '{"choices":[]}', '[]', 'upstream gone', '{"error":{}}']) {
    assert.not.ok(isHeartbeat({ data, end: 0 }), data)
  }
})

servers('error events are known by their name, their type or their object', () => {
  const message = 'No such model'
  for (const event of [
    { event: 'error', data: JSON.stringify({ message }), end: 0 },
    { event: 'error', data: message, end: 0 },
    { event: 'error', data: JSON.stringify([{ error: { message } }]), end: 0 },
    { data: JSON.stringify({ type: 'error', message }), end: 0 },
    { data: JSON.stringify({ type: 'error', error: { message } }), end: 0 },
    { data: JSON.stringify({ object: 'error', message, code: 404 }), end: 0 },
    { data: JSON.stringify({ error: { message } }), end: 0 },
    { data: JSON.stringify({ error: message }), end: 0 },
  ]) {
    assert.is(failureIn(foldAll(foldChat(), [eventValue(event) ?? null]))?.message, message, JSON.stringify(event))
  }
})

servers.run()
