import { at, field, isObject, type Json, type JsonObject, list, obj, str } from '../json'
import { addContent, Countable } from './countable'
import { plainModel } from './encodings'
import { functionsText } from './functions'
import { imageTokens } from './images'
import { addSchema, addTools } from './tools'
import { wireText } from './wire-text'

/**
 * What the chat format adds around texts. The first three are OpenAI's published rule
 * (https://developers.openai.com/cookbook/examples/how_to_count_tokens_with_tiktoken); of tools nothing is published:
 * those were read off recorded exchanges (test/tokens.test.ts counts them all) and known formulas for `functions`.
 */
const PER_MESSAGE = 3
const PER_NAME = 1
const REPLY = 3

const TOOLS = 9
const TOOLS_WITH_SYSTEM = 5
const PER_TOOL_CALL = 7
const PER_PARALLEL_CALLS = 11
const FORCED_TOOL = 6
const FORCED_FUNCTION = 4
const FUNCTION_ROLE = -2
/** Ends an answer in words that could have been a call. */
const END_WITH_TOOLS = 1

/** gpt-3.5-turbo-0301 is the one model with a rule of its own. */
const OLDEST = { model: 'gpt-3.5-turbo-0301', perMessage: 4, perName: -1 }

export function chatPrompt(request: Json | undefined, model: string): Countable {
  const sum = new Countable().plus(REPLY)
  const functions = functionsOf(request)
  const messages = list(field(request, 'messages')).map(obj)
  for (const message of messages) addMessage(sum, message, model, functions.length > 0)
  if (functions.length > 0) {
    sum.text(functionsText(functions)).plus(messages.some(isSystem) ? TOOLS_WITH_SYSTEM : TOOLS)
    addChoice(sum, request)
  }
  addTools(sum, request)
  if (isObject(field(request, 'web_search_options'))) sum.without('what was found on the web')
  addSchema(sum, field(request, 'response_format'))
  return sum
}

function addMessage(sum: Countable, message: JsonObject, model: string, withTools: boolean): void {
  const { role, content, name, function_call } = message
  const old = model.startsWith(OLDEST.model)
  sum.plus(old ? OLDEST.perMessage : PER_MESSAGE).text(role)
  if (str(name) !== undefined) sum.plus(old ? OLDEST.perName : PER_NAME).text(name)
  if (role === 'function') sum.plus(FUNCTION_ROLE)
  // The definitions follow the system message on a line of their own.
  addContent(sum, withTools && isSystem(message) ? ended(content) : content, part => imageTokens(part, model))
  for (const call of callsOf(message)) sum.plus(PER_TOOL_CALL).text(call.name, call.arguments)
  if (isObject(function_call)) sum.plus(PER_MESSAGE)
}

function isSystem({ role }: JsonObject): boolean {
  return role === 'system' || role === 'developer'
}

function ended(content: Json | undefined): Json | undefined {
  return typeof content === 'string' && !content.endsWith('\n') ? `${content}\n` : content
}

function functionsOf(request: Json | undefined): Json[] {
  const tools = list(field(request, 'tools')).map(tool => field(tool, 'function'))
  return [...list(field(request, 'functions')), ...tools].filter(isObject)
}

function addChoice(sum: Countable, request: Json | undefined): void {
  const named = str(at(request, 'tool_choice', 'function', 'name'))
  const old = str(at(request, 'function_call', 'name'))
  if (named !== undefined) sum.plus(FORCED_TOOL).text(named)
  if (old !== undefined) sum.plus(FORCED_FUNCTION).text(old)
  if (field(request, 'tool_choice') === 'none' || field(request, 'function_call') === 'none') sum.plus(1)
}

interface FunctionCall {
  readonly name: string
  readonly arguments: string
}

function callsOf(message: JsonObject): FunctionCall[] {
  const calls = list(message.tool_calls).map(call => obj(field(call, 'function') ?? field(call, 'custom')))
  return [...calls, ...(isObject(message.function_call) ? [message.function_call] : [])].map(call => ({
    name: str(call.name) ?? '',
    arguments: str(call.arguments) ?? str(call.input) ?? (isObject(call.arguments) ? wireText(call.arguments) : ''),
  }))
}

export function chatCompletion(request: Json | undefined, response: Json | undefined): Countable {
  const sum = new Countable()
  const withTools = functionsOf(request).length > 0
  const forced = isObject(field(request, 'tool_choice')) || isObject(field(request, 'function_call'))
  for (const choice of list(field(response, 'choices'))) {
    const message = obj(field(choice, 'message'))
    sum.text(message.content, message.refusal, message.reasoning_content ?? message.reasoning)
    const calls = callsOf(message)
    addCalls(sum, calls, forced)
    if (calls.length === 0 && withTools && field(choice, 'finish_reason') === 'stop') sum.plus(END_WITH_TOOLS)
    if (message.audio !== undefined) sum.without('audio')
  }
  if (hidesReasoning(request, response)) sum.without('hidden reasoning')
  // What of it the model did not say is paid for as output.
  if (isObject(field(request, 'prediction'))) sum.without('rejected prediction')
  return sum
}

/**
 * What these think before they answer is paid for as output and never sent, or as a summary; only its number is told, in
 * the usage. xAI's of some models, and then it is counted.
 */
const REASONERS = /^(?:o[134]|gpt-5(?!(?:\.\d+)?-chat)|gemini-(?:2\.5|[3-9]))(?![a-z0-9])/
const MAY_SHOW = /^grok-(?:3-mini|4|[5-9])(?!.*non-reasoning)/
/** Think where they are asked to. */
const ON_REQUEST = /^claude-/

function hidesReasoning(request: Json | undefined, response: Json | undefined): boolean {
  const model = plainModel(str(field(response, 'model')) ?? str(field(request, 'model')))
  const effort = field(request, 'reasoning_effort')
  if (effort === 'none') return false
  if (ON_REQUEST.test(model)) return str(effort) !== undefined || isObject(field(request, 'thinking'))
  return REASONERS.test(model) || (MAY_SHOW.test(model) && !showsReasoning(response))
}

function showsReasoning(response: Json | undefined): boolean {
  const messages = list(field(response, 'choices')).map(choice => field(choice, 'message'))
  return messages.some(message => str(field(message, 'reasoning_content') ?? field(message, 'reasoning')) !== undefined)
}

/**
 * Calls as the model writes them: one by its name and arguments, a forced one by its arguments alone, several as one
 * call of `multi_tool_use.parallel`.
 */
export function addCalls(sum: Countable, calls: readonly FunctionCall[], forced = false): void {
  const [only] = calls
  if (calls.length > 1) sum.text(parallel(calls)).plus(PER_PARALLEL_CALLS)
  else if (only && forced) sum.text(only.arguments)
  else if (only) sum.text(only.name, only.arguments).plus(PER_TOOL_CALL)
}

function parallel(calls: readonly FunctionCall[]): string {
  const uses = calls.map(call => `{"recipient_name":"functions.${call.name}","parameters":${call.arguments}}`)
  return `{"tool_uses":[${uses.join(',')}]}`
}
