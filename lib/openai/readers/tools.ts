import { isObject, type Json, type JsonObject, str } from '../json'
import { asText, type FactsBuilder } from './facts'
import { loggable } from './loggable'
import { objects } from './shape'

/** More are counted, and are in the log: an agent with hundreds of tools would leave a span no room for its messages. */
const MOST_TOOLS = 100

/**
 * Tools that the model may call: `tools.N.type`, `.name` and `.description`. The schema of their arguments is for the
 * log. Of chat, of responses, and the deprecated `functions`.
 */
export function toolFacts(found: FactsBuilder, tools: Json | undefined): void {
  for (const [n, tool] of objects(tools).slice(0, MOST_TOOLS).entries()) {
    if (found.isFull) return
    const defined = [tool.function, tool.custom].find(isObject) ?? tool
    found.string(`tools.${n}.type`, tool.type ?? 'function')
    found.string(`tools.${n}.name`, defined.name)
    found.string(`tools.${n}.server_label`, tool.server_label)
    found.text(`tools.${n}.description`, str(defined.description))
  }
}

/** Members of an MCP tool that are or may hold somebody's key. */
const SECRET: ReadonlySet<string> = new Set(['authorization', 'headers', 'server_url', 'network_policy', 'container'])

/** Tools as a log may carry them, schemas and all, but for credentials of other servers. */
export function loggedTools(tools: Json | undefined): { tools?: Json } {
  if (!Array.isArray(tools) || tools.length === 0) return {}
  const shown = tools.map(tool =>
    isObject(tool) ? Object.fromEntries(Object.entries(tool).filter(([name]) => !SECRET.has(name))) : tool,
  )
  return { tools: loggable(shown) }
}

/** Tool calls of a message, asked or answered: `key.tool_calls.M.*`. A single `function_call` counts as the first. */
export function toolCallFacts(found: FactsBuilder, key: string, message: JsonObject): void {
  for (const [m, call] of toolCalls(message).entries()) {
    if (found.isFull) return
    const at = `${key}.tool_calls.${m}`
    const called: JsonObject = [call.custom, call.function].find(isObject) ?? {}
    found.string(`${at}.id`, call.id)
    found.string(`${at}.type`, call.type)
    found.string(`${at}.name`, called.name)
    found.text(`${at}.arguments`, asText(called.arguments ?? called.input))
  }
}

function toolCalls(message: JsonObject): JsonObject[] {
  const old = message.function_call
  const calls = objects(message.tool_calls)
  return calls.length === 0 && isObject(old) ? [{ function: old }] : calls
}
