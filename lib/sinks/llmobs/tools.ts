import { field, isObject, type Json, type JsonObject, str } from '../../openai/json'
import { objectsOf, textOf } from './message'

/** A model's wish to have a tool called. `arguments` is always an object: what is none stands under `input`. */
export function toolCall(name: Json | undefined, args: Json | undefined, id?: Json, type?: Json): JsonObject {
  return {
    name: str(name) ?? '',
    arguments: argumentsOf(args),
    ...(str(id) === undefined ? {} : { tool_id: str(id) ?? '' }),
    ...(str(type) === undefined ? {} : { type: str(type) ?? '' }),
  }
}

/** What a tool has answered. */
export function toolResult(result: Json | undefined, id: Json | undefined, name?: Json, type?: Json): JsonObject {
  return {
    name: str(name) ?? '',
    result: textOf(result) ?? '',
    ...(str(id) === undefined ? {} : { tool_id: str(id) ?? '' }),
    ...(str(type) === undefined ? {} : { type: str(type) ?? '' }),
  }
}

/** Arguments come as JSON in a text, which the model may have written badly or an end of the answer cut off. */
function argumentsOf(args: Json | undefined): JsonObject {
  if (isObject(args)) return args
  if (typeof args !== 'string') return {}
  try {
    const parsed: unknown = JSON.parse(args)
    return isObject(parsed) ? parsed : { input: args }
  } catch {
    return args === '' ? {} : { input: args }
  }
}

/** Tools that the model may call: of chat, of responses, and the deprecated `functions`. */
export function toolDefinitions(tools: Json | undefined): JsonObject[] {
  return objectsOf(tools).map(tool => {
    const defined = [tool.function, tool.custom].find(isObject) ?? tool
    const schema = field(defined, 'parameters') ?? field(defined, 'input_schema') ?? field(defined, 'format')
    return {
      name: str(defined.name) ?? str(tool.server_label) ?? str(tool.type) ?? '',
      ...(str(defined.description) === undefined ? {} : { description: str(defined.description) ?? '' }),
      ...(isObject(schema) ? { schema } : {}),
    }
  })
}
