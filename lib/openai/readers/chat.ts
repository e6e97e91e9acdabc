import { at, field, isObject, type Json, type JsonObject, list, str } from '../json'
import { generatedUsageOf } from '../usage'
import { type Carried, choicesCarry } from './carried'
import { foldChat } from './chat-fold'
import { choicesIncomplete, choicesOf, filterFacts, promptFilterFacts } from './choices'
import { contentText } from './content'
import { cutChunk } from './cut-events'
import type { FactsBuilder } from './facts'
import { failureIn } from './failure'
import { moderationFacts } from './moderations'
import { appliedParameters } from './parameters'
import type { Reader } from './reader'
import { bodyOf, listFacts, objects, pick, type RequestShape, requestFacts, responseFacts } from './shape'
import { loggedTools, toolCallFacts, toolFacts } from './tools'

const REQUEST: RequestShape = {
  params: (
    'model temperature top_p n stream stop max_tokens max_completion_tokens presence_penalty frequency_penalty ' +
    'logit_bias user seed response_format.type tool_choice parallel_tool_calls reasoning_effort service_tier store ' +
    'verbosity modalities audio.voice audio.format stream_options prompt_cache_key prompt_cache_retention ' +
    'prompt_cache_options safety_identifier prediction.type logprobs top_logprobs moderation.model ' +
    'web_search_options.search_context_size'
  ).split(' '),
  texts: ['prediction.content'],
}

/** Chat completions, and the stored ones under the same path. */
export const chat: Reader = {
  request(asked) {
    const body = bodyOf(asked.payload)
    const found = requestFacts(asked, REQUEST)
    found.count('tools_count', field(body, 'tools') ?? field(body, 'functions'))
    messageFacts(found, field(body, 'messages'))
    toolFacts(found, field(body, 'tools') ?? field(body, 'functions'))
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
    moderationFacts(found, body.moderation)
    return listFacts(found, body)
  },

  usage: generatedUsageOf,
  fold: foldChat,
  cutEvent: cutChunk,
  incomplete: choicesIncomplete,
  failure: failureIn,

  parameters: appliedParameters(['service_tier']),
  carries: event => choicesCarry(event, choice => saidIn(field(choice, 'delta') ?? field(choice, 'message'))),

  sample(asked, answered) {
    const { choices } = pick(bodyOf(answered), ['choices'])
    return {
      ...pick(bodyOf(asked.payload), ['messages', 'functions', 'prediction']),
      ...loggedTools(bodyOf(asked.payload).tools),
      ...(choices === undefined ? {} : { completion: choices }),
    }
  },
}

/** `messages.N.role`, `.name` and `.content`; of an assistant's its tool calls, of a tool's which call it answers. */
export function messageFacts(found: FactsBuilder, messages: Json | undefined): void {
  for (const [n, message] of objects(messages).entries()) {
    if (found.isFull) return
    const key = `messages.${n}`
    found.string(`${key}.role`, message.role)
    found.string(`${key}.name`, message.name)
    found.string(`${key}.tool_call_id`, message.tool_call_id)
    found.text(`${key}.content`, contentText(message.content))
    found.text(`${key}.refusal`, str(message.refusal))
    toolCallFacts(found, key, message)
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
  if (Array.isArray(message.annotations)) found.number(`${key}.message.annotations_count`, message.annotations.length)
  toolCallFacts(found, `${key}.message`, message)
}

function saidIn(delta: Json | undefined): Carried | undefined {
  if (!isObject(delta)) return undefined
  const reasoned = reasoningIn(delta)
  if (saysSomething(delta)) return 'content'
  // Pictures, as OpenRouter and Gemini's models send them.
  return list(delta.images).length > 0 ? 'item' : reasoned
}

/** Content, a refusal, a tool call or speech: not a role. */
function saysSomething(delta: JsonObject): boolean {
  if (isThought(delta)) return false
  return (
    str(delta.content) !== undefined ||
    str(delta.refusal) !== undefined ||
    list(delta.tool_calls).length > 0 ||
    isObject(delta.function_call) ||
    str(field(delta.audio, 'data')) !== undefined ||
    str(field(delta.audio, 'transcript')) !== undefined ||
    list(delta.content).some(part => field(part, 'type') !== 'thinking')
  )
}

/** Each server has a name of its own for it: DeepSeek, vLLM and xAI; OpenRouter, Groq and Ollama; others. */
const REASONING = ['reasoning_content', 'reasoning', 'reasoning_text', 'thinking'] as const

function reasoningIn(delta: JsonObject): Carried | undefined {
  const details = list(delta.reasoning_details).map(detail => str(field(detail, 'type')))
  if (details.includes('reasoning.summary')) return 'summary'
  const parts = [...list(delta.content), ...list(delta.thinking_blocks)].map(part => field(part, 'type'))
  const said = REASONING.some(name => str(delta[name]) !== undefined)
  if (said || details.includes('reasoning.text') || parts.includes('thinking')) return 'reasoning'
  return isThought(delta) ? 'summary' : undefined
}

/** Gemini's endpoint sends summaries of its thoughts as content, marked. */
function isThought(delta: JsonObject): boolean {
  return at(delta, 'extra_content', 'google', 'thought') === true && str(delta.content) !== undefined
}
