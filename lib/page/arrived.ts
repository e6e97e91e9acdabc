import { isObject, type Json } from '../openai/json'
import type { WireChunk } from '../openai/wire'

/** What had arrived after so many chunks: the raw text. */
export function arrived(chunks: readonly WireChunk[], count: number): string {
  return chunks
    .slice(0, count)
    .map(({ text = '' }) => text)
    .join('')
}

/** The answer's text that was in the whole events of a raw text: chat, completions, the Responses API. */
export function textOfEvents(raw: string): string {
  return raw
    .split(/\r?\n/)
    .filter(line => line.startsWith('data:'))
    .map(line => deltaOf(line.slice(5)))
    .join('')
}

function deltaOf(data: string): string {
  const event = parsed(data)
  if (!isObject(event)) return ''
  if (typeof event.delta === 'string' && /text|arguments|refusal/.test(String(event.type))) return event.delta
  const [choice] = Array.isArray(event.choices) ? event.choices : []
  if (!isObject(choice)) return ''
  if (typeof choice.text === 'string') return choice.text
  return isObject(choice.delta) ? textOfDelta(choice.delta) : ''
}

function textOfDelta({ content, reasoning_content, refusal, tool_calls }: Record<string, Json>): string {
  const calls = Array.isArray(tool_calls) ? tool_calls.map(argumentsOf) : []
  return [reasoning_content, content, refusal, ...calls].filter(text => typeof text === 'string').join('')
}

function argumentsOf(call: Json): Json {
  return isObject(call) && isObject(call.function) ? (call.function.arguments ?? '') : ''
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
