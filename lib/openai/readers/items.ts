import { at, field, type Json, type JsonObject, list, str } from '../json'
import { contentText } from './content'
import { asText, type FactsBuilder } from './facts'

/** What an item is, and how it stands. */
const STRINGS = ['type', 'role', 'status', 'name', 'server_label', 'call_id'] as const

/** Where an item keeps what it says, by the name it is shown under. */
const TEXTS: readonly (readonly [name: string, ...path: string[]])[] = [
  ['arguments', 'arguments'],
  ['input', 'input'],
  ['output', 'output'],
  ['summary', 'summary'],
  ['code', 'code'],
  ['query', 'action', 'query'],
  ['queries', 'queries'],
  ['command', 'command'],
  ['command', 'action', 'command'],
  ['commands', 'action', 'commands'],
]

/**
 * An item of a response's input or output, or of a conversation: a message, a tool's call or its result, reasoning.
 * The refusal of a message is apart from its content.
 */
export function itemFacts(found: FactsBuilder, key: string, item: JsonObject): void {
  for (const name of STRINGS) found.string(`${key}.${name}`, item[name])
  const parts = item.content
  if (Array.isArray(parts)) {
    const isRefusal = (part: Json): boolean => field(part, 'type') === 'refusal'
    found.text(`${key}.content`, contentText(parts.filter(part => !isRefusal(part))))
    found.text(`${key}.refusal`, contentText(list(parts).filter(isRefusal)))
    const annotations = parts.reduce<number>((sum, part) => sum + list(field(part, 'annotations')).length, 0)
    if (annotations > 0) found.number(`${key}.annotations_count`, annotations)
  } else {
    found.text(`${key}.content`, contentText(parts))
  }
  for (const [name, ...path] of TEXTS) found.text(`${key}.${name}`, said(at(item, ...path)))
  // An image, as base64.
  if (str(item.result) !== undefined) found.string(`${key}.result`, 'returned')
}

function said(value: Json | undefined): string | undefined {
  return Array.isArray(value) ? contentText(value) : asText(value)
}
