import { field, isObject, type Json, type JsonObject, list, str } from '../../openai/json'
import { contentText } from '../../openai/readers/content'

/** A message in LLM Observability's shape: `content` is there, if only empty, where no tool is called or answers. */
export function message(role: Json | undefined, content: string | undefined, more: JsonObject = {}): JsonObject {
  const parts = Object.keys(more).length > 0
  return { role: str(role) ?? '', ...(content === undefined && parts ? {} : { content: content ?? '' }), ...more }
}

/** What a message says as one text: its parts one under the other, what is no text as `[image]`, `[audio]`, `[file]`. */
export function textOf(content: Json | undefined): string | undefined {
  return content === '' ? '' : contentText(content)
}

/** Where a part that is no text says which picture or file it is, the first that is there. */
const PLACES: ReadonlyMap<string, { readonly names: readonly string[]; readonly none: string }> = new Map([
  ['input_image', { names: ['image_url', 'file_id'], none: '[image]' }],
  ['input_file', { names: ['file_id', 'file_url', 'filename'], none: '[file]' }],
])

/** A picture or file of the Responses API by what it is known by; undefined for any other part. */
export function placeOf(part: Json | undefined): string | undefined {
  const place = PLACES.get(str(field(part, 'type')) ?? '')
  return place && (place.names.map(name => str(field(part, name))).find(found => found !== undefined) ?? place.none)
}

/** The texts of a message's parts without anything between them, as the Responses API cuts one text into parts. */
export function joinedText(content: Json | undefined): string | undefined {
  if (!Array.isArray(content)) return textOf(content)
  return content.map(part => placeOf(part) ?? contentText([part]) ?? '').join('')
}

/** Under `meta.input` or `meta.output`. */
export function messages(told: readonly JsonObject[]): JsonObject | undefined {
  return told.length === 0 ? undefined : { messages: [...told] }
}

/** The objects of a list. */
export function objectsOf(value: Json | undefined): JsonObject[] {
  return list(value).filter(isObject)
}
