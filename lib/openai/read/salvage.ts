import { isObject, type Json, type JsonObject } from '../json'
import type { Bounds } from './json/bounds'
import { readBeginning } from './json/read-json'

/** Usage stands near the end: behind it come a few ids. */
const MOST_OF_TAIL = 64 * 1024

/** What can still be read of a JSON object whose middle is missing: its first members that are whole, and its usage. */
export async function salvage(head: Buffer, end: Buffer, bounds: Bounds): Promise<JsonObject> {
  const found = await readBeginning(head, bounds)
  const tail = end.subarray(Math.max(0, end.length - MOST_OF_TAIL)).toString('utf8')
  const usage = lastObject(tail, 'usage')
  if (usage !== undefined) found.usage = usage
  const model = /^.*"model"\s*:\s*"([^"\\]{1,200})"/s.exec(tail.slice(-4096))?.[1]
  if (model !== undefined) found.model ??= model
  return found
}

function lastObject(text: string, key: string): JsonObject | undefined {
  const start = text.lastIndexOf(`"${key}"`)
  const open = start < 0 ? -1 : text.indexOf('{', start)
  if (open < 0 || !/^"[a-z]+"\s*:\s*$/.test(text.slice(start, open))) return undefined
  let depth = 0
  for (let i = open; i < Math.min(text.length, open + 4096); i += 1) {
    if (text[i] === '{') depth += 1
    if (text[i] === '}') depth -= 1
    if (depth === 0) {
      const value = parsedPart(text.slice(open, i + 1))
      return isObject(value) ? value : undefined
    }
  }
  return undefined
}

function parsedPart(text: string | undefined): Json | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Json)
  } catch {
    // Cut off in the middle of a token: there is no value to be had.
    return undefined
  }
}
