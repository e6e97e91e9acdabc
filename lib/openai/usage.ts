import type { Usage } from './call'
import { at, count, field, isObject, type Json, type JsonObject } from './json'

/** Where a body keeps its usage: its own, a stream's last event, Groq's own place, a batch of events. */
const PLACES: readonly (readonly string[])[] = [
  ['usage'],
  ['x_groq', 'usage'],
  ['response', 'usage'],
  ['data', 'usage'],
]

const INPUT_DETAILS = ['prompt_tokens_details', 'input_tokens_details', 'input_token_details'] as const
const OUTPUT_DETAILS = ['completion_tokens_details', 'output_tokens_details', 'output_token_details'] as const

type Place = 'self' | 'input' | 'output'

/** Each count by the names it goes by, first match first. */
const COUNTS: readonly (readonly [key: keyof Usage, place: Place, ...names: string[]])[] = [
  ['input', 'self', 'prompt_tokens', 'input_tokens'],
  ['output', 'self', 'completion_tokens', 'output_tokens'],
  ['total', 'self', 'total_tokens'],
  ['cachedInput', 'input', 'cached_tokens'],
  // DeepSeek's name for it, beside the totals.
  ['cachedInput', 'self', 'prompt_cache_hit_tokens'],
  ['cacheWriteInput', 'input', 'cache_write_tokens', 'cache_creation_tokens'],
  ['audioInput', 'input', 'audio_tokens'],
  ['imageInput', 'input', 'image_tokens'],
  ['textInput', 'input', 'text_tokens'],
  ['reasoningOutput', 'output', 'reasoning_tokens'],
  ['audioOutput', 'output', 'audio_tokens'],
  ['imageOutput', 'output', 'image_tokens'],
  ['textOutput', 'output', 'text_tokens'],
  ['acceptedPrediction', 'output', 'accepted_prediction_tokens'],
  ['rejectedPrediction', 'output', 'rejected_prediction_tokens'],
]

/**
 * The usage that a body reports, in one shape for all families. Counts are left out if absent or not whole numbers;
 * nothing is made up but the total of two known parts.
 */
export function usageOf(answer: Json): Usage | undefined {
  const found = place(answer)
  if (found === undefined) return undefined
  const details = { self: found, input: firstObject(found, INPUT_DETAILS), output: firstObject(found, OUTPUT_DETAILS) }
  const usage: Usage = {}
  for (const [key, where, ...names] of COUNTS) {
    const value = firstCount(details[where], names)
    if (value !== undefined) usage[key] ??= value
  }
  const seconds = count(field(found, 'seconds'))
  if (seconds !== undefined) usage.seconds = seconds
  if (usage.total === undefined && usage.input !== undefined && usage.output !== undefined) {
    usage.total = usage.input + usage.output
  }
  return Object.keys(usage).length > 0 ? usage : undefined
}

/**
 * The usage object as it was sent. What `POST /responses/input_tokens` counts is an answer and not a use: no tokens were
 * spent.
 */
function place(answer: Json): JsonObject | undefined {
  return PLACES.map(path => at(answer, ...path)).find(isObject)
}

function firstObject(value: JsonObject, names: readonly string[]): JsonObject | undefined {
  return names.map(name => field(value, name)).find(isObject)
}

function firstCount(value: JsonObject | undefined, names: readonly string[]): number | undefined {
  return names.map(name => field(value, name)).find(isTokenCount)
}

function isTokenCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && count(value) !== undefined
}
