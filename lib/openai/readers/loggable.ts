import type { Json, JsonObject } from '../json'

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

/** Values of one attribute. A stream's events may add up to more than any body that comes in one piece. */
const MOST_VALUES = 20_000

/**
 * A value as a log may carry it: base64 of images, audio and files replaced by a short marker, depth and number of
 * values bounded.
 */
export function loggable(value: Json): Json {
  return copied(value, 0, { left: MOST_VALUES })
}

interface Room {
  left: number
}

function copied(value: Json, depth: number, room: Room): Json {
  if (typeof value === 'string') return loggableText(value)
  if (value === null || typeof value !== 'object') return value
  if (depth >= DEEPEST) return '[…]'
  return Array.isArray(value) ? copiedList(value, depth, room) : copiedObject(value, depth, room)
}

function copiedList(items: readonly Json[], depth: number, room: Room): Json[] {
  const copy: Json[] = []
  for (const item of items) {
    if (room.left <= 0) break
    room.left -= 1
    copy.push(copied(item, depth + 1, room))
  }
  return copy
}

function copiedObject(value: JsonObject, depth: number, room: Room): JsonObject {
  const members: [string, Json][] = []
  for (const key of Object.keys(value)) {
    if (room.left <= 0) break
    room.left -= 1
    const member = value[key] ?? null
    const marker = typeof member === 'string' && member !== '' ? BINARY_MEMBERS.get(key) : undefined
    members.push([key, marker ?? copied(member, depth + 1, room)])
  }
  // Not by assignment: a member may be called `__proto__`.
  return Object.fromEntries(members)
}

function loggableText(text: string): string {
  const kind = DATA_URL.exec(text.slice(0, 200))?.[1]?.toLowerCase()
  if (kind !== undefined) return kind === 'image' || kind === 'audio' || kind === 'video' ? `[${kind}]` : '[file]'
  // Its first kilobyte tells: prose has spaces, and code has more than this alphabet.
  return text.length >= LEAST_BASE64 && BASE64.test(text.slice(0, LEAST_BASE64)) ? '[binary]' : text
}
