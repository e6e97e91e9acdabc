import { field, type Json, list, str } from '../json'
import { usageOf } from '../usage'
import { foldRun } from './assistants-fold'
import type { Carried } from './carried'
import { messageFacts } from './chat'
import { contentText } from './content'
import { cutRun } from './cut-events'
import { failureIn } from './failure'
import type { Reader } from './reader'
import { statusIncomplete } from './responses'
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
    'model name assistant_id role stream temperature top_p max_prompt_tokens max_completion_tokens ' +
    'parallel_tool_calls tool_choice response_format.type truncation_strategy.type reasoning_effort'
  ).split(' '),
  counts: ['tools', 'tool_outputs', 'attachments'],
  texts: ['instructions', 'additional_instructions', 'content'],
}

const RESPONSE: ResponseShape = {
  strings: [
    'name',
    'role',
    'assistant_id',
    'thread_id',
    'run_id',
    'type',
    'incomplete_details.reason',
    'last_error.code',
    'required_action.type',
  ],
  numbers: ['started_at', 'completed_at', 'failed_at', 'cancelled_at', 'expires_at'],
  counts: ['tools', 'steps'],
  texts: ['instructions', 'content'],
}

/** Assistants, threads, their messages, runs and steps: one world, told in the same words. */
export const assistants: Reader = {
  request(asked) {
    const body = bodyOf(asked.payload)
    const found = requestFacts(asked, REQUEST)
    // A thread is created with messages; so is a run, with or without its thread.
    for (const messages of [body.messages, body.additional_messages, field(body.thread, 'messages')]) {
      messageFacts(found, messages)
    }
    return found
  },

  response(answered) {
    const body = bodyOf(answered)
    const found = responseFacts(answered, RESPONSE)
    messageFacts(found, body.messages)
    for (const [m, call] of neededCalls(body).entries()) {
      if (found.isFull) break
      found.string(`tool_calls.${m}.id`, call.id)
      found.string(`tool_calls.${m}.name`, field(call.function, 'name'))
      found.text(`tool_calls.${m}.arguments`, contentText(field(call.function, 'arguments')))
    }
    return listFacts(found, body)
  },

  usage: usageOf,
  fold: foldRun,
  cutEvent: cutRun,
  carries,
  incomplete: statusIncomplete,
  failure: failureIn,

  sample: (asked, answered) => ({
    ...pick(bodyOf(asked.payload), [
      'instructions',
      'additional_instructions',
      'messages',
      'additional_messages',
      'thread.messages',
      'content',
      'tool_outputs',
    ]),
    ...pickCompletion(answered.kind === 'json' ? answered.value : null),
  }),
}

/** What a run waits for the app to do. */
function neededCalls(body: Record<string, Json>): Record<string, Json>[] {
  return objects(field(field(body.required_action, 'submit_tool_outputs'), 'tool_calls'))
}

function pickCompletion(answer: Json): Record<string, Json> {
  const { messages } = pick(bodyOf({ kind: 'json', value: answer }), ['messages'])
  return messages === undefined ? {} : { completion: messages }
}

function carries(event: Json): Carried {
  const data = field(event, 'data')
  switch (str(field(event, 'event'))) {
    case 'thread.message.delta':
      return list(field(field(data, 'delta'), 'content')).length > 0 ? 'content' : 'other'
    case 'thread.run.step.delta':
      return list(field(field(field(data, 'delta'), 'step_details'), 'tool_calls')).length > 0 ? 'content' : 'other'
    case 'thread.message.completed':
    case 'thread.run.requires_action':
      return 'item'
    default:
      return 'other'
  }
}
