import type { Usage } from '../call'
import { at, count, field, isObject, type Json, type JsonObject, list, str } from '../json'
import { usageObject, usageOf } from '../usage'
import { searchesByItself } from './fees'

/** The use of a tool that costs something beside the call's own tokens. */
export type ToolUse =
  | { readonly tool: 'web_search'; readonly times: number; readonly by: string }
  | { readonly tool: 'file_search'; readonly times: number }
  /** The containers by their ids, and their memory; `isMade` where the call itself made them, and they are new. */
  | {
      readonly tool: 'container'
      readonly what: string
      readonly ids: readonly string[]
      readonly memory?: string
      readonly isMade?: true
    }
  | { readonly tool: 'image_generation'; readonly model?: string; readonly usage?: Usage }
  | { readonly tool: 'unknown'; readonly what: string }

export interface Answered {
  readonly family: string
  readonly model: string | undefined
  readonly request: Json | undefined
  readonly response: Json | undefined
}

/** What was used, as far as request and answer tell. */
export function toolUses(answered: Answered): ToolUse[] {
  const { family, model, response } = answered
  if (response === undefined) return []
  if (family === 'responses' || Array.isArray(field(response, 'output'))) return usesOfItems(answered)
  const told = [...usesInUsage(usageObject(response)), ...foundOnWeb(response)]
  const isSearch = family === 'chat.completions' && searchesByItself(model ?? '')
  return isSearch && told.length === 0 ? [{ tool: 'web_search', times: 1, by: 'model' }] : told
}

/** Zhipu's searches, told by what they found. */
function foundOnWeb(response: Json): ToolUse[] {
  return list(field(response, 'web_search')).length > 0 ? [{ tool: 'unknown', what: 'web_search' }] : []
}

/** Tools of other servers, that usage counts: Anthropic's, Perplexity's deep research, and those of no known price. */
function usesInUsage(usage: Json | undefined): ToolUse[] {
  const researched = count(field(usage, 'num_search_queries'))
  const searches = count(at(usage, 'server_tool_use', 'web_search_requests')) ?? researched
  const names = COUNTED_BY_NAME.flatMap(place => namesCounted(field(usage, place)))
  // Deep research is paid for its sources and its reasoning, too, which are in none of the totals.
  const beside = [...(researched ? ['citation_tokens', 'reasoning_tokens'] : []), 'num_sources_used']
  const told = beside.filter(name => (count(field(usage, name)) ?? 0) > 0)
  return [
    ...(searches ? [{ tool: 'web_search', times: searches, by: 'web_search' } as const] : []),
    ...[...names, ...told].map(name => ({ tool: 'unknown', what: nameOf(name.replace(/_calls$/, '')) }) as const),
  ]
}

/** xAI's, Mistral's and DashScope's: each a table of names and of how often. */
const COUNTED_BY_NAME: readonly string[] = ['server_side_tool_usage_details', 'connectors', 'plugins']

function namesCounted(table: Json | undefined): string[] {
  if (!isObject(table)) return []
  return Object.keys(table).filter(name => (count(table[name]) ?? count(field(table[name], 'count')) ?? 0) > 0)
}

/** Items that the app itself, or nobody, is paid for. */
const FREE: ReadonlySet<string> = new Set(
  (
    'function_call custom_tool_call mcp_call computer_call local_shell_call apply_patch_call tool_search_call ' +
    'program_call'
  ).split(' '),
)
const CONTAINERS: Readonly<Record<string, string>> = { code_interpreter_call: 'code_interpreter', shell_call: 'shell' }
const PRICED: ReadonlySet<string> = new Set(['web_search_call', 'file_search_call', 'image_generation_call'])

function usesOfItems({ request, response }: Answered): ToolUse[] {
  const items = list(field(response, 'output')).filter(isObject).filter(isDone)
  const tools = [...list(field(response, 'tools')), ...list(field(request, 'tools'))].filter(isObject)
  return [
    ...webSearches(items, tools, response),
    ...fileSearches(items),
    ...containers(items, tools),
    ...pictures(items, tools, response),
    ...unknownItems(items),
    ...lostItems(tools, response),
    ...usesInUsage(usageObject(response ?? null)),
  ]
}

/** Tools that the app runs itself cost nothing. */
const OWN_TOOLS: ReadonlySet<string> = new Set(['function', 'custom', 'mcp', 'namespace'])

/** Where items were too large to be kept, what they cost is not known: a picture is what is most often too large. */
function lostItems(tools: readonly JsonObject[], response: Json | undefined): ToolUse[] {
  const isPaid = tools.some(({ type }) => !OWN_TOOLS.has(str(type) ?? 'function'))
  return isPaid && field(response, 'output_cut') === true ? [{ tool: 'unknown', what: 'tools' }] : []
}

function isDone({ type, status }: JsonObject): boolean {
  return str(type)?.endsWith('_call') === true && status !== 'failed'
}

/** What is paid for is told by newer answers; else each search is, and a page that is opened or searched is not. */
function webSearches(
  items: readonly JsonObject[],
  tools: readonly JsonObject[],
  response: Json | undefined,
): ToolUse[] {
  const isSearch = ({ type, action }: JsonObject): boolean =>
    type === 'web_search_call' && (str(field(action, 'type')) ?? 'search') === 'search'
  const times = count(at(response, 'tool_usage', 'web_search', 'num_requests')) ?? items.filter(isSearch).length
  const by = tools.map(tool => str(tool.type) ?? '').find(type => type.startsWith('web_search')) ?? 'web_search'
  return times > 0 ? [{ tool: 'web_search', times, by }] : []
}

function fileSearches(items: readonly JsonObject[]): ToolUse[] {
  const times = items.filter(({ type }) => type === 'file_search_call').length
  return times > 0 ? [{ tool: 'file_search', times }] : []
}

/** Those that the answer made by itself; one that the app made and named is paid for by what made it. */
function containers(items: readonly JsonObject[], tools: readonly JsonObject[]): ToolUse[] {
  return Object.entries(CONTAINERS).flatMap(([type, what]): ToolUse[] => {
    const ran = items.filter(item => item.type === type && field(item.environment, 'type') !== 'local')
    const tool = tools.find(each => each.type === what)
    const place = tool?.container ?? tool?.environment
    const given = str(place) ?? str(field(place, 'container_id'))
    const ids = ran.map(item => str(item.container_id) ?? str(field(item.environment, 'container_id')) ?? '')
    const own = [...new Set(ids)].filter(id => given === undefined || (id !== given && id !== ''))
    const memory = str(field(place, 'memory_limit'))
    return own.length > 0 ? [{ tool: 'container', what, ids: own, ...(memory === undefined ? {} : { memory }) }] : []
  })
}

function pictures(items: readonly JsonObject[], tools: readonly JsonObject[], response: Json | undefined): ToolUse[] {
  const told = at(response, 'tool_usage', 'image_gen')
  const usage = told === undefined ? undefined : usageOf({ usage: told })
  const isDrawn = items.some(({ type }) => type === 'image_generation_call')
  if (!isDrawn && !(usage?.total ?? 0)) return []
  const model = tools
    .filter(({ type }) => type === 'image_generation')
    .map(tool => str(tool.model))
    .find(Boolean)
  return [
    {
      tool: 'image_generation',
      ...(model === undefined ? {} : { model }),
      ...(usage?.total ? { usage: drawn(usage) } : {}),
    },
  ]
}

/** Image models answer with pictures: output that is not told apart is image tokens. */
export function drawn(usage: Usage): Usage {
  const { output, imageOutput, textOutput } = usage
  return output === undefined || imageOutput !== undefined || textOutput !== undefined
    ? usage
    : { ...usage, imageOutput: output }
}

/** A tool that is newer than this table may cost something. */
function unknownItems(items: readonly JsonObject[]): ToolUse[] {
  const types = new Set(items.map(({ type }) => str(type) ?? ''))
  return [...types]
    .filter(type => !FREE.has(type) && !PRICED.has(type) && !Object.hasOwn(CONTAINERS, type))
    .map(type => ({ tool: 'unknown', what: nameOf(type.replace(/_call$/, '')) }))
}

/** As the wire has it, if it is a plain word: nothing else may be told as one. */
function nameOf(name: string): string {
  return /^[a-z][a-z_]{0,30}$/.test(name) ? name : 'tool'
}
