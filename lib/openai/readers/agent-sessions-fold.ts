import { field, isObject, type Json, type JsonObject, list, num, str } from '../json'
import type { Fold } from './fold'
import { indexOf } from './shape'

/** More items than this are not folded: no span shows them. */
const MOST_ITEMS = 1000
const MOST_PARTS = 100
/** A live stream may see any number of turns; these are told apart. */
const MOST_TURNS = 1000

/** Which list of an item a text is added to, and which member tells the part. */
const PARTS: ReadonlyMap<string, { list: string; index: string; type: string }> = new Map([
  ['agent.session.turn.output_text', { list: 'content', index: 'content_index', type: 'output_text' }],
  ['agent.session.turn.reasoning_summary_text', { list: 'summary', index: 'summary_index', type: 'summary_text' }],
])

/**
 * The session that a live stream of its events adds up to, as it was last seen, with what its turns put out. Its usage is
 * that of the turns that ended before our eyes, each once: the session's own is a running total.
 */
export function* foldSession(): Fold {
  let session: JsonObject = {}
  let turn: JsonObject | undefined
  let error: Json | undefined
  const items = new Map<string, JsonObject>()
  const turns = new Map<string, Json | undefined>()
  for (let event = yield; event !== undefined; event = yield) {
    const type = str(field(event, 'type')) ?? ''
    const [whole, ofTurn] = [field(event, 'session'), field(event, 'turn')]
    if (isObject(whole)) session = { ...session, ...whole }
    if (isObject(ofTurn)) {
      turn = ofTurn
      seeTurn(turns, ofTurn, field(event, 'usage'))
    }
    if (type === 'error') error = field(event, 'error') ?? error
    else addTo(items, type, event)
  }
  const { usage: _, ...rest } = session
  const usage = sum([...turns.values()])
  return {
    ...rest,
    turns: turns.size,
    output: [...items.values()],
    ...(turn === undefined ? {} : { turn }),
    ...(usage === undefined ? {} : { usage }),
    ...(error === undefined ? {} : { error }),
  }
}

function seeTurn(turns: Map<string, Json | undefined>, turn: JsonObject, told: Json | undefined): void {
  const id = str(turn.id) ?? ''
  if (!turns.has(id) && turns.size >= MOST_TURNS) return
  const usage = isObject(told) ? told : turn.usage
  turns.set(id, isObject(usage) ? usage : turns.get(id))
}

function addTo(items: Map<string, JsonObject>, type: string, event: Json): void {
  const item = field(event, 'item')
  if (isObject(item)) {
    // What the user has sent is listed among the items, too.
    const id = str(item.id)
    if (id !== undefined && item.role !== 'user' && hasRoom(items, id)) items.set(id, { ...items.get(id), ...item })
    return
  }
  const id = str(field(event, 'item_id'))
  if (id === undefined || !hasRoom(items, id)) return
  const row = PARTS.get(type.replace(/\.(?:delta|done)$/, ''))
  const target = items.get(id) ?? { id, type: row?.type === 'summary_text' ? 'reasoning' : 'message' }
  if (row !== undefined) {
    items.set(id, target)
    addText(target, row, event)
  } else if (type === 'agent.output.command_execution_output.delta') {
    items.set(id, { ...target, output: (str(target.output) ?? '') + (str(field(event, 'delta')) ?? '') })
  }
}

function addText(item: JsonObject, row: { list: string; index: string; type: string }, event: Json): void {
  const parts = [...list(item[row.list])]
  const index = indexOf(event, 0, row.index)
  if (index >= MOST_PARTS) return
  while (parts.length <= index) parts.push({ type: row.type, text: '' })
  const before = str(field(parts[index], 'text')) ?? ''
  parts[index] = { type: row.type, text: str(field(event, 'text')) ?? before + (str(field(event, 'delta')) ?? '') }
  item[row.list] = parts
}

function hasRoom(items: Map<string, JsonObject>, id: string): boolean {
  return items.has(id) || items.size < MOST_ITEMS
}

const DEEPEST = 2

/** Of usages, count by count. */
function sum(usages: readonly (Json | undefined)[], depth = 0): JsonObject | undefined {
  const all = usages.filter(isObject)
  if (all.length === 0 || depth > DEEPEST) return undefined
  const total: JsonObject = {}
  for (const usage of all) {
    for (const [name, value] of Object.entries(usage)) {
      const before = field(total, name)
      if (isObject(value)) total[name] = sum([before, value], depth + 1) ?? value
      else if (typeof value === 'number') total[name] = (num(before) ?? 0) + value
    }
  }
  return total
}
