import { isObject, type Json, type JsonObject, list, str } from '../json'

/** One message or item of a prompt, in a form that is equal whether it is answered or sent back. */
export interface Element {
  /** Said by the model. */
  readonly answer: boolean
  /** Who says it, and how, as JSON: where it ends is seen, so that no two elements are one text. */
  readonly head: string
  /** What is said, as it is: a prompt of megabytes is not copied into JSON. */
  readonly said: string
}

const TEXT_PARTS = new Set(['text', 'input_text', 'output_text'])

/**
 * A chat's message or a response's item. Only what is sent back unchanged is in it: SDKs and apps leave out empty
 * members, ids of items and annotations. Undefined for what apps leave out as a whole: reasoning, a hosted tool's call.
 */
export function elementOf(item: Json): Element | undefined {
  if (!isObject(item)) return undefined
  const type = str(item.type) ?? 'message'
  if (type === 'function_call') {
    return { answer: true, head: JSON.stringify(['call', ...callOf(item.call_id, item)]), said: '' }
  }
  if (type === 'function_call_output') {
    return { answer: false, head: JSON.stringify(['result', item.call_id ?? '']), said: textOf(item.output) }
  }
  if (type === 'message') return messageOf(item)
  return isLeftOut(type) ? undefined : { answer: false, head: JSON.stringify(item), said: '' }
}

function messageOf(message: JsonObject): Element {
  const role = str(message.role) ?? 'assistant'
  const calls = list(message.tool_calls).map(call => (isObject(call) ? callOf(call.id, call.function) : []))
  const head = [role, textOf(message.refusal), str(message.tool_call_id) ?? '', ...calls]
  return { answer: role === 'assistant', head: JSON.stringify(head), said: textOf(message.content) }
}

/** What a tool is called with, for `repeats` too. */
export function callOf(id: Json | undefined, called: Json | undefined): string[] {
  const { name, arguments: args } = isObject(called) ? called : {}
  return [str(id) ?? '', str(name) ?? '', str(args) ?? '']
}

/** A text, or a list of parts whose texts follow each other: both are sent for the same. */
function textOf(content: Json | undefined): string {
  if (content === undefined || content === null) return ''
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return JSON.stringify(content)
  return content.map(partOf).join('')
}

function partOf(part: Json): string {
  const { type, text } = isObject(part) ? part : {}
  return TEXT_PARTS.has(str(type) ?? '') && typeof text === 'string' ? text : JSON.stringify(part)
}

function isLeftOut(type: string): boolean {
  return type === 'reasoning' || type === 'item_reference' || type.endsWith('_call')
}
