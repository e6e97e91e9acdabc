import type { Incomplete } from '../call'
import { at, field, isObject, type Json, type JsonObject, list, num, str } from '../json'
import { choicesUsage, mergedUsage } from '../usage'
import type { FactsBuilder } from './facts'
import { indexOf, objects } from './shape'

/** What the choices of chat, completions and edits have in common, plain and streamed. */

/** The choices by their own indexes, which need not be their places. */
export function choicesOf(body: JsonObject): [index: number, choice: JsonObject][] {
  return objects(body.choices).map((choice, position) => [indexOf(choice, position), choice])
}

/** Is none, one of the choices, or the answer as a whole cut short? The gravest reason counts. */
export function choicesIncomplete(answer: Json): Incomplete | undefined {
  const choices = list(field(answer, 'choices'))
  const reasons = new Set(choices.map(choice => reasonOf(str(field(choice, 'finish_reason')))))
  if (choices.some(choice => str(at(choice, 'message', 'refusal')) !== undefined)) reasons.add('refusal')
  return GRAVITY.find(reason => reasons.has(reason))
}

const GRAVITY: readonly Incomplete[] = ['content_filter', 'failed', 'refusal', 'cancelled', 'length']

/**
 * Why other servers say that they stopped: Mistral, Zhipu, DeepSeek, vLLM, LM Studio, Cohere, Gemini, Anthropic
 * and Bedrock behind a gateway. What is not here (`stop`, `tool_calls`, `eos`, `end_turn` …) is an end like any other.
 */
const REASONS: ReadonlyMap<string, Incomplete> = new Map(
  (
    [
      ['length', 'length max_tokens max_length max_output_tokens max_completion_tokens model_length token_limit'],
      ['length', 'model_context_window_exceeded context_length_exceeded error_limit'],
      ['length', 'contextlengthreached maxpredictedtokensreached'],
      [
        'content_filter',
        'content_filter content_filtered sensitive safety recitation blocklist prohibited_content spii',
      ],
      ['content_filter', 'guardrail_intervened image_safety language moderation'],
      ['refusal', 'refusal'],
      ['content_filter', 'image_prohibited_content image_recitation error_toxic model_armor'],
      ['failed', 'error network_error failed engine_error insufficient_system_resource malformed_function_call'],
      ['failed', 'unexpected_tool_call malformed_response no_image function_call_filter time_limit timeout'],
      ['failed', 'too_many_tool_calls missing_thought_signature image_other modelunloaded'],
      ['cancelled', 'abort aborted cancelled canceled user_cancel userstopped'],
    ] as const
  ).flatMap(([incomplete, reasons]) => reasons.split(' ').map((reason): [string, Incomplete] => [reason, incomplete])),
)
const LONGEST_REASON = 64

/** What a server's word for how it ended says of the answer; Gemini's endpoint says `content_filter: SAFETY`. */
export function reasonOf(reason: string | undefined): Incomplete | undefined {
  if (reason === undefined) return undefined
  const [word = '', particular] = reason.slice(0, LONGEST_REASON).toLowerCase().replaceAll('-', '_').split(': ')
  return REASONS.get(word) ?? (particular === undefined ? undefined : REASONS.get(particular))
}

/** Azure's filter results, one a category: `filtered`, else the severity, else `detected`. */
export function filterFacts(found: FactsBuilder, key: string, results: Json | undefined): void {
  if (!isObject(results)) return
  for (const [category, result] of Object.entries(results)) {
    if (found.isFull) return
    const verdict =
      field(result, 'filtered') === true
        ? 'filtered'
        : (str(field(result, 'severity')) ?? (field(result, 'detected') === true ? 'detected' : undefined))
    found.string(`${key}.${category}`, verdict)
  }
}

/** The filter results of the prompts, by the prompt's index. */
export function promptFilterFacts(found: FactsBuilder, body: JsonObject): void {
  for (const [position, result] of objects(body.prompt_filter_results).entries()) {
    const index = indexOf(result, position, 'prompt_index')
    filterFacts(found, `prompt_filter_results.${index}`, result.content_filter_results)
  }
}

const TOP_STRINGS = ['id', 'model', 'system_fingerprint', 'service_tier', 'provider'] as const
const TOP_OBJECTS = ['prompt_filter_results', 'moderation', 'timings'] as const

/**
 * What a stream's chunks say of the whole answer: the last that says anything counts, because a first chunk may have
 * empty `id` and `model`, and servers put the usage on the last chunk, the one before, every one, or in parts.
 */
export function addTop(top: JsonObject, chunk: Json): void {
  for (const key of TOP_STRINGS) {
    const value = str(field(chunk, key))
    if (value !== undefined) top[key] = value
  }
  const created = num(field(chunk, 'created'))
  if (created !== undefined && created > 0) top.created = created
  for (const key of TOP_OBJECTS) {
    const value = field(chunk, key)
    if (isObject(value) || (Array.isArray(value) && value.length > 0)) top[key] = value
  }
  for (const told of [field(chunk, 'usage'), at(chunk, 'x_groq', 'usage'), choicesUsage(chunk)]) {
    const usage = mergedUsage(top.usage, told)
    if (usage !== undefined) top.usage = usage
  }
  const error = field(chunk, 'error')
  if (error !== undefined && error !== null) top.error = error
}

/** More choices than this are not folded: no span shows them. */
const MOST_CHOICES = 1000

/** The chunks' choices by their index, in whatever order they interleave. */
export class FoldedChoices<T extends JsonObject> {
  readonly #byIndex = new Map<number, T>()

  constructor(
    private readonly create: (index: number) => T,
    private readonly add: (into: T, choice: JsonObject) => void,
  ) {}

  addChunk(chunk: Json): void {
    for (const [position, choice] of objects(field(chunk, 'choices')).entries()) {
      const index = indexOf(choice, position)
      const into = this.#byIndex.get(index) ?? this.create(index)
      if (!this.#byIndex.has(index) && this.#byIndex.size >= MOST_CHOICES) continue
      this.#byIndex.set(index, into)
      this.add(into, choice)
      const reason = str(choice.finish_reason)
      if (reason !== undefined) Object.assign(into, { finish_reason: reason })
      if (isObject(choice.error)) Object.assign(into, { error: choice.error })
      const filter = choice.content_filter_results
      if (isObject(filter) && Object.keys(filter).length > 0) Object.assign(into, { content_filter_results: filter })
    }
  }

  inOrder(): T[] {
    return [...this.#byIndex.values()].sort((a, b) => Number(a.index) - Number(b.index))
  }
}
