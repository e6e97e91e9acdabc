import { isObject, type Json, type JsonObject } from '../json'

const MOST_SCANNED = 256 * 1024

/**
 * What can still be read of a JSON object whose middle is missing: its first members that are not containers, and the
 * usage at its end.
 */
export function salvage(head: string, tail: string): JsonObject {
  const found = leadingMembers(head.slice(0, MOST_SCANNED))
  const usage = lastObject(tail, 'usage')
  if (usage !== undefined) found.usage = usage
  const model = /^.*"model"\s*:\s*"([^"\\]{1,200})"/s.exec(tail.slice(-4096))?.[1]
  if (model !== undefined) found.model ??= model
  return found
}

/** The scalar members of the outermost object, up to where the text ends. */
function leadingMembers(text: string): JsonObject {
  const members: JsonObject = Object.create(null)
  const token = /"(?:[^"\\]|\\.)*"|[[\]{}:,]|[^\s[\]{}:,"]+/sy
  const skip = /\s*/y
  let depth = 0
  let key: string | undefined
  let last: string | undefined
  while (token.lastIndex < text.length) {
    skip.lastIndex = token.lastIndex
    skip.exec(text)
    token.lastIndex = skip.lastIndex
    const match = token.exec(text)?.[0]
    if (match === undefined) break
    if (match === '{' || match === '[') depth += 1
    else if (match === '}' || match === ']') depth -= 1
    else if (match === ':' && depth === 1) key = parsed(last) as string | undefined
    else if (match !== ',' && match !== ':' && depth === 1 && key !== undefined) {
      const value = parsed(match)
      if (value !== undefined) members[key] = value
      key = undefined
    }
    if (depth !== 1) key = undefined
    last = match
  }
  return members
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
      const value = parsed(text.slice(open, i + 1))
      return isObject(value) ? value : undefined
    }
  }
  return undefined
}

function parsed(text: string | undefined): Json | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Json)
  } catch {
    // Cut off in the middle of a token: there is no value to be had.
    return undefined
  }
}
