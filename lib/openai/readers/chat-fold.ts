import { field, isObject, type Json, type JsonObject, str } from '../json'
import { foldChoices, foldTop } from './choices'
import { contentText } from './content'
import { indexOf, objects } from './shape'

interface Choice extends JsonObject {
  index: number
  message: JsonObject
}

/** Texts that come in pieces. Audio's `data` is left out: it is large, and nobody shows it. */
const PIECES = ['content', 'refusal', 'reasoning_content', 'reasoning'] as const
/** Tool calls past this are not folded: no span shows them. */
const MOST_CALLS = 500

/** The chat completion that the chunks of a stream add up to. */
export function foldChat(events: readonly Json[]): Json {
  const calls = new Map<JsonObject, Map<number, JsonObject>>()
  const choices = foldChoices<Choice>(
    events,
    index => ({ index, message: {}, finish_reason: null }),
    ({ message }, choice) => {
      // Some servers put whole messages where deltas should be.
      const delta = field(choice, 'delta') ?? field(choice, 'message')
      if (!isObject(delta)) return
      addDelta(message, delta)
      const called = calls.get(message) ?? new Map<number, JsonObject>()
      calls.set(message, called)
      for (const call of objects(delta.tool_calls)) addToolCall(called, call)
    },
  )
  for (const [message, called] of calls) {
    if (called.size > 0) message.tool_calls = [...called].sort(([a], [b]) => a - b).map(([, call]) => call)
  }
  return { ...foldTop(events, 'chat.completion'), choices }
}

function addDelta(message: JsonObject, delta: JsonObject): void {
  const role = str(delta.role)
  if (role !== undefined) message.role ??= role
  for (const key of PIECES) append(message, key, delta[key])
  // Mistral's reasoning models send lists of parts.
  if (Array.isArray(delta.content)) append(message, 'content', contentText(delta.content) ?? null)
  if (isObject(delta.function_call)) addFunction(inner(message, 'function_call'), delta.function_call)
  if (isObject(delta.audio)) {
    const audio = inner(message, 'audio')
    set(audio, 'id', delta.audio.id)
    append(audio, 'transcript', delta.audio.transcript)
  }
}

/** By its index; where a server leaves that out, a delta with an id begins a new call and one without continues. */
function addToolCall(called: Map<number, JsonObject>, delta: JsonObject): void {
  const next = called.size
  const index = indexOf(delta, str(delta.id) === undefined ? Math.max(0, next - 1) : next)
  if (!called.has(index) && next >= MOST_CALLS) return
  const call = called.get(index) ?? {}
  called.set(index, call)
  set(call, 'id', delta.id)
  set(call, 'type', delta.type)
  if (isObject(delta.function)) addFunction(inner(call, 'function'), delta.function)
  if (isObject(delta.custom)) {
    const custom = inner(call, 'custom')
    set(custom, 'name', delta.custom.name)
    append(custom, 'input', delta.custom.input)
  }
}

function addFunction(into: JsonObject, delta: JsonObject): void {
  set(into, 'name', delta.name)
  append(into, 'arguments', delta.arguments)
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
