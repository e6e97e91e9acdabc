import { field, isObject, type Json, type JsonObject, list, str } from '../json'
import { parseJson } from '../read/payload'
import { addTop, FoldedChoices } from './choices'
import { contentText } from './content'
import type { Fold } from './fold'
import { indexOf, objects } from './shape'

interface Choice extends JsonObject {
  index: number
  message: JsonObject
}

/** The tool calls of a message: as they came, and the last one of each index. */
interface ToolCalls {
  readonly list: JsonObject[]
  readonly at: Map<number, JsonObject>
}

/** Texts that come in pieces. Audio's `data` is left out: it is large, and nobody shows it. */
const PIECES = ['content', 'refusal', 'reasoning_content', 'reasoning'] as const
/** Tool calls past this are not folded: no span shows them. */
const MOST_CALLS = 500
const MOST_ANNOTATIONS = 500

/** The chat completion that the chunks of a stream add up to. */
export function* foldChat(): Fold {
  const top: JsonObject = { object: 'chat.completion' }
  const calls = new Map<JsonObject, ToolCalls>()
  const choices = new FoldedChoices<Choice>(
    index => ({ index, message: {}, finish_reason: null }),
    ({ message }, choice) => {
      // Some servers put whole messages where deltas should be.
      const delta = field(choice, 'delta') ?? field(choice, 'message')
      if (!isObject(delta)) return
      if (!('delta' in choice) && isWhole(message, delta, choice)) dropPieces(message)
      addDelta(message, delta)
      const called = calls.get(message) ?? { list: [], at: new Map() }
      calls.set(message, called)
      for (const call of objects(delta.tool_calls)) addToolCall(called, call)
    },
  )
  for (let event = yield; event !== undefined; event = yield) {
    addTop(top, event)
    choices.addChunk(event)
  }
  for (const [message, called] of calls) {
    if (called.list.length > 0) message.tool_calls = inOrder(called)
  }
  return { ...top, choices: choices.inOrder() }
}

/** MiniMax ends with the whole message, after all its pieces. */
function isWhole(before: JsonObject, { content }: JsonObject, choice: JsonObject): boolean {
  const [pieces, whole, reason] = [str(before.content), str(content), str(choice.finish_reason)]
  return pieces !== undefined && whole !== undefined && reason !== undefined && whole.startsWith(pieces)
}

function dropPieces(message: JsonObject): void {
  for (const key of PIECES) delete message[key]
}

/** By their indexes, if each has one of its own; else as they came. */
function inOrder({ list, at }: ToolCalls): JsonObject[] {
  return at.size < list.length ? list : [...at].sort(([a], [b]) => a - b).map(([, call]) => call)
}

function addDelta(message: JsonObject, delta: JsonObject): void {
  const role = str(delta.role)
  if (role !== undefined) message.role ??= role
  for (const key of PIECES) append(message, key, delta[key])
  // Mistral's reasoning models send lists of parts.
  if (Array.isArray(delta.content)) append(message, 'content', contentText(delta.content) ?? null)
  if (Array.isArray(delta.annotations)) addAnnotations(message, delta.annotations)
  // Vercel's gateway says there what it cost.
  if (isObject(delta.provider_metadata)) message.provider_metadata = delta.provider_metadata
  if (isObject(delta.function_call)) addFunction(inner(message, 'function_call'), delta.function_call)
  if (isObject(delta.audio)) {
    const audio = inner(message, 'audio')
    set(audio, 'id', delta.audio.id)
    append(audio, 'transcript', delta.audio.transcript)
  }
}

function addAnnotations(message: JsonObject, more: readonly Json[]): void {
  const before = list(message.annotations)
  if (before.length < MOST_ANNOTATIONS) message.annotations = [...before, ...more].slice(0, MOST_ANNOTATIONS)
}

/**
 * By its index. Where a server leaves that out, a delta with a known id goes to that call, one with another begins a
 * call, and one without continues. Where all calls have the same index (Gemini's endpoint, some vLLM parsers), a delta
 * that begins another call is told by `beginsCall`; the next ones go to the call that came last at their index.
 */
function addToolCall(called: ToolCalls, delta: JsonObject): void {
  const index = placeOf(called, delta)
  const there = callAt(called, index, delta)
  const isNew = there === undefined || beginsCall(there, delta)
  if (isNew && called.list.length >= MOST_CALLS) return
  const call = isNew ? {} : there
  if (isNew) {
    called.list.push(call)
    called.at.set(index, call)
  }
  set(call, 'id', delta.id)
  set(call, 'type', delta.type)
  if (isObject(delta.function)) addFunction(inner(call, 'function'), delta.function)
  if (isObject(delta.custom)) {
    const custom = inner(call, 'custom')
    set(custom, 'name', delta.custom.name)
    append(custom, 'input', delta.custom.input)
  }
}

/** The last one at an index; if they all have the same, and take turns, the one that the id names. */
function callAt({ list, at }: ToolCalls, index: number, delta: JsonObject): JsonObject | undefined {
  const last = at.get(index)
  const id = str(delta.id)
  if (last === undefined || id === undefined || last.id === id) return last
  return list.find(call => call.id === id) ?? last
}

function placeOf({ list, at }: ToolCalls, delta: JsonObject): number {
  const next = list.length
  const id = str(delta.id)
  if (id === undefined) return indexOf(delta, Math.max(0, next - 1))
  const index = indexOf(delta, -1)
  if (index >= 0) return index
  const known = [...at].find(([, call]) => call.id === id)
  return known?.[0] ?? next
}

/**
 * A name, and an id other than that of the call before; or no ids at all, where that one's arguments are whole, and the
 * name is another or whole arguments begin again.
 */
function beginsCall(before: JsonObject, delta: JsonObject): boolean {
  const named = nameOf(delta)
  if (named === undefined) return false
  const [old, id] = [str(before.id), str(delta.id)]
  if (old !== undefined && id !== undefined) return old !== id
  const said = str(field(before.function, 'arguments'))
  if (said === undefined || !said.trimEnd().endsWith('}') || !isObject(parseJson(said))) return false
  return named !== nameOf(before) || str(field(delta.function, 'arguments'))?.startsWith('{') === true
}

function nameOf(call: JsonObject): string | undefined {
  return str(field(call.function, 'name')) ?? str(field(call.custom, 'name'))
}

function addFunction(into: JsonObject, delta: JsonObject): void {
  set(into, 'name', delta.name)
  // Ollama's are no text.
  if (isObject(delta.arguments)) into.arguments ??= delta.arguments
  else append(into, 'arguments', delta.arguments)
}

/** The object under `key`, made if it is not there. */
function inner(value: JsonObject, key: string): JsonObject {
  const there = value[key]
  if (isObject(there)) return there
  const made: JsonObject = {}
  value[key] = made
  return made
}

function set(into: JsonObject, key: string, value: Json | undefined): void {
  const text = str(value)
  if (text !== undefined) into[key] = text
}

function append(into: JsonObject, key: string, piece: Json | undefined): void {
  if (typeof piece !== 'string') return
  const before = into[key]
  into[key] = typeof before === 'string' ? before + piece : piece
}
