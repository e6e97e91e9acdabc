import type { Call } from '../../openai/call'
import { field, type Json, type JsonObject, str } from '../../openai/json'
import { joinedText, message, messages, objectsOf, textOf } from './message'
import { toolCall, toolResult } from './tools'

/** Instructions and input items; of a stored prompt the messages that it came to. */
export function askedOfResponse({ sample }: Call): JsonObject | undefined {
  const { instructions, input, prompt } = sample
  const told: JsonObject[] = []
  if (typeof instructions === 'string') told.push(message('system', instructions))
  if (typeof input === 'string') told.push(message('user', input))
  else if (input !== undefined) told.push(...itemMessages(input))
  else if (prompt !== undefined && Array.isArray(instructions)) told.push(...itemMessages(instructions))
  return messages(told)
}

export function answeredByResponse({ sample }: Call): JsonObject | undefined {
  const { output } = sample
  return messages(typeof output === 'string' ? [message('assistant', output)] : itemMessages(output))
}

/** Items of either side, each as the message that says the same. */
export function itemMessages(items: Json | undefined): JsonObject[] {
  return objectsOf(items).map(item => {
    const type = str(item.type) ?? 'message'
    const shown = ITEMS.find(({ is }) => is(type))
    return shown === undefined ? messageOf(item) : shown.as(item, type)
  })
}

interface ItemShape {
  is(type: string): boolean
  as(item: JsonObject, type: string): JsonObject
}

/** The first that fits; `file_search_call`, `mcp_call` and whatever calls there will be are calls of a tool of that name. */
const ITEMS: readonly ItemShape[] = [
  { is: type => type === 'message', as: messageOf },
  { is: type => type === 'reasoning', as: reasoningOf },
  { is: type => type.endsWith('_call_output'), as: resultOf },
  { is: type => type.endsWith('_call'), as: callOf },
]

function messageOf({ role, content }: JsonObject): JsonObject {
  return message(role ?? 'assistant', joinedText(content))
}

/** As LLM Observability shows reasoning; what is encrypted says nothing to anybody. */
function reasoningOf({ summary = [], id = '' }: JsonObject): JsonObject {
  return message('reasoning', JSON.stringify({ summary, encrypted_content: null, id }))
}

function callOf(item: JsonObject, type: string): JsonObject {
  const args = item.arguments ?? item.input ?? item.action ?? item.code ?? item.queries
  const shown = Array.isArray(args) ? { [argumentName(item)]: args } : args
  return message('assistant', undefined, {
    tool_calls: [toolCall(item.name ?? type, shown, item.call_id ?? item.id, type)],
  })
}

function argumentName(item: JsonObject): string {
  return item.queries === undefined ? 'input' : 'queries'
}

function resultOf(item: JsonObject, type: string): JsonObject {
  const result = textOf(item.output) ?? textOf(field(item, 'result'))
  return message('user', undefined, { tool_results: [toolResult(result, item.call_id, item.name, type)] })
}
