import type { Json } from '../lib/openai/json'
import { readerFor } from '../lib/openai/readers'
import type { Asked, FormFile, Payload } from '../lib/openai/readers/reader'

export const NOTHING: Payload = { kind: 'none' }
export const json = (value: Json): Payload => ({ kind: 'json', value })
export const form = (fields: Record<string, string>, ...files: FormFile[]): Payload => ({
  kind: 'form',
  fields: new Map(Object.entries(fields)),
  files,
})
const asking = (payload: Payload, params: Record<string, string> = {}, query = ''): Asked => ({
  payload,
  params: new Map(Object.entries(params)),
  query: new URLSearchParams(query),
})

/** Everything that a reader says of a request or an answer, as one object. */
export const asked = (family: string, payload: Payload, params?: Record<string, string>, query?: string): unknown => {
  const { fields, content } = readerFor(family).request(asking(payload, params, query))
  return { ...Object.fromEntries(fields), ...Object.fromEntries(content) }
}
export const answered = (family: string, payload: Payload): unknown => {
  const { fields, content } = readerFor(family).response(payload)
  return { ...Object.fromEntries(fields), ...Object.fromEntries(content) }
}
export const logged = (family: string, ask: Payload, answer: Payload = NOTHING): unknown =>
  readerFor(family).sample?.(asking(ask), answer)
