import { field, isObject, type Json, list, obj } from '../json'
import type { Countable } from './countable'

/**
 * Tools that are no functions are counted as sent, which is not all: each brings instructions of the server's own, which
 * nobody is told. A recorded custom tool of 80 tokens came to 200, a web search of 40 to 330.
 */
export function addTools(sum: Countable, request: Json | undefined): void {
  for (const tool of list(field(request, 'tools'))) {
    const type = field(tool, 'type')
    if (type === 'function' || isObject(field(tool, 'function'))) continue
    const what = type === 'custom' ? 'custom tools' : 'built-in tools'
    sum.wire(what, field(tool, 'custom') ?? tool).without(`instructions of ${what}`)
  }
}

/** `response_format` of a chat, `text.format` of a response. Its name is not shown to the model. */
export function addSchema(sum: Countable, format: Json | undefined): void {
  if (field(format, 'type') !== 'json_schema') return
  const { schema, description } = obj(field(format, 'json_schema') ?? format)
  sum.text(description).wire('response schema', schema)
}
