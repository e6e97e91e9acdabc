import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Json, JsonObject } from '../lib/openai/json'
import { paceOf } from '../lib/openai/read/read'
import { StreamTimes } from '../lib/openai/read/stream-times'
import { readerFor } from '../lib/openai/readers'
import { Body } from '../lib/transport/body'
import { Budget } from '../lib/transport/budget'

const times = suite('the times of a stream')

type Timed = readonly [at: number, event: Json]

const chat = (delta: JsonObject, more: JsonObject = {}): Json => ({ choices: [{ index: 0, delta, ...more }] })
const response = (type: string): Json => ({ type: `response.${type}`, delta: 'x' })

function timesOf(family: string, events: readonly Timed[]): StreamTimes {
  const found = new StreamTimes()
  for (const [at, event] of events) found.add(readerFor(family).carries?.(event) ?? 'other', at)
  return found
}

/** Since 0, over what was told of usage. */
function pace(family: string, events: readonly Timed[], usage: { output: number; reasoningOutput?: number }) {
  const paced = timesOf(family, events).pacedSince(0)
  return paceOf({ events: events.length, ...(paced === undefined ? {} : { paced }) }, usage)
}

const REASONED: Readonly<Record<string, JsonObject>> = {
  DeepSeek: { reasoning_content: 'hm' },
  Groq: { reasoning: 'hm' },
  OpenRouter: { reasoning: 'hm', reasoning_details: [{ type: 'reasoning.text', text: 'hm' }] },
  Mistral: { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }] },
  'OpenRouter, a summary': { reasoning: 'hm', reasoning_details: [{ type: 'reasoning.summary', summary: 'hm' }] },
  Gemini: { content: '<thought>hm', extra_content: { google: { thought: true } } },
}
for (const [server, delta] of Object.entries(REASONED)) {
  times(`streamed reasoning is a first token, and not the first of the answer: ${server}`, () => {
    const found = timesOf('chat.completions', [
      [1, chat({ role: 'assistant', content: '' })],
      [20, chat(delta)],
      [300, chat({ content: 'Elbe' })],
    ])
    assert.equal([found.firstEventAt, found.firstTokenAt, found.firstContentAt], [1, 20, 300])
  })
}

times('reasoning that cannot be shown is no token', () => {
  const secret = { reasoning_details: [{ type: 'reasoning.encrypted', data: 'xx' }] }
  const found = timesOf('chat.completions', [
    [20, chat(secret)],
    [300, chat({ content: 'Elbe' })],
  ])
  assert.is(found.firstTokenAt, 300)
})

const WORDS = Array.from({ length: 11 }, (_, i): Timed => [3000 + 25 * i, chat({ content: `w${i}` })])

times('reasoning that was hidden is no part of the pace', () => {
  assert.is(pace('chat.completions', WORDS, { output: 511, reasoningOutput: 500 }), 25)
})

times('reasoning that was streamed is part of the pace', () => {
  const reasoned = Array.from({ length: 10 }, (_, i): Timed => [25 * i, chat({ reasoning_content: 'r' })])
  const said = Array.from({ length: 11 }, (_, i): Timed => [250 + 25 * i, chat({ content: 'w' })])
  assert.is(pace('chat.completions', [...reasoned, ...said], { output: 21, reasoningOutput: 10 }), 25)
})

times('a summary of hidden reasoning is a first token, and no part of the pace', () => {
  const summary: Timed[] = [[500, response('reasoning_summary_text.delta')]]
  const said = Array.from({ length: 11 }, (_, i): Timed => [3000 + 25 * i, response('output_text.delta')])
  assert.is(pace('responses', [...summary, ...said], { output: 511, reasoningOutput: 500 }), 25)
  assert.is(timesOf('responses', [...summary, ...said]).firstTokenAt, 500)
})

times('what comes after the last token, as usage, is no part of the pace', () => {
  const end: Timed[] = [[9000, { choices: [], usage: { prompt_tokens: 1 } }]]
  assert.is(pace('chat.completions', [...WORDS, ...end], { output: 11 }), 25)
})

times('of an answer in one event, and of one visible token, there is no pace', () => {
  assert.is(pace('chat.completions', WORDS.slice(0, 1), { output: 400 }), undefined)
  assert.is(pace('chat.completions', WORDS, { output: 501, reasoningOutput: 500 }), undefined)
  assert.is(pace('responses', [[1, response('output_text.done')]], { output: 400 }), undefined)
})

times('silence is between events that bring something', () => {
  const empty: Json[] = [chat({}), chat({ role: 'assistant', content: '' }), { choices: [] }, chat({ content: null })]
  const found = timesOf('chat.completions', [
    [0, chat({ content: 'a' })],
    ...empty.map((event, i): Timed => [100 * (i + 1), event]),
    [600, chat({ content: 'b' })],
    [650, chat({}, { finish_reason: 'stop' })],
    [700, { choices: [], usage: { prompt_tokens: 1 } }],
  ])
  assert.is(found.longestGap, 600)
})

times('a silence before the end that an end event brings counts', () => {
  const ends: Json[] = [chat({}, { finish_reason: 'stop' }), { choices: [], usage: { prompt_tokens: 1 } }]
  for (const end of ends) {
    const found = timesOf('chat.completions', [
      [0, chat({ content: 'a' })],
      [50, chat({ content: 'a' })],
      [400, end],
    ])
    assert.is(found.longestGap, 350)
  }
})

times('where events were not kept, no first one is made up, and the silences are those between bytes', () => {
  const found = new StreamTimes()
  found.add('other', 0)
  found.missed([10, 20, 500, 510])
  found.add('content', 520)
  assert.equal([found.firstEventAt, found.firstTokenAt, found.longestGap], [0, undefined, 480])
})

times('the times between chunks are kept, of a long stream evenly', () => {
  const ended = new StreamTimes()
  for (const at of [0, 10, 10, 30]) ended.add('nothing', at)
  ended.add('content', undefined)
  ended.missed([100, 200])
  for (const at of [300, 305]) ended.add('other', at)
  assert.equal(ended.gaps.kept, [10, 0, 20, 5])

  const long = new StreamTimes()
  // The gaps are 1, 2, 3 …
  for (let i = 0, at = 0; i <= 100_000; i += 1, at += i) long.add('content', at)
  const { kept } = long.gaps
  const steps = new Set(kept.slice(1).map((gap, i) => gap - (kept[i] ?? 0)))
  assert.ok(kept.length > 256 && kept.length <= 512)
  assert.equal([kept[0], [...steps]], [1, [256]])
})

times('a stream of more chunks than are marked keeps the first ones exactly, and the others nearly', () => {
  const body = new Body(64 * 1024, new Budget(100_000_000))
  const chunk = Buffer.from('x')
  const chunks = 100_000
  for (let i = 0; i < chunks; i += 1) body.add(chunk, 20 * i)
  assert.ok(body.markTimes.length <= 8192)
  assert.is(body.markOffsets.length, body.markTimes.length)
  assert.equal(
    body.markTimes.slice(0, 4000).filter((at, i) => at !== 20 * i),
    [],
  )
  const late = body.markTimes.at(-1) ?? 0
  assert.ok(20 * chunks - late <= body.markedEveryMs + 20, `${late}`)
  assert.ok(body.markedEveryMs <= (20 * chunks) / 500, `every ${body.markedEveryMs} ms`)
  assert.ok(body.markTimes.every((at, i) => at === 20 * (body.markOffsets[i] ?? 0)))
})

times.run()
