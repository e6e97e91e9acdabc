import { count, field, isObject, type Json, type JsonObject, list, num, obj, str } from '../json'

/**
 * For `Reader.cutEvent`: events of which only the end was kept. What an event is called stands at its beginning and is
 * lost; it is told by the members that stand behind what is large.
 */
type Levels = readonly Json[]

/** The last picture has usage, one on the way there its number. What is missing is the picture. */
export function cutPicture([event]: Levels): Json | undefined {
  if (!isObject(event)) return undefined
  const isLast = isObject(event.usage)
  const isPreview = num(event.partial_image_index) !== undefined
  const type = isLast ? 'image_generation.completed' : isPreview ? 'image_generation.partial_image' : undefined
  return { ...(type === undefined ? {} : { type }), b64_json: 'returned', ...event }
}

export function cutTranscript([event]: Levels): Json | undefined {
  return isObject(event) && isObject(event.usage) ? { type: 'transcript.text.done', ...event } : event
}

/** Of chat and completions: the choice in which it begins is one, too. */
export function cutChunk([chunk, choices, choice]: Levels): Json | undefined {
  if (!isObject(chunk) || !Array.isArray(choices) || field(choice, 'finish_reason') === undefined) return chunk
  return { ...chunk, choices: [choice ?? {}, ...choices] }
}

/** Members of a response that no item and no part has. */
const OF_A_RESPONSE = [
  'usage',
  'parallel_tool_calls',
  'previous_response_id',
  'tool_choice',
  'truncation',
  'max_output_tokens',
]

/** A response has usage when it has ended. How it has ended stands before instructions and output, as its id does. */
export function cutResponse([event, inner, output]: Levels): Json | undefined {
  if (!isObject(event) || !isObject(inner)) return event
  if (!OF_A_RESPONSE.some(name => inner[name] !== undefined)) return event
  const items = [...list(inner.output), ...(inner.output === undefined ? list(output) : [])]
  // One that has failed has none either: then it is not known whether that was the end.
  const ended: JsonObject = isObject(inner.usage) ? endOf(inner, items) : {}
  const response: JsonObject = { ...ended, ...inner, ...(inner.output === undefined ? { output_cut: true } : {}) }
  const status = str(response.status)
  return { ...(status === undefined ? {} : { type: `response.${status}` }), ...event, response }
}

function endOf(response: JsonObject, items: readonly Json[]): JsonObject {
  const [most, used] = [count(response.max_output_tokens), count(field(response.usage, 'output_tokens'))]
  if (most !== undefined && used !== undefined && used >= most) return CUT_SHORT
  return items.some(item => field(item, 'status') === 'incomplete') ? CUT_SHORT : { status: 'completed' }
}

/** A filter's end leaves items like this, too; a bound's is by far the commonest. */
const CUT_SHORT: JsonObject = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }

/** Of Assistants. A run has usage when it has ended, its instructions stand before. */
export function cutRun([run]: Levels): Json | undefined {
  if (!isObject(run) || run.truncation_strategy === undefined) return undefined
  const status = isObject(run.usage) ? 'completed' : 'in_progress'
  return { event: `thread.run.${status}`, data: { status, ...run } }
}

/** A turn's usage stands beside it, behind its id; a session's own members behind the agent's instructions. */
export function cutTurn([event, inner]: Levels): Json | undefined {
  if (!isObject(event)) return undefined
  if (event.turn_id !== undefined && isObject(event.usage)) {
    const turn = { status: 'completed', ...obj(inner), id: event.turn_id }
    return { type: 'agent.session.turn.completed', turn, ...event }
  }
  const status = str(field(inner, 'status'))
  if (status === undefined || field(inner, 'last_active_at') === undefined) return event
  return { type: `agent.session.${status}`, ...event, session: obj(inner) }
}
