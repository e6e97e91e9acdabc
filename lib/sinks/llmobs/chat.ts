import type { Call } from '../../openai/call'
import { field, isObject, type JsonObject, list, str } from '../../openai/json'
import { message, messages, objectsOf, textOf } from './message'
import { toolCall, toolResult } from './tools'

/** The messages that were asked. */
export function askedInChat({ sample }: Call): JsonObject | undefined {
  const told = objectsOf(sample.messages)
  /** A tool's message says which call it answers, and only the call says which tool that was. */
  const tools = new Map<string, string>()
  for (const { tool_calls } of told) {
    for (const { id, function: called, custom } of objectsOf(tool_calls)) {
      const name = str(field(called, 'name')) ?? str(field(custom, 'name'))
      if (typeof id === 'string' && name !== undefined) tools.set(id, name)
    }
  }
  return messages(told.map(each => asked(each, tools)))
}

function asked(told: JsonObject, tools: ReadonlyMap<string, string>): JsonObject {
  const { role, content, tool_call_id, name } = told
  const text = textOf(content) ?? str(told.refusal) ?? ''
  if (role !== 'tool' && role !== 'function') return message(role, text, calledIn(told))
  const tool = str(name) ?? tools.get(str(tool_call_id) ?? '')
  return message(role, text, { tool_results: [toolResult(text, tool_call_id, tool, 'tool_result')] })
}

/** One message a choice. */
export function answeredInChat(call: Call): JsonObject | undefined {
  const choices = objectsOf(call.sample.completion)
  return messages(
    choices.map(choice => {
      const told = [choice.message, choice.delta].find(isObject) ?? {}
      const text = textOf(told.content) || (str(told.refusal) ?? str(field(told.audio, 'transcript')))
      return { ...message(told.role, text ?? '', calledIn(told)) }
    }),
  )
}

function calledIn({ tool_calls, function_call }: JsonObject): JsonObject {
  const calls = objectsOf(tool_calls).map(({ id, type, function: called, custom }) => {
    const tool = [custom, called].find(isObject) ?? {}
    return toolCall(tool.name, tool.arguments ?? tool.input, id, type)
  })
  if (isObject(function_call) && list(tool_calls).length === 0) {
    calls.push(toolCall(function_call.name, function_call.arguments))
  }
  return calls.length === 0 ? {} : { tool_calls: calls }
}
