import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Json } from '../lib/openai/json'
import { chat } from '../lib/openai/readers/chat'
import { foldChat } from '../lib/openai/readers/chat-fold'
import { foldAll } from '../lib/openai/readers/fold'
import { generatedUsageOf, mergedUsage, usageOf } from '../lib/openai/usage'

const usages = suite('usage as servers tell it')

const chunk = (usage: Json, more: Record<string, Json> = {}): Json => ({ choices: [], usage, ...more })

/** What a stream of chat tells. */
const streamed = (...events: Json[]): object | undefined => chat.usage?.(foldAll(foldChat(), events))

usages('a known count is not undone by a zero or by not being told again', () => {
  assert.equal(
    streamed(
      chunk({ prompt_tokens: 15, completion_tokens: 6, total_tokens: 21 }),
      chunk({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }),
    ),
    { input: 15, output: 6, total: 21 },
  )
  assert.equal(streamed(chunk({ prompt_tokens: 15, total_tokens: 15 }), chunk({ completion_tokens: 6 })), {
    input: 15,
    output: 6,
    total: 21,
  })
  assert.equal(streamed(chunk({ prompt_tokens: 15, completion_tokens: 6 }), chunk(null), chunk({})), {
    input: 15,
    output: 6,
    total: 21,
  })
})

usages('of counts that grow, the last ones count, details too', () => {
  const details = (n: number): Json => ({ reasoning_tokens: n, audio_tokens: 0 })
  assert.equal(
    streamed(
      chunk({ prompt_tokens: 9, completion_tokens: 1, total_tokens: 10, completion_tokens_details: details(1) }),
      chunk({ prompt_tokens: 9, completion_tokens: 4, total_tokens: 13, completion_tokens_details: details(3) }),
      chunk({ prompt_tokens: 9, completion_tokens: 4, total_tokens: 13, completion_tokens_details: null }),
    ),
    { input: 9, output: 4, total: 13, reasoningOutput: 3, audioOutput: 0 },
  )
})

usages('split over the first and the last event, both parts are there', () => {
  assert.equal(
    streamed(
      chunk({ prompt_tokens: 9, completion_tokens: 0, total_tokens: 9 }),
      chunk({ prompt_tokens: 0, completion_tokens: 4, total_tokens: 4 }),
    ),
    { input: 9, output: 4, total: 13 },
  )
})

usages('in a choice, plain or streamed', () => {
  const usage = { prompt_tokens: 11, completion_tokens: 77, total_tokens: 88 }
  const expected = { input: 11, output: 77, total: 88 }
  assert.equal(usageOf({ choices: [{ index: 0, usage }] }), expected)
  assert.equal(usageOf({ choices: [{ index: 0 }, { index: 1, usage }] }), expected)
  assert.equal(
    streamed({ choices: [{ index: 0, delta: { content: 'Elbe' } }] }, { choices: [{ index: 0, delta: {}, usage }] }),
    expected,
  )
})

usages('reasoning told beside the completion, or in the total alone, is output', () => {
  const of = (usage: Json) => usageOf({ usage })
  assert.equal(
    of({
      prompt_tokens: 14,
      completion_tokens: 3,
      total_tokens: 417,
      completion_tokens_details: { reasoning_tokens: 400 },
    }),
    {
      input: 14,
      output: 403,
      total: 417,
      reasoningOutput: 400,
    },
  )
  assert.equal(of({ prompt_tokens: 14, completion_tokens: 3, total_tokens: 417 }), {
    input: 14,
    output: 403,
    total: 417,
  })
  assert.equal(
    of({
      prompt_tokens: 500,
      completion_tokens: 500,
      total_tokens: 1000,
      completion_tokens_details: { reasoning_tokens: 200 },
    }),
    {
      input: 500,
      output: 500,
      total: 1000,
      reasoningOutput: 200,
    },
  )
})

usages('what the cache gave beside the input is input; within it, it is not counted twice', () => {
  const of = (usage: Json) => usageOf({ usage })
  const cache = { cache_read_input_tokens: 1800, cache_creation_input_tokens: 100 }
  const expected = { input: 1914, output: 3, total: 1917, cachedInput: 1800, cacheWriteInput: 100 }
  assert.equal(of({ input_tokens: 14, output_tokens: 3, ...cache }), expected)
  assert.equal(of({ prompt_tokens: 14, completion_tokens: 3, total_tokens: 17, ...cache }), expected)
  assert.equal(of({ prompt_tokens: 14, completion_tokens: 3, total_tokens: 1917, ...cache }), expected)
  assert.equal(of({ prompt_tokens: 1914, completion_tokens: 3, total_tokens: 1917, ...cache }), expected)
  assert.equal(of({ prompt_tokens: 20, completion_tokens: 3, total_tokens: 23, cached_tokens: 8 }), {
    input: 20,
    output: 3,
    total: 23,
    cachedInput: 8,
  })
})

usages('a total that is the prompt tells an empty completion, where something is generated', () => {
  const usage = { prompt_tokens: 11, total_tokens: 11 }
  assert.equal(generatedUsageOf({ usage }), { input: 11, output: 0, total: 11 })
  assert.equal(usageOf({ usage }), { input: 11, total: 11 })
  assert.equal(generatedUsageOf({ usage: { prompt_tokens: 11 } }), { input: 11 })
})

usages('merging takes whatever it is given', () => {
  for (const nothing of [undefined, null, 5, 'x', []]) assert.equal(mergedUsage({ a: 1 }, nothing), { a: 1 })
  assert.equal(mergedUsage(null, { a: 0 }), { a: 0 })
  assert.equal(mergedUsage({ details: { a: 1, b: 2 } }, { details: { a: 0, b: 3 } }), { details: { a: 1, b: 3 } })
  assert.equal(mergedUsage({ details: 1 }, { details: { a: 1 } }), { details: { a: 1 } })
})

usages.run()
