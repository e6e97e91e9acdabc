import { field, isObject, type Json, type JsonObject, list, str } from '../json'
import type { Fold } from './fold'
import { indexOf } from './shape'

/** More items than this are not folded: no span shows them. */
const MOST_ITEMS = 1000
const MOST_PARTS = 100

/** Which member of an item an event adds to: `delta` has a piece of it, `done` has it whole under the member's name. */
const MEMBERS: ReadonlyMap<string, string> = new Map([
  ['response.function_call_arguments', 'arguments'],
  ['response.mcp_call_arguments', 'arguments'],
  ['response.custom_tool_call_input', 'input'],
  ['response.code_interpreter_call_code', 'code'],
])

interface PartRow {
  readonly list: string
  readonly index: string
  readonly type: string
  readonly text: string
}

/** Which list of an item, which part in it and which text of that an event adds to. */
const PARTS: ReadonlyMap<string, PartRow> = new Map([
  ['response.output_text', { list: 'content', index: 'content_index', type: 'output_text', text: 'text' }],
  ['response.refusal', { list: 'content', index: 'content_index', type: 'refusal', text: 'refusal' }],
  ['response.reasoning_text', { list: 'content', index: 'content_index', type: 'reasoning_text', text: 'text' }],
  ['response.reasoning_summary_text', { list: 'summary', index: 'summary_index', type: 'summary_text', text: 'text' }],
])

/**
 * The response that a stream's events add up to: the one in its last lifecycle event. Where the stream ends before the
 * terminal one, which alone carries the output, the output is what its items and deltas add up to.
 */
export function* foldResponse(): Fold {
  let response: JsonObject = {}
  let error: Json | undefined
  const output = new Map<number, JsonObject>()
  for (let event = yield; event !== undefined; event = yield) {
    const whole = field(event, 'response')
    // One whose beginning was not kept lacks what an earlier one has told.
    if (isObject(whole)) response = { ...response, ...whole }
    error = field(event, 'error') ?? error
    if (isObject(event)) addToOutput(output, event)
  }
  const items = [...output].sort(([a], [b]) => a - b).map(([, item]) => item)
  const folded = list(response.output).length === 0 && items.length > 0 ? { ...response, output: items } : response
  return error === undefined ? folded : { ...folded, error }
}

function addToOutput(output: Map<number, JsonObject>, event: JsonObject): void {
  const type = str(event.type)
  if (type === undefined) return
  const index = indexOf(event, placeOf(output, type), 'output_index')
  if (!output.has(index) && output.size >= MOST_ITEMS) return
  if (type === 'response.output_item.added' || type === 'response.output_item.done') {
    if (isObject(event.item)) output.set(index, ownCopy(event.item))
    return
  }
  const kind = type.replace(/\.(?:delta|done)$/, '')
  const member = MEMBERS.get(kind)
  const part = PARTS.get(kind)
  if (member === undefined && part === undefined) return
  const item = output.get(index) ?? {}
  output.set(index, item)
  if (member !== undefined) addText(item, member, event)
  if (part !== undefined) addPart(item, part, event)
}

/** Where a server leaves the index out: an item that is added is the next one, all else is of the last. */
function placeOf(output: ReadonlyMap<number, JsonObject>, type: string): number {
  return type === 'response.output_item.added' ? output.size : Math.max(0, output.size - 1)
}

/** Deltas are added to it, and the event must stay as it came. */
function ownCopy(item: JsonObject): JsonObject {
  const copy = { ...item }
  for (const key of ['content', 'summary']) {
    const parts = item[key]
    if (Array.isArray(parts)) copy[key] = parts.map(part => (isObject(part) ? { ...part } : part))
  }
  return copy
}

function addPart(item: JsonObject, row: PartRow, event: JsonObject): void {
  const index = indexOf(event, 0, row.index)
  if (index >= MOST_PARTS) return
  const before = item[row.list]
  const parts: Json[] = Array.isArray(before) ? before : []
  item[row.list] = parts
  while (parts.length <= index) parts.push({ type: row.type })
  const part = parts[index]
  if (isObject(part)) addText(part, row.text, event)
}

/** A delta is added; a whole replaces. */
function addText(into: JsonObject, key: string, event: JsonObject): void {
  const before = into[key]
  const { delta, [key]: whole } = event
  if (typeof whole === 'string') into[key] = whole
  else if (typeof delta === 'string') into[key] = (typeof before === 'string' ? before : '') + delta
}
