import { at, field, isObject, type Json, type JsonObject, str } from '../json'
import type { Fold } from './fold'
import { indexOf, objects } from './shape'

/** More messages or steps than this are not folded: no span shows them. */
const MOST_OBJECTS = 500

/**
 * The run that a stream of assistants' events adds up to, as it was last seen, with the messages it wrote and the
 * number of its steps.
 */
export function* foldRun(): Fold {
  let run: JsonObject = {}
  let thread: string | undefined
  let error: Json | undefined
  const messages = new Map<string, JsonObject>()
  const steps = new Set<string>()
  for (let event = yield; event !== undefined; event = yield) {
    const name = str(field(event, 'event')) ?? ''
    const data = field(event, 'data')
    error = field(event, 'error') ?? error
    if (!isObject(data)) continue
    const id = str(data.id) ?? ''
    if (name === 'thread.created') thread = str(data.id)
    else if (name.startsWith('thread.run.step.')) addStep(steps, id)
    else if (name.startsWith('thread.run.')) run = { ...run, ...data }
    else if (name === 'thread.message.delta') addDelta(messages, id, data)
    else if (name.startsWith('thread.message.') && (messages.has(id) || messages.size < MOST_OBJECTS)) {
      messages.set(id, { ...data })
    }
  }
  const folded: JsonObject = { ...run, messages: [...messages.values()], steps: [...steps] }
  if (thread !== undefined) folded.thread_id ??= thread
  if (error !== undefined) folded.error = error
  return folded
}

function addStep(steps: Set<string>, id: string): void {
  if (steps.size < MOST_OBJECTS) steps.add(id)
}

function addDelta(messages: Map<string, JsonObject>, id: string, data: JsonObject): void {
  if (!messages.has(id) && messages.size >= MOST_OBJECTS) return
  const message = messages.get(id) ?? { id, role: 'assistant' }
  messages.set(id, message)
  const content: Json[] = Array.isArray(message.content) ? message.content : []
  message.content = content
  for (const [position, part] of objects(at(data, 'delta', 'content')).entries()) {
    const index = indexOf(part, position)
    if (index >= MOST_OBJECTS) continue
    while (content.length <= index) content.push({ type: str(part.type) ?? 'text' })
    const there = content[index]
    const piece = str(at(part, 'text', 'value'))
    if (isObject(there) && piece !== undefined) {
      there.text = { value: (str(at(there, 'text', 'value')) ?? '') + piece }
    }
  }
}
