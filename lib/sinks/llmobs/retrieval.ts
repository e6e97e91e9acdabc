import type { Call } from '../../openai/call'
import { field, isObject, type Json, type JsonObject, list, num, str } from '../../openai/json'
import { objectsOf, textOf } from './message'

/** What was searched for: one text, or several one under the other. */
export function searchedFor({ sample }: Call): JsonObject | undefined {
  const texts = [sample.query ?? [], sample.search_query ?? []].map(queriesOf).find(found => found.length > 0)
  return texts === undefined ? undefined : { value: texts.join('\n') }
}

function queriesOf(query: Json): string[] {
  return [query].flat().flatMap(each => str(each) ?? [])
}

/** Each part of a file that was found, with its place in the order of worth. */
export function documentsFound({ sample }: Call): JsonObject | undefined {
  if (sample.results === undefined) return undefined
  return {
    documents: objectsOf(sample.results).map(({ content, filename, file_id, score }) => ({
      text: textsOf(content),
      ...(str(filename) === undefined ? {} : { name: filename ?? '' }),
      ...(str(file_id) === undefined ? {} : { id: file_id ?? '' }),
      ...(num(score) === undefined ? {} : { score: score ?? 0 }),
    })),
  }
}

function textsOf(content: Json | undefined): string {
  return list(content)
    .flatMap(part => (isObject(part) ? (textOf(field(part, 'text')) ?? []) : []))
    .join('\n')
}
