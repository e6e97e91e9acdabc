import { field, type Json, type JsonObject, list, obj, str } from '../json'
import { addCalls } from './chat'
import { addContent, Countable } from './countable'
import { functionsText } from './functions'
import { imageTokens } from './images'
import { addSchema, addTools } from './tools'

/**
 * The responses API shows the model the chat format. What it adds around texts is not published; the numbers were read
 * off recorded exchanges (test/tokens.test.ts counts them all).
 */
const PER_ITEM = 3
const PER_ANSWER = 3
const TOOLS_HEADER = 3
/** A call in the input, one of several made at once, and a call's output. */
const PER_CALL = 8
const PER_PARALLEL_CALL = 9
const PER_OUTPUT = 4

const END = 1
const PER_END_WITH_TOOLS = 2
/** What stands between the reasoning and the answer, and the answer's end. */
const END_OF_REASONER = 6

export function responsesPrompt(request: Json | undefined, model: string): Countable {
  const sum = new Countable().plus(PER_ANSWER)
  const { instructions, input, tools, prompt, text, previous_response_id, conversation } = obj(request)
  const items = [...message('system', instructions), ...(Array.isArray(input) ? input : message('user', input))].map(
    obj,
  )
  for (const [i, item] of items.entries()) addItem(sum, item, model, [items[i - 1], items[i + 1]].some(isFunctionCall))
  const functions = list(tools).filter(isFunction)
  if (functions.length > 0) sum.text(functionsText(functions)).plus(TOOLS_HEADER)
  addTools(sum, request)
  if (prompt) sum.without('stored prompt')
  if (previous_response_id || conversation) sum.without('earlier turns')
  addSchema(sum, field(text, 'format'))
  return sum
}

function message(role: string, content: Json | undefined): JsonObject[] {
  return str(content) === undefined ? [] : [{ role, content: content ?? null }]
}

function isFunction(tool: Json): boolean {
  return field(tool, 'type') === 'function'
}

function addItem(sum: Countable, item: JsonObject, model: string, parallel: boolean): void {
  const { type, role, content, output } = item
  if (isFunctionCall(item))
    sum.plus(parallel ? PER_PARALLEL_CALL : PER_CALL).text(item.name, item.arguments ?? item.input)
  else if (type === 'function_call_output' || type === 'custom_tool_call_output')
    addContent(sum.plus(PER_OUTPUT), output, part => imageTokens(part, model))
  else if (str(role) !== undefined) {
    sum.plus(PER_ITEM).text(role)
    addContent(sum, content, part => imageTokens(part, model))
  } else sum.without('other items')
}

export function responsesCompletion(request: Json | undefined, response: Json | undefined): Countable {
  const sum = new Countable()
  const items = list(field(response, 'output')).map(obj)
  for (const item of items) addContent(sum, item.content, () => 0)
  const calls = items.filter(isFunctionCall).map(({ name, arguments: given, input }) => ({
    name: str(name) ?? '',
    arguments: str(given) ?? str(input) ?? '',
  }))
  addCalls(sum, calls)
  const reasoned = items.some(({ type }) => type === 'reasoning')
  if (reasoned) sum.without('hidden reasoning')
  if (!items.every(isCounted)) sum.without('what was written to built-in tools')
  if (field(response, 'status') === 'completed') sum.plus(tokensAtEnd(request, reasoned, calls.length))
  return sum
}

function isCounted(item: JsonObject): boolean {
  return item.type === 'reasoning' || item.content !== undefined || isFunctionCall(item)
}

function isFunctionCall(item: JsonObject | undefined): boolean {
  return item?.type === 'function_call' || item?.type === 'custom_tool_call'
}

function tokensAtEnd(request: Json | undefined, reasoned: boolean, calls: number): number {
  if (reasoned) return END_OF_REASONER
  if (calls > 1) return 0
  return calls === 0 && list(field(request, 'tools')).length > 0 ? PER_END_WITH_TOOLS : END
}
