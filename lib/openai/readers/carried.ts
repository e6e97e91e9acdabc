import { field, isObject, type Json, list, str } from '../json'

/**
 * What an event of a stream brings:
 * - `content`: a piece of the answer that can be shown or acted on, as the model writes it;
 * - `item`: the same as a whole, at once: a picture, a call of a built-in tool, a text that has ended;
 * - `reasoning`: a piece of the reasoning, token by token;
 * - `summary`: a piece of a summary of the reasoning, which can be shown and is not the tokens that are billed;
 * - `other`: ids, a status, an end, usage;
 * - `nothing`: it only keeps the connection open.
 */
export type Carried = 'content' | 'item' | 'reasoning' | 'summary' | 'other' | 'nothing'

/** The one that counts where an event brings several. */
const BY_WEIGHT: readonly Carried[] = ['content', 'item', 'reasoning', 'summary', 'other']

/** Of a chunk with choices: the most that one of them brings. `said` looks at a choice that says something. */
export function choicesCarry(event: Json, said: (choice: Json) => Carried | undefined): Carried {
  const choices = list(field(event, 'choices'))
  const found = choices.map(choice => said(choice) ?? (isEmptyChoice(choice) ? 'nothing' : 'other'))
  return BY_WEIGHT.find(carried => found.includes(carried)) ?? (isEmptyChunk(event) ? 'nothing' : 'other')
}

/** A role is said in the first chunk, or in every one. */
function isEmptyChoice(choice: Json): boolean {
  const { finish_reason: reason, usage, content_filter_results: filtered, message } = isObject(choice) ? choice : {}
  if (str(reason) !== undefined || isObject(usage) || isObject(message)) return false
  if (isObject(filtered) && Object.keys(filtered).length > 0) return false
  const delta = field(choice, 'delta')
  return !isObject(delta) || Object.entries(delta).every(([name, value]) => name === 'role' || isNothing(value))
}

function isNothing(value: Json): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0)
}

/** What is no chunk at all, as an error, is not empty. */
function isEmptyChunk(event: Json): boolean {
  const { choices, usage, error, x_groq, prompt_filter_results: filtered } = isObject(event) ? event : {}
  return Array.isArray(choices) && ![usage, error, x_groq].some(isObject) && !Array.isArray(filtered)
}

/** By an event's name, for the families whose events have one. */
export function carriedBy(names: Readonly<Record<string, Carried>>): (name: string) => Carried | undefined {
  const table = new Map(Object.entries(names))
  return name => table.get(name)
}
