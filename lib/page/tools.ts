import type { Call } from '../openai/call'
import { isObject, type Json } from '../openai/json'
import { laidOut } from './conversation'
import type { Pair } from './pair'

/** Tools that a call offers the model, by name: part of the prompt, and in no message. */
export function toolsOf({ sample: { tools } }: Call): readonly Pair[] {
  return Array.isArray(tools) ? tools.map((tool): Pair => [nameOf(tool), laidOut(tool)]) : []
}

function nameOf(tool: Json): string {
  if (!isObject(tool)) return 'tool'
  const defined = [tool.function, tool.custom].find(isObject) ?? tool
  const name = [defined.name, tool.server_label, tool.type].find(each => typeof each === 'string' && each !== '')
  return String(name ?? 'tool')
}
