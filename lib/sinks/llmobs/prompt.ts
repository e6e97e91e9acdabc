import type { Call } from '../../openai/call'
import { field, isObject, type Json, type JsonObject, str } from '../../openai/json'
import { placeOf } from './message'
import { itemMessages } from './responses'

/**
 * A stored prompt by its id and version, what it was filled in with, and its template: the API tells the messages that
 * the prompt came to, and putting the variables' names back where their values stand gives what it was made from.
 */
export function promptOf({ sample, response }: Call): JsonObject | undefined {
  const { prompt, instructions } = sample
  const id = str(response.fields.get('prompt.id')) ?? str(field(prompt, 'id'))
  const version = str(response.fields.get('prompt.version')) ?? str(field(prompt, 'version'))
  if (!isObject(prompt) || id === undefined) return undefined
  const variables = variablesOf(prompt.variables)
  const template = Array.isArray(instructions) ? templateOf(instructions, variables) : []
  return {
    id,
    ...(version === undefined ? {} : { version }),
    variables: Object.fromEntries(variables),
    ...(template.length === 0 ? {} : { chat_template: template }),
    _dd_context_variable_keys: ['context'],
    _dd_query_variable_keys: ['question'],
  }
}

/** Does a variable stand for a picture or a file? */
export function isMultimodal(prompt: Json | undefined): boolean {
  const variables = field(prompt, 'variables')
  return isObject(variables) && Object.values(variables).some(value => placeOf(value) !== undefined)
}

function variablesOf(variables: Json | undefined): [name: string, value: string][] {
  if (!isObject(variables)) return []
  return Object.entries(variables).map(([name, value]) => [name, textOfValue(value)])
}

function textOfValue(value: Json): string {
  const text = str(field(value, 'text'))
  if (text !== undefined) return text
  return placeOf(value) ?? (isObject(value) ? JSON.stringify(value) : String(value ?? ''))
}

const MARKERS: ReadonlySet<string> = new Set(['[image]', '[file]', ''])

/** The longest value first: a shorter one may be a part of it. */
function templateOf(instructions: Json[], variables: readonly (readonly [string, string])[]): JsonObject[] {
  const values = variables.filter(([, value]) => !MARKERS.has(value)).sort((a, b) => b[1].length - a[1].length)
  return itemMessages(instructions)
    .filter(({ content }) => content !== '')
    .map(({ role = '', content }) => ({
      role,
      content: values.reduce((text, [name, value]) => text.replaceAll(value, () => `{{${name}}}`), str(content) ?? ''),
    }))
}
