import { field, isObject, type Json, type JsonObject, str } from '../../../openai/json'
import { objects } from '../../../openai/readers/shape'
import { type Message, type OutputMessage, type Part, text } from './message'
import { partsOf, reasoned, refused, toolCall, toolResponse } from './parts'

/** Messages of chat, and those of assistants, which are alike. */
export function chatMessages(messages: Json | undefined): Message[] {
  return objects(messages).map(message => {
    const role = str(message.role) ?? 'user'
    const name = str(message.name)
    return { role, parts: messageParts(message, role), ...(name === undefined ? {} : { name }) }
  })
}

function messageParts(message: JsonObject, role: string): Part[] {
  if (role === 'tool' || role === 'function') return [toolResponse(message.tool_call_id, message.content)]
  return [
    ...reasoned(str(message.reasoning_content) ?? str(message.reasoning)),
    ...partsOf(message.content),
    ...refused(message.refusal),
    ...(isObject(message.audio) ? partsOf({ type: 'audio', audio: message.audio }) : []),
    ...toolCalls(message),
  ]
}

function toolCalls(message: JsonObject): Part[] {
  const calls = objects(message.tool_calls).map(call => {
    const called = [call.custom, call.function].find(isObject) ?? {}
    return toolCall(call.id, called.name, called.arguments ?? called.input)
  })
  const old = message.function_call
  return calls.length === 0 && isObject(old) ? [toolCall(undefined, old.name, old.arguments)] : calls
}

/** A provider's word where it is another than the conventions'. */
export function finishReason(reason: Json | undefined): string {
  const said = str(reason)
  return said === 'tool_calls' || said === 'function_call' ? 'tool_call' : (said ?? '')
}

/** Choices of chat, and of the older completions. */
export function choiceMessages(choices: Json | undefined): OutputMessage[] {
  return objects(choices).map(choice => {
    const message = isObject(choice.message) ? choice.message : undefined
    const said = str(field(choice, 'text'))
    return {
      role: str(message?.role) ?? 'assistant',
      parts: message === undefined ? (said === undefined ? [] : [text(said)]) : messageParts(message, 'assistant'),
      finish_reason: finishReason(choice.finish_reason),
    }
  })
}
