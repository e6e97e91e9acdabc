import type { Json } from '../../openai/json'
import { parsedJson } from './lossless'
import type { TapeEvent } from './tape-types'

export type { TapeEvent }

/** The event as it goes over the wire, with its empty line. */
export function eventText({ event, data }: TapeEvent): string {
  const lines = typeof data === 'string' ? data.split('\n') : [JSON.stringify(data)]
  return `${event === undefined ? '' : `event: ${event}\n`}${lines.map(line => `data: ${line}\n`).join('')}\n`
}

/**
 * The events of a body, or undefined where they would not give the body back: a comment, an id, a retry, another line end,
 * an event that is not ended by its empty line. Such a body is kept as text.
 */
export function parseEventStream(text: string): TapeEvent[] | undefined {
  const blocks = text.split('\n\n')
  if (blocks.length < 2 || blocks.pop() !== '') return undefined
  const events = blocks.map(parseEvent)
  return events.every(event => event !== undefined) ? events : undefined
}

function parseEvent(block: string): TapeEvent | undefined {
  const match = /^(?:event: (.*)\n)?(data: .*(?:\ndata: .*)*)$/.exec(block)
  if (match?.[2] === undefined) return undefined
  const text = match[2].replace(/^data: /gm, '')
  const data = structured(text) ?? text
  return match[1] === undefined ? { data } : { event: match[1], data }
}

/**
 * What is written again as it was: with the same spaces, and no longer integer than a number holds. A JSON scalar stays
 * text, so that a string in a tape always means the bytes it spells.
 */
function structured(text: string): Json | undefined {
  const value = /^[[{]/.test(text) ? parsedJson(text) : undefined
  return value !== undefined && JSON.stringify(value) === text ? value : undefined
}
