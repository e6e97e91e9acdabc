import { field, isObject, type Json, type JsonObject, list, str } from '../json'
import { generatedUsageOf } from '../usage'
import { foldChat } from './chat-fold'
import { choicesIncomplete, choicesOf, filterFacts, promptFilterFacts } from './choices'
import { contentText } from './content'
import type { FactsBuilder } from './facts'
import { asText } from './facts'
import { failureIn } from './failure'
import type { Reader } from './reader'
import { bodyOf, listFacts, objects, pick, type RequestShape, requestFacts, responseFacts } from './shape'

const REQUEST: RequestShape = {
  params: (
    'model temperature top_p n stream stop max_tokens max_completion_tokens presence_penalty frequency_penalty ' +
    'logit_bias user seed response_format.type tool_choice parallel_tool_calls reasoning_effort service_tier store ' +
    'verbosity'
  ).split(' '),
}

/** Chat completions, and the stored ones under the same path. */
export const chat: Reader = {
  request(asked) {
    const body = bodyOf(asked.payload)
    const found = requestFacts(asked, REQUEST)
    found.count('tools_count', field(body, 'tools') ?? field(body, 'functions'))
    messageFacts(found, field(body, 'messages'))
    return found
  },

  response(answered) {
    const body = bodyOf(answered)
    const found = responseFacts(answered, {
      strings: ['system_fingerprint', 'service_tier', 'provider'],
      counts: ['choices'],
    })
    for (const [index, choice] of choicesOf(body)) {
      if (found.isFull) break
      choiceFacts(found, `choices.${index}`, choice)
    }
    promptFilterFacts(found, body)
    return listFacts(found, body)
  },

  usage: generatedUsageOf,
  fold: foldChat,
  incomplete: choicesIncomplete,
  failure: failureIn,

  carriesToken(event) {
    return list(field(event, 'choices')).some(choice =>
      saysSomething(field(choice, 'delta') ?? field(choice, 'message')),
    )
  },

  sample(asked, answered) {
    const { choices } = pick(bodyOf(answered), ['choices'])
    return { ...pick(bodyOf(asked.payload), ['messages']), ...(choices === undefined ? {} : { completion: choices }) }
  },
}

/** `messages.N.role`, `.name` and `.content`. */
export function messageFacts(found: FactsBuilder, messages: Json | undefined): void {
  for (const [n, message] of objects(messages).entries()) {
    if (found.isFull) return
    found.string(`messages.${n}.role`, message.role)
    found.string(`messages.${n}.name`, message.name)
    found.text(`messages.${n}.content`, contentText(message.content))
  }
}

function choiceFacts(found: FactsBuilder, key: string, choice: JsonObject): void {
  found.string(`${key}.finish_reason`, choice.finish_reason)
  filterFacts(found, `${key}.content_filter_results`, choice.content_filter_results)
  const message = choice.message
  if (!isObject(message)) return
  found.string(`${key}.message.role`, message.role)
  found.text(`${key}.message.content`, contentText(message.content))
  found.text(`${key}.message.refusal`, str(message.refusal))
  found.text(`${key}.message.reasoning_content`, str(message.reasoning_content) ?? str(message.reasoning))
  found.text(`${key}.message.audio.transcript`, str(field(message.audio, 'transcript')))
  for (const [m, call] of toolCalls(message).entries()) {
    if (found.isFull) return
    toolCallFacts(found, `${key}.message.tool_calls.${m}`, call)
  }
}

/** The deprecated single `function_call` counts as the first of them. */
function toolCalls(message: JsonObject): JsonObject[] {
  const old = message.function_call
  const calls = objects(message.tool_calls)
  return calls.length === 0 && isObject(old) ? [{ function: old }] : calls
}

function toolCallFacts(found: FactsBuilder, key: string, call: JsonObject): void {
  const called = isObject(call.custom) ? call.custom : call.function
  found.string(`${key}.id`, call.id)
  found.string(`${key}.name`, field(called, 'name'))
  found.text(`${key}.arguments`, asText(field(called, 'arguments') ?? field(called, 'input')))
}

/** Content, a refusal, a tool call or speech: not a role, and not reasoning. */
function saysSomething(delta: Json | undefined): boolean {
  if (!isObject(delta)) return false
  return (
    str(delta.content) !== undefined ||
    str(delta.refusal) !== undefined ||
    list(delta.tool_calls).length > 0 ||
    isObject(delta.function_call) ||
    str(field(delta.audio, 'data')) !== undefined ||
    str(field(delta.audio, 'transcript')) !== undefined ||
    (Array.isArray(delta.content) && delta.content.length > 0)
  )
}
