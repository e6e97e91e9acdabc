import type { Usage } from './call'
import { at, count, field, isObject, type Json, type JsonObject, list } from './json'

/** Where a body keeps its usage: its own, a stream's last event, Groq's own place, a batch of events. */
const USAGE_PLACES: readonly (readonly string[])[] = [
  ['usage'],
  ['x_groq', 'usage'],
  ['response', 'usage'],
  ['data', 'usage'],
]

const INPUT_DETAILS = ['prompt_tokens_details', 'input_tokens_details', 'input_token_details'] as const
/** Which of the cached tokens were of what kind: of the Realtime API, of the tool that draws. */
const CACHED_DETAILS = ['cached_tokens_details'] as const
/** How long what was put into the cache stays there: OpenAI's, Anthropic's, LiteLLM's for Anthropic. */
const WRITE_DETAILS = ['cache_write_tokens_details', 'cache_creation', 'cache_creation_token_details'] as const
const OUTPUT_DETAILS = ['completion_tokens_details', 'output_tokens_details', 'output_token_details'] as const

type UsagePlace = 'self' | 'input' | 'output' | 'cached' | 'written'

/** Each count by the names it goes by, first match first. */
const COUNTS: readonly (readonly [key: keyof Usage, place: UsagePlace, names: readonly string[]])[] = [
  ['input', 'self', ['prompt_tokens', 'input_tokens']],
  ['output', 'self', ['completion_tokens', 'output_tokens']],
  ['total', 'self', ['total_tokens']],
  ['cachedInput', 'input', ['cached_tokens']],
  // DeepSeek's name for it, beside the totals.
  ['cachedInput', 'self', ['prompt_cache_hit_tokens']],
  // Moonshot's, and Anthropic's behind a gateway.
  ['cachedInput', 'self', ['cached_tokens', 'cache_read_input_tokens']],
  ['cacheWriteInput', 'input', ['cache_write_tokens', 'cache_creation_tokens']],
  ['cacheWriteInput', 'self', ['cache_creation_input_tokens']],
  ['longCacheWriteInput', 'written', ['ttl_12h_tokens', 'ephemeral_1h_input_tokens']],
  ['audioInput', 'input', ['audio_tokens']],
  ['cachedAudioInput', 'cached', ['audio_tokens', 'cached_audio_tokens']],
  ['cachedImageInput', 'cached', ['image_tokens', 'cached_image_tokens']],
  ['imageInput', 'input', ['image_tokens']],
  ['textInput', 'input', ['text_tokens']],
  ['reasoningOutput', 'output', ['reasoning_tokens']],
  ['audioOutput', 'output', ['audio_tokens']],
  ['imageOutput', 'output', ['image_tokens']],
  ['textOutput', 'output', ['text_tokens']],
  ['acceptedPrediction', 'output', ['accepted_prediction_tokens']],
  ['rejectedPrediction', 'output', ['rejected_prediction_tokens']],
]

/**
 * The usage that a body reports, in one shape for all families. Counts are left out if absent or not whole numbers;
 * nothing is made up but the total of two known parts.
 */
export function usageOf(answer: Json): Usage | undefined {
  const found = usageObject(answer) ?? timedUsage(answer)
  if (found === undefined) return undefined
  const input = firstObject(found, INPUT_DETAILS)
  const details = {
    self: found,
    input,
    output: firstObject(found, OUTPUT_DETAILS),
    cached: (input && firstObject(input, CACHED_DETAILS)) ?? firstObject(found, CACHED_DETAILS),
    written: (input && firstObject(input, WRITE_DETAILS)) ?? firstObject(found, WRITE_DETAILS),
  }
  const usage: Usage = {}
  for (const [key, where, names] of COUNTS) {
    const value = firstCount(details[where], names)
    if (value !== undefined) usage[key] ??= value
  }
  const seconds = count(field(found, 'seconds'))
  if (seconds !== undefined) usage.seconds = seconds
  completeWrites(usage, details.written)
  completeInput(usage, found)
  completeSides(usage, found)
  return Object.keys(usage).length > 0 ? usage : undefined
}

/** As `usageOf`, of what generates: where the total is the prompt's, the completion was empty, and that is told. */
export function generatedUsageOf(answer: Json): Usage | undefined {
  const usage = usageOf(answer)
  if (usage?.input === undefined || usage.output !== undefined || usage.total !== usage.input) return usage
  return { ...usage, output: 0 }
}

/** As `usageOf`, of what only takes in: Voyage tells the total alone. */
export function takenUsageOf(answer: Json): Usage | undefined {
  const usage = usageOf(answer)
  const { input, output, total } = usage ?? {}
  return total === undefined || input !== undefined || output !== undefined ? usage : { ...usage, input: total }
}

/** What was put into the cache is the sum of its parts, where only those are told. */
function completeWrites(usage: Usage, written: JsonObject | undefined): void {
  const usual = firstCount(written, ['ttl_30m_tokens', 'ephemeral_5m_input_tokens']) ?? 0
  const parts = usual + (usage.longCacheWriteInput ?? 0)
  if (written !== undefined && parts > (usage.cacheWriteInput ?? 0)) usage.cacheWriteInput = parts
}

/**
 * Anthropic's counts leave what the cache gave or took out of the input. Which way it was is told by the total; without
 * one by Anthropic's own names, or by there being more in the cache than in the input.
 */
function completeInput(usage: Usage, sent: JsonObject): void {
  const { input, output = 0, total } = usage
  const apart = (firstCount(sent, APART) ?? 0) + (firstCount(sent, ['cache_creation_input_tokens']) ?? 0)
  if (input === undefined || apart === 0) return
  const isSum = total === input + output + apart
  const isNative = total === undefined && field(sent, 'input_tokens') !== undefined
  if (!isSum && !isNative && apart <= input) return
  usage.input = input + apart
  if (!isSum && total !== undefined) usage.total = total + apart
}

const APART = ['cache_read_input_tokens'] as const

/**
 * Input and output are the total's parts. Some servers tell the reasoning beside the completion (xAI) or in the total
 * alone (Gemini's endpoint): what the total has more is output. Mistral leaves what was heard out of the prompt, and tells
 * its seconds: there it is input. A total that has less was a part's.
 */
function completeSides(usage: Usage, sent: JsonObject): void {
  const { input, output, total } = usage
  if (input === undefined || output === undefined) return
  const more = (total ?? 0) - input - output
  if (total === undefined || more < 0) usage.total = input + output
  else if (more > 0 && count(field(sent, 'prompt_audio_seconds'))) {
    usage.input = input + more
    usage.audioInput ??= more
  } else usage.output = output + more
}

/** Details are one level down; Realtime's have details of their own. */
const DEEPEST_USAGE = 3

/**
 * What two events of a stream tell of usage together: the later counts, but a count that is known is not undone by a
 * zero or by not being told again. Servers split it over first and last event, or end with an event of zeros.
 */
export function mergedUsage(before: Json | undefined, now: Json | undefined, depth = 0): Json | undefined {
  if (!isObject(now)) return before
  if (!isObject(before)) return now
  const merged: JsonObject = { ...before }
  for (const [name, value] of Object.entries(now)) {
    const known = field(before, name)
    const both = isObject(known) && isObject(value) && depth < DEEPEST_USAGE
    if (both) merged[name] = mergedUsage(known, value, depth + 1) ?? value
    else if (known === undefined || (value !== null && value !== 0)) merged[name] = value
  }
  return merged
}

/**
 * The usage object as it was sent. What `POST /responses/input_tokens` counts is an answer and not a use: no tokens were
 * spent.
 */
export function usageObject(answer: Json): JsonObject | undefined {
  for (const path of USAGE_PLACES) {
    const found = at(answer, ...path)
    if (isObject(found)) return found
  }
  const found = choicesUsage(answer)
  return isObject(found) ? found : undefined
}

/** llama.cpp tells of tokens beside their times where it is not asked for usage; what its cache gave is apart. */
function timedUsage(answer: Json): JsonObject | undefined {
  const timings = field(answer, 'timings')
  const [asked, cached] = [count(field(timings, 'prompt_n')), count(field(timings, 'cache_n'))]
  const answered = count(field(timings, 'predicted_n'))
  if (answered === undefined) return undefined
  if (asked === undefined || cached === undefined) return { completion_tokens: answered }
  const details = { cached_tokens: cached }
  return { prompt_tokens: asked + cached, completion_tokens: answered, prompt_tokens_details: details }
}

/** Moonshot's, in a choice of the answer or of a stream's last chunk. */
export function choicesUsage(answer: Json): Json | undefined {
  return list(field(answer, 'choices'))
    .map(choice => field(choice, 'usage'))
    .find(isObject)
}

function firstObject(value: JsonObject, names: readonly string[]): JsonObject | undefined {
  for (const name of names) {
    const found = field(value, name)
    if (isObject(found)) return found
  }
  return undefined
}

function firstCount(value: JsonObject | undefined, names: readonly string[]): number | undefined {
  if (value === undefined) return undefined
  for (const name of names) {
    const found = field(value, name)
    if (isTokenCount(found)) return found
  }
  return undefined
}

function isTokenCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && count(value) !== undefined
}
