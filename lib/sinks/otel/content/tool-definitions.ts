import { isObject, type Json, type JsonObject, str } from '../../../openai/json'
import { objects } from '../../../openai/readers/shape'

/** Tools that the model may call: chat's, those of responses, and the deprecated `functions`. */
export function toolDefinitions(tools: Json | undefined, functions: Json | undefined): JsonObject[] {
  return [...objects(tools), ...objects(functions).map(defined => ({ ...defined, type: 'function' }))].map(definition)
}

function definition(tool: JsonObject): JsonObject {
  const defined = [tool.function, tool.custom].find(isObject) ?? tool
  const type = str(tool.type) ?? 'function'
  const parameters = defined.parameters ?? defined.format
  return {
    type,
    // A tool of the server's has no name but its type; of several MCP servers the label tells.
    name: str(defined.name) ?? str(tool.server_label) ?? type,
    // The schema of 1.40 asks for one.
    description: str(defined.description) ?? str(tool.server_description) ?? '',
    ...(parameters === undefined ? {} : { parameters }),
  }
}
