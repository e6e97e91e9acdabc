import type { Incomplete } from '../call'
import { at, field, type Json, str } from '../json'
import { usageOf } from '../usage'
import { foldSession } from './agent-sessions-fold'
import { type Carried, carriedBy } from './carried'
import { contentText } from './content'
import { cutTurn } from './cut-events'
import { asText, type FactsBuilder } from './facts'
import { failureIn } from './failure'
import { itemFacts } from './items'
import type { Reader } from './reader'
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
    'agent_id agent.model agent.service_tier agent.reasoning.effort agent.text.format.type agent.text.verbosity ' +
    'environment.type environment.environment_id environment.environment_template_id review stream spend_control.limit ' +
    'prompt_cache_options.ttl'
  ).split(' '),
  counts: ['agent.tools', 'vault_ids', 'events'],
  texts: ['agent.instructions'],
}

const RESPONSE: ResponseShape = {
  strings: [
    'object',
    'agent.id',
    'agent.model',
    'agent.service_tier',
    'agent.reasoning.effort',
    'environment.id',
    'environment.type',
    'turn.id',
    'turn.status',
    'turn.error.code',
  ],
  numbers: ['last_active_at', 'spend_control.consumed', 'spend_control.limit', 'turns'],
  counts: ['required_actions', 'output'],
  texts: ['agent.instructions', 'turn.error.message'],
}

/** An agent's sessions, what is sent to them, and the live stream of what they do. */
export const agentSessions: Reader = {
  request(asked) {
    const body = bodyOf(asked.payload)
    const found = requestFacts(asked, REQUEST)
    inputFacts(found, 'input', body.input)
    for (const [n, event] of objects(body.events).entries()) {
      if (found.isFull) break
      found.string(`events.${n}.type`, event.type)
      found.string(`events.${n}.call_id`, event.call_id)
      found.string(`events.${n}.decision`, at(event, 'response', 'decision'))
      found.text(`events.${n}.input`, contentText(event.input))
      found.text(`events.${n}.output`, contentText(event.output))
      found.text(`events.${n}.error`, str(event.error))
    }
    return found
  },

  response(answered) {
    const body = bodyOf(answered)
    const found = responseFacts(answered, RESPONSE)
    for (const [n, item] of objects(body.output).entries()) {
      if (found.isFull) break
      itemFacts(found, `output.${n}`, item)
    }
    for (const [n, action] of objects(body.required_actions).entries()) {
      if (found.isFull) break
      for (const name of ['type', 'name', 'call_id']) found.string(`required_actions.${n}.${name}`, action[name])
      found.text(`required_actions.${n}.arguments`, asText(action.arguments))
    }
    return listFacts(found, body)
  },

  usage: usageOf,
  fold: foldSession,
  cutEvent: cutTurn,
  carries,
  incomplete,
  failure,

  sample: (asked, answered) => ({
    ...pick(bodyOf(asked.payload), ['agent.instructions', 'input']),
    ...loggedEvents(bodyOf(asked.payload).events),
    ...pick(bodyOf(answered), ['output']),
  }),
}

/** An answer to a browser's login has passwords in it: of an event only what it says to the agent is logged. */
function loggedEvents(events: Json | undefined): { events?: Json } {
  const shown = objects(events).map(event => pick(event, ['type', 'call_id', 'input', 'output', 'error']))
  return shown.length === 0 ? {} : { events: shown }
}

/** A text, or messages. */
function inputFacts(found: FactsBuilder, key: string, input: Json | undefined): void {
  if (typeof input === 'string') found.text(key, input)
  for (const [n, message] of objects(input).entries()) {
    if (found.isFull) return
    itemFacts(found, `${key}.${n}`, message)
  }
}

/** Items are added for what the user has sent, too. */
const carriedByName = carriedBy({
  'agent.session.turn.output_text.delta': 'content',
  'agent.session.turn.output_text.done': 'item',
  'agent.session.turn.reasoning_summary_text.delta': 'summary',
  'agent.session.turn.reasoning_text.delta': 'reasoning',
  'agent.output.command_execution_output.delta': 'item',
})

function carries(event: Json): Carried {
  const type = str(field(event, 'type')) ?? ''
  const item = str(at(event, 'item', 'type')) ?? ''
  const isCall = item.endsWith('_call') || item === 'command_execution'
  const isItem =
    (type === 'agent.session.turn.item.added' && isCall) ||
    (type === 'agent.session.turn.item.done' && (item === 'message' || item.endsWith('_call')))
  return carriedByName(type) ?? (isItem ? 'item' : 'other')
}

const BY_CODE: ReadonlyMap<string, Incomplete> = new Map<string, Incomplete>([
  ['max_output_tokens', 'length'],
  ['context_length_exceeded', 'length'],
])

function incomplete(answer: Json): Incomplete | undefined {
  const status = str(at(answer, 'turn', 'status')) ?? str(field(answer, 'status'))
  if (status === 'cancelled') return 'cancelled'
  if (status !== 'failed') return undefined
  return BY_CODE.get(str(at(answer, 'turn', 'error', 'code')) ?? '') ?? 'failed'
}

/** A session that is looked at and has failed is its own affair; a turn that failed before our eyes is the call's. */
function failure(answer: Json): ReturnType<typeof failureIn> {
  const watched = field(answer, 'turns') !== undefined
  if (watched) return failureIn({ error: field(answer, 'error') ?? at(answer, 'turn', 'error') ?? null })
  return str(field(answer, 'id')) === undefined ? failureIn(answer) : undefined
}
