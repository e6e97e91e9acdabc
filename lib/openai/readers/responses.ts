import type { Incomplete } from '../call'
import { at, field, isObject, type Json, type JsonObject, list, str } from '../json'
import { generatedUsageOf } from '../usage'
import { type Carried, carriedBy } from './carried'
import { reasonOf } from './choices'
import { contentText } from './content'
import { cutResponse } from './cut-events'
import type { FactsBuilder } from './facts'
import { failureIn } from './failure'
import { itemFacts } from './items'
import { moderationFacts } from './moderations'
import { appliedParameters } from './parameters'
import type { Reader } from './reader'
import { foldResponse } from './responses-fold'
import {
  bodyOf,
  listFacts,
  objects,
  pick,
  type RequestShape,
  type ResponseShape,
  requestFacts,
  responseFacts,
} from './shape'
import { loggedTools, toolFacts } from './tools'

const REQUEST: RequestShape = {
  params: (
    'model temperature top_p max_output_tokens max_tool_calls top_logprobs stream store background ' +
    'previous_response_id conversation parallel_tool_calls tool_choice truncation service_tier user ' +
    'safety_identifier prompt_cache_key prompt_cache_retention prompt_cache_options stream_options reasoning.effort ' +
    'reasoning.summary text.format.type text.verbosity prompt.id prompt.version include moderation.model'
  ).split(' '),
  counts: ['tools'],
  texts: ['instructions'],
}

const RESPONSE: ResponseShape = {
  strings: [
    'incomplete_details.reason',
    'error.code',
    'service_tier',
    'previous_response_id',
    'conversation.id',
    'prompt_cache_diagnostics.type',
    'prompt_cache_diagnostics.reason',
    // As the server applied them.
    'reasoning.effort',
    'reasoning.summary',
    'text.format.type',
    'text.verbosity',
    'truncation',
    'parallel_tool_calls',
    'background',
    'store',
    'prompt_cache_key',
    'prompt_cache_retention',
    'prompt_cache_options.mode',
    'prompt_cache_options.ttl',
    'safety_identifier',
    'user',
    'prompt.id',
    'prompt.version',
  ],
  numbers: [
    'completed_at',
    'input_tokens',
    'temperature',
    'top_p',
    'top_logprobs',
    'max_output_tokens',
    'max_tool_calls',
    'presence_penalty',
    'frequency_penalty',
    'prompt_cache_diagnostics.cache_missed_tokens',
    'prompt_cache_diagnostics.comparison_reusable_tokens',
  ],
  counts: ['output', 'input_transformations'],
}

/** Parameters that a response echoes as they were applied, defaults and all. */
const APPLIED = (
  'temperature top_p top_logprobs max_output_tokens max_tool_calls presence_penalty frequency_penalty tool_choice ' +
  'parallel_tool_calls truncation text reasoning service_tier background store'
).split(' ')

/** Responses: created, retrieved, cancelled, their input items, token counts and compaction. */
export const responses: Reader = {
  request(asked) {
    const { input, tools, prompt } = bodyOf(asked.payload)
    const found = requestFacts(asked, REQUEST)
    if (typeof input === 'string') found.text('input', input)
    for (const [n, item] of objects(input).entries()) {
      if (found.isFull) break
      itemFacts(found, `input.${n}`, item)
    }
    variableFacts(found, field(prompt, 'variables'))
    toolFacts(found, tools)
    return found
  },

  response(answered) {
    const body = bodyOf(answered)
    const found = responseFacts(answered, RESPONSE)
    const output = objects(body.output)
    if (Array.isArray(body.output)) found.number('tool_calls_count', output.filter(isToolCall).length)
    for (const [n, item] of output.entries()) {
      if (found.isFull) break
      itemFacts(found, `output.${n}`, item)
    }
    // The messages that a stored prompt came to.
    for (const [n, item] of objects(body.instructions).entries()) {
      if (found.isFull) break
      itemFacts(found, `instructions.${n}`, item)
    }
    toolChoiceFacts(found, body.tool_choice)
    moderationFacts(found, body.moderation)
    return listFacts(found, body)
  },

  usage: generatedUsageOf,
  fold: foldResponse,
  cutEvent: cutResponse,
  carries,
  incomplete,
  failure: failureIn,
  parameters: appliedParameters(APPLIED),

  sample: (asked, answered) => ({
    ...(Array.isArray(bodyOf(answered).instructions) ? pick(bodyOf(answered), ['instructions']) : {}),
    ...pick(bodyOf(asked.payload), ['instructions', 'input', 'prompt']),
    ...loggedTools(bodyOf(asked.payload).tools),
    ...pick(bodyOf(answered), ['output']),
  }),
}

/** More variables than this no prompt has. */
const MOST_VARIABLES = 100

/** What a stored prompt was filled in with. */
function variableFacts(found: FactsBuilder, variables: Json | undefined): void {
  if (!isObject(variables)) return
  for (const [name, value] of Object.entries(variables).slice(0, MOST_VARIABLES)) {
    found.text(`prompt.variables.${name}`, contentText(value))
  }
}

/** `auto`, or which kind of tool and which one. */
function toolChoiceFacts(found: FactsBuilder, choice: Json | undefined): void {
  found.string('tool_choice', isObject(choice) ? choice.type : choice)
  found.string('tool_choice.name', field(choice, 'name'))
}

function isToolCall(item: JsonObject): boolean {
  return str(item.type)?.endsWith('_call') === true
}

const BY_STATUS: ReadonlyMap<string, Incomplete> = new Map<string, Incomplete>([
  ['failed', 'failed'],
  ['cancelled', 'cancelled'],
  ['expired', 'failed'],
])

const BY_REASON: ReadonlyMap<string, Incomplete> = new Map<string, Incomplete>([
  ['content_filter', 'content_filter'],
  ['max_output_tokens', 'length'],
  ['max_completion_tokens', 'length'],
  ['max_prompt_tokens', 'length'],
])

/** Of a response, and of a run, which tells it in the same words. */
export function statusIncomplete(answer: Json): Incomplete | undefined {
  const status = str(field(answer, 'status'))
  if (status !== 'incomplete') return status === undefined ? undefined : BY_STATUS.get(status)
  const reason = str(at(answer, 'incomplete_details', 'reason'))
  return BY_REASON.get(reason ?? '') ?? reasonOf(reason) ?? 'cut'
}

function incomplete(answer: Json): Incomplete | undefined {
  const refused = list(field(answer, 'output')).some(item =>
    list(field(item, 'content')).some(part => field(part, 'type') === 'refusal'),
  )
  return statusIncomplete(answer) ?? (refused ? 'refusal' : undefined)
}

const carriedByName = carriedBy({
  'response.output_text.delta': 'content',
  'response.output_text.done': 'item',
  'response.refusal.delta': 'content',
  'response.function_call_arguments.delta': 'content',
  'response.custom_tool_call_input.delta': 'content',
  'response.mcp_call_arguments.delta': 'content',
  'response.code_interpreter_call_code.delta': 'content',
  'response.shell_call_command.delta': 'content',
  'response.audio.delta': 'content',
  'response.audio.transcript.delta': 'content',
  'response.output_audio.delta': 'content',
  'response.output_audio_transcript.delta': 'content',
  'response.image_generation_call.partial_image': 'item',
  'response.reasoning_text.delta': 'reasoning',
  // An older name, which some servers still use.
  'response.reasoning.delta': 'reasoning',
  'response.reasoning_summary_text.delta': 'summary',
  'response.reasoning_summary.delta': 'summary',
})

function carries(event: Json): Carried {
  const type = str(field(event, 'type')) ?? ''
  const item = str(at(event, 'item', 'type')) ?? ''
  const isItem =
    (type === 'response.output_item.added' && item.endsWith('_call')) ||
    (type === 'response.output_item.done' && (item === 'message' || item.endsWith('_call')))
  return carriedByName(type) ?? (isItem ? 'item' : 'other')
}
