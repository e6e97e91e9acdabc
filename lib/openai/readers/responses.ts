import type { Incomplete } from '../call'
import { at, field, type Json, type JsonObject, list, str } from '../json'
import { generatedUsageOf } from '../usage'
import { failureIn } from './failure'
import { itemFacts } from './items'
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

const REQUEST: RequestShape = {
  params: (
    'model temperature top_p max_output_tokens max_tool_calls top_logprobs stream store background ' +
    'previous_response_id conversation parallel_tool_calls tool_choice truncation service_tier user ' +
    'safety_identifier prompt_cache_key reasoning.effort reasoning.summary text.format.type text.verbosity prompt.id ' +
    'prompt.version include'
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
    'reasoning.effort',
  ],
  numbers: ['completed_at', 'input_tokens'],
  counts: ['output'],
}

/** Responses: created, retrieved, cancelled, their input items, token counts and compaction. */
export const responses: Reader = {
  request(asked) {
    const found = requestFacts(asked, REQUEST)
    const input = field(bodyOf(asked.payload), 'input')
    if (typeof input === 'string') return found.text('input', input)
    for (const [n, item] of objects(input).entries()) {
      if (found.isFull) break
      itemFacts(found, `input.${n}`, item)
    }
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
    return listFacts(found, body)
  },

  usage: generatedUsageOf,
  fold: foldResponse,
  carriesToken,
  incomplete,
  failure: failureIn,

  sample: (asked, answered) => ({
    ...pick(bodyOf(asked.payload), ['instructions', 'input']),
    ...pick(bodyOf(answered), ['output']),
  }),
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
  return BY_REASON.get(str(at(answer, 'incomplete_details', 'reason')) ?? '') ?? 'cut'
}

function incomplete(answer: Json): Incomplete | undefined {
  const refused = list(field(answer, 'output')).some(item =>
    list(field(item, 'content')).some(part => field(part, 'type') === 'refusal'),
  )
  return statusIncomplete(answer) ?? (refused ? 'refusal' : undefined)
}

/** Deltas of what is shown or done; reasoning is neither. */
const TOKEN_EVENTS: ReadonlySet<string> = new Set([
  'response.output_text.delta',
  'response.output_text.done',
  'response.refusal.delta',
  'response.function_call_arguments.delta',
  'response.custom_tool_call_input.delta',
  'response.mcp_call_arguments.delta',
  'response.code_interpreter_call_code.delta',
  'response.shell_call_command.delta',
  'response.audio.delta',
  'response.audio.transcript.delta',
  'response.image_generation_call.partial_image',
])

function carriesToken(event: Json): boolean {
  const type = str(field(event, 'type')) ?? ''
  if (TOKEN_EVENTS.has(type)) return true
  const item = str(at(event, 'item', 'type')) ?? ''
  if (type === 'response.output_item.added') return item.endsWith('_call')
  return type === 'response.output_item.done' && (item === 'message' || item.endsWith('_call'))
}
