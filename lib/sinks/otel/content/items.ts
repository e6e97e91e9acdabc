import { field, type Json, type JsonObject, str } from '../../../openai/json'
import { contentText } from '../../../openai/readers/content'
import { objects } from '../../../openai/readers/shape'
import type { Message, OutputMessage, Part } from './message'
import { argumentsOf, isPart, partsOf, reasoned, toolCall, toolResponse } from './parts'

/** Tools that the app runs itself, though the model calls them by a type of their own. */
const RUN_BY_THE_APP: ReadonlySet<string> = new Set([
  'computer_call',
  'local_shell_call',
  'shell_call',
  'apply_patch_call',
])

/** Of an item's members these say what it is, and not what was done. */
const OF_THE_ITEM: ReadonlySet<string> = new Set(['id', 'call_id', 'type', 'status', 'name', 'role'])
/** What a tool of the server's came to. */
const RESULTS = ['results', 'outputs', 'output', 'result', 'error'] as const

/** The items of a request's input: each a message of its own, in their order. */
export function itemMessages(items: Json | undefined): Message[] {
  return objects(items).map(item => ({ role: roleOf(item), parts: itemParts(item) }))
}

/** All items of a response are one generation. */
export function outputOfItems(items: Json | undefined, reason: string | undefined): OutputMessage[] {
  const found = objects(items)
  if (found.length === 0) return []
  const parts = found.flatMap(itemParts)
  const calls = parts.some(({ type }) => type === 'tool_call')
  return [{ role: 'assistant', parts, finish_reason: reason === 'stop' && calls ? 'tool_call' : (reason ?? '') }]
}

function roleOf(item: JsonObject): string {
  const type = str(item.type) ?? 'message'
  if (type.endsWith('_output')) return 'tool'
  return str(item.role) ?? (type.endsWith('_call') || type === 'reasoning' ? 'assistant' : 'user')
}

function itemParts(item: JsonObject): Part[] {
  const type = str(item.type) ?? 'message'
  const id = str(item.call_id) ?? str(item.id)
  if (type === 'message') return partsOf(item.content)
  if (type === 'reasoning') return reasoned(reasoningText(item))
  if (isPart(type)) return partsOf(item)
  if (type === 'function_call' || type === 'custom_tool_call')
    return [toolCall(id, item.name, item.arguments ?? item.input)]
  if (RUN_BY_THE_APP.has(type)) return [toolCall(id, toolName(type), item.action ?? item.operation)]
  if (type.endsWith('_call_output')) return [toolResponse(id, item.output)]
  if (type.endsWith('_call')) return serverToolCall(item, type, id)
  const said = contentText(item.content)
  return [{ type, ...(id === undefined ? {} : { id }), ...(said === undefined ? {} : { content: said }) }]
}

/** Its summary, and what there is besides; nothing of what is encrypted. */
function reasoningText(item: JsonObject): string {
  return [contentText(item.summary), contentText(item.content)].filter(said => said !== undefined).join('\n')
}

function toolName(type: string): string {
  return type.replace(/_call$/, '')
}

function serverToolCall(item: JsonObject, type: string, id: string | undefined): Part[] {
  const told = Object.entries(item).filter(([key, value]) => !OF_THE_ITEM.has(key) && value !== null)
  const isResult = (key: string): boolean => RESULTS.some(name => name === key)
  const done = told.filter(([key]) => !isResult(key)).map(([key, value]) => [key, argumentsOf(value) ?? null] as const)
  const results = told.filter(([key]) => isResult(key))
  const named = id === undefined ? {} : { id }
  const name = str(field(item, 'name')) ?? toolName(type)
  return [
    {
      type: 'server_tool_call',
      ...named,
      name,
      server_tool_call: { ...Object.fromEntries(done), type: toolName(type) },
    },
    ...(results.length === 0
      ? []
      : [
          {
            type: 'server_tool_call_response',
            ...named,
            server_tool_call_response: { ...Object.fromEntries(results), type: toolName(type) },
          },
        ]),
  ]
}
