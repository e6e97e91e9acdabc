import { isObject, type Json, type JsonObject } from '../json'

/** Members that hold binary data as base64, by what a log says in their place. */
const BINARY_MEMBERS: ReadonlyMap<string, string> = new Map([
  ['b64_json', 'returned'],
  ['partial_image_b64', '[image]'],
  ['image_base64', '[image]'],
  ['file_data', '[file]'],
  ['encrypted_content', '[encrypted]'],
])

/** Deeper than any body of the API; beyond it a log, whose JSON is written recursively, shows nothing. */
const DEEPEST = 24
/** Shorter than this base64 is no burden, and may be a word. */
const LEAST_BASE64 = 1024
const DATA_URL = /^data:([a-z]+)\/[\w.+-]+(?:;[\w=.+-]+)*;base64,/i
const BASE64 = /^[A-Za-z0-9+/_=-]+$/

/** A value as a log may carry it: base64 of images, audio and files replaced by a short marker, depth bounded. */
export function loggable(value: Json, depth = 0): Json {
  if (typeof value === 'string') return loggableText(value)
  if (depth >= DEEPEST) return value !== null && typeof value === 'object' ? '[…]' : value
  if (Array.isArray(value)) return value.map(item => loggable(item, depth + 1))
  return isObject(value) ? loggableObject(value, depth) : value
}

function loggableObject(value: JsonObject, depth: number): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([key, member]): [string, Json] => {
      const marker = typeof member === 'string' && member !== '' ? BINARY_MEMBERS.get(key) : undefined
      return [key, marker ?? loggable(member, depth + 1)]
    }),
  )
}

function loggableText(text: string): string {
  const kind = DATA_URL.exec(text.slice(0, 200))?.[1]?.toLowerCase()
  if (kind !== undefined) return kind === 'image' || kind === 'audio' || kind === 'video' ? `[${kind}]` : '[file]'
  // Its first kilobyte tells: prose has spaces, and code has more than this alphabet.
  return text.length >= LEAST_BASE64 && BASE64.test(text.slice(0, LEAST_BASE64)) ? '[binary]' : text
}
