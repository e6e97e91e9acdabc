import { isObject, type Json, type JsonObject } from '../../openai/json'

/** Deeper than this, lists and objects are left out where an entry is too deep for `JSON.stringify`. */
const DEEPEST = 64
/** Texts are not cut to less than this. */
const SHORTEST_TEXT = 64
const CUT = '…'

export interface Encoded {
  json: Buffer
  truncated: boolean
}

/**
 * An entry as JSON of at most `maxBytes`. One that is larger has its longest texts cut, as few and as little as it
 * takes, and is marked `truncated`; the entry itself is left as it is. Undefined for what is no JSON at all.
 */
export function encodeEntry(entry: JsonObject, maxBytes: number): Encoded | undefined {
  try {
    const whole = stringify(entry)
    if (whole !== undefined && fits(whole, maxBytes)) return { json: Buffer.from(whole), truncated: false }
    const shallow = whole === undefined ? pruned(entry, DEEPEST) : entry
    const json = whole ?? JSON.stringify(shallow)
    const size = { characters: json.length, bytes: Buffer.byteLength(json) }
    return { json: Buffer.from(cutEntry({ ...shallow, truncated: true }, size, maxBytes)), truncated: true }
  } catch {
    // A cycle or a BigInt from untyped code.
    return undefined
  }
}

/** Undefined for what is too deep: V8 parses any depth, but stringifies only what its stack holds. */
function stringify(entry: JsonObject): string | undefined {
  try {
    return JSON.stringify(entry)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function fits(json: string, maxBytes: number): boolean {
  // At most three bytes a code unit: most entries need no counting.
  return json.length * 3 <= maxBytes || Buffer.byteLength(json) <= maxBytes
}

/** How much of what would just fit the texts are given, one try after the other: each costs a serialisation. */
const SHARES = [1, 0.6, 0.25]

function cutEntry(entry: JsonObject, whole: Size, maxBytes: number): string {
  const { lengths, besides } = measured(entry)
  // Where names and numbers alone are too much, no text need be cut to find that out.
  for (const share of besides > maxBytes ? [] : SHARES) {
    const json = cutTo(entry, textLimit(lengths, whole, maxBytes * share))
    if (fits(json, maxBytes)) return json
  }
  // It is not its texts that are large: numbers by the hundred thousand. What is plain is kept.
  const plain = Object.entries(entry).filter(([, value]) => typeof value !== 'object')
  return cutTo(Object.fromEntries(plain), SHORTEST_TEXT)
}

/** Of the JSON before anything is cut. */
interface Size {
  readonly characters: number
  readonly bytes: number
}

/** The lengths of an entry's texts, and at least so many characters of all else. */
function measured(entry: JsonObject): { lengths: number[]; besides: number } {
  const lengths: number[] = []
  let besides = 0
  const waiting: Json[] = [entry]
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    besides += 1
    if (typeof value === 'string') lengths.push(value.length)
    else if (Array.isArray(value)) for (const inner of value) waiting.push(inner)
    else if (isObject(value)) {
      for (const name of Object.keys(value)) {
        besides += name.length
        waiting.push(value[name] ?? null)
      }
    }
  }
  return { lengths: lengths.sort((a, b) => b - a), besides }
}

/** The length, in code units, at which cutting every longer text makes the entry about as long as it may be. */
function textLimit(lengths: readonly number[], { characters, bytes }: Size, maxBytes: number): number {
  // A code unit's mean price in bytes, escapes and all.
  let excess = characters - (maxBytes * characters) / bytes
  for (const [index, length] of lengths.entries()) {
    const next = lengths[index + 1] ?? 0
    const gain = (length - next) * (index + 1)
    if (gain >= excess) return Math.max(SHORTEST_TEXT, Math.floor(length - excess / (index + 1)))
    excess -= gain
  }
  return SHORTEST_TEXT
}

function cutTo(entry: JsonObject, limit: number): string {
  return JSON.stringify(entry, (_, value) =>
    typeof value === 'string' && value.length > limit ? value.slice(0, wholeEnd(value, limit)) + CUT : value,
  )
}

/** Not between the halves of a surrogate pair. */
function wholeEnd(text: string, end: number): number {
  return (text.codePointAt(end - 1) ?? 0) > 0xffff ? end - 1 : end
}

function pruned(value: JsonObject, depth: number): JsonObject {
  const kept = Object.entries(value).map(([key, inner]) => [key, prunedValue(inner, depth)] as const)
  return Object.fromEntries(kept)
}

function prunedValue(value: Json, depth: number): Json {
  if (typeof value !== 'object' || value === null) return value
  if (depth === 0) return CUT
  return Array.isArray(value) ? value.map(inner => prunedValue(inner, depth - 1)) : pruned(value, depth - 1)
}
