import type { Call } from '../openai/call'
import { isObject, type Json, type JsonObject } from '../openai/json'

/** One turn of a conversation, as the request or the answer has it. */
export interface Turn {
  /** `user`, `assistant` …; where there are no roles, the field that it is from. */
  readonly role: string
  readonly answer: boolean
  readonly parts: readonly Part[]
}

export type Part =
  | { readonly is: 'text' | 'refusal' | 'reasoning'; readonly text: string }
  | { readonly is: 'call'; readonly name: string; readonly text: string }
  | { readonly is: 'result'; readonly name: string; readonly text: string }
  | { readonly is: 'image'; readonly source: string }
  | { readonly is: 'json'; readonly text: string }

/** Fields of `sample` that hold what was answered. */
const ANSWERS = ['completion', 'output', 'choices']
/** Fields that are told elsewhere on the page. */
const ELSEWHERE = ['tools']

export function conversationOf({ sample }: Call): readonly Turn[] {
  return Object.entries(sample)
    .filter(([field]) => !ELSEWHERE.includes(field))
    .sort(([one], [other]) => Number(ANSWERS.includes(one)) - Number(ANSWERS.includes(other)))
    .flatMap(([field, value]) => turnsOf(field, value))
    .filter(({ parts }) => parts.length > 0)
}

function turnsOf(field: string, value: Json): readonly Turn[] {
  const answer = ANSWERS.includes(field)
  if (Array.isArray(value) && value.some(isItem)) return value.map(item => turnOf(field, item, answer))
  const role = field === 'instructions' || field === 'system' ? 'system' : field === 'input' ? 'user' : field
  return [{ role: answer ? 'assistant' : role, answer, parts: partsOf(value) }]
}

/** Of a list of messages, choices or items. */
function isItem(value: Json): boolean {
  return isObject(value) && ['role', 'type', 'message', 'text'].some(name => name in value)
}

function turnOf(field: string, value: Json, answer: boolean): Turn {
  if (!isObject(value)) return { role: field, answer, parts: partsOf(value) }
  const message = isObject(value.message) ? value.message : value
  const role =
    typeof message.role === 'string' ? message.role : (ROLES[String(message.type)] ?? fallback(field, answer))
  return { role, answer, parts: role === 'tool' ? [resultOf(message)] : messageParts(message) }
}

const ROLES: Readonly<Record<string, string>> = { function_call_output: 'tool', custom_tool_call_output: 'tool' }

function fallback(field: string, answer: boolean): string {
  return answer ? 'assistant' : field
}

function resultOf({ content, output, tool_call_id, call_id }: JsonObject): Part {
  return { is: 'result', name: textOf(tool_call_id ?? call_id ?? ''), text: laidOut(content ?? output ?? '') }
}

/** Of a message, by the API that it is of: chat, or an item of the Responses API. */
function messageParts(message: JsonObject): readonly Part[] {
  const { content, refusal, tool_calls, function_call, reasoning_content, reasoning, type, text } = message
  const calls = Array.isArray(tool_calls) ? tool_calls : function_call === undefined ? [] : [function_call]
  const parts = [
    ...textPart('reasoning', reasoning_content ?? reasoning),
    ...partsOf(content ?? (content === undefined ? text : null)),
    ...textPart('refusal', refusal),
    ...calls.map(callOf),
  ]
  const isOwn = typeof type === 'string' && type !== 'message'
  return parts.length === 0 && isOwn ? partOf(message) : parts
}

function partsOf(value: Json | undefined): readonly Part[] {
  if (value === undefined || value === null || value === '') return []
  if (typeof value === 'string') return [{ is: 'text', text: value }]
  return Array.isArray(value) ? value.flatMap(partOf) : partOf(value)
}

/** A part of a message's content, or an item, by its `type`. */
const READERS: Readonly<Record<string, (part: JsonObject) => readonly Part[]>> = {
  text: part => textPart('text', part.text),
  input_text: part => textPart('text', part.text),
  output_text: part => textPart('text', part.text),
  refusal: part => textPart('refusal', part.refusal),
  thinking: part => textPart('reasoning', part.thinking),
  summary_text: part => textPart('reasoning', part.text),
  reasoning_text: part => textPart('reasoning', part.text),
  reasoning: part =>
    [part.summary, part.content].flatMap(list =>
      Array.isArray(list) ? list.flatMap(partOf) : textPart('reasoning', list),
    ),
  function_call: part => [callOf(part)],
  custom_tool_call: part => [callOf(part)],
  image_url: part => [imageOf(part)],
  input_image: part => [imageOf(part)],
}

function partOf(value: Json): readonly Part[] {
  if (typeof value === 'string') return [{ is: 'text', text: value }]
  const type = isObject(value) ? String(value.type) : ''
  const read = Object.hasOwn(READERS, type) ? READERS[type] : undefined
  return isObject(value) && read !== undefined ? read(value) : [{ is: 'json', text: laidOut(value) }]
}

function textPart(is: 'text' | 'refusal' | 'reasoning', value: Json | undefined): readonly Part[] {
  if (value === undefined || value === null || value === '') return []
  return [{ is, text: textOf(value) }]
}

function callOf(value: Json): Part {
  if (!isObject(value)) return { is: 'json', text: laidOut(value) }
  const inner = [value.function, value.custom].find(isObject) ?? value
  return { is: 'call', name: textOf(inner.name ?? ''), text: laidOut(inner.arguments ?? inner.input ?? '') }
}

/** Only pictures that are in the request: none is asked of another host. */
const PICTURE = /^data:image\/(?:png|jpeg|gif|webp);base64,/

function imageOf({ image_url }: JsonObject): Part {
  const url = isObject(image_url) ? image_url.url : image_url
  return typeof url === 'string' && PICTURE.test(url)
    ? { is: 'image', source: url }
    : { is: 'text', text: `image: ${textOf(url ?? '')}` }
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : laidOut(value)
}

/** JSON with a line for each member, also where it is in a text; another text as it is. */
export function laidOut(value: Json): string {
  if (typeof value !== 'string') return JSON.stringify(value, null, 2)
  if (!/^\s*[[{]/.test(value)) return value
  try {
    return JSON.stringify(JSON.parse(value), null, 2)
  } catch {
    return value
  }
}
