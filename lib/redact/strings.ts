import type { Json, JsonObject } from '../openai/json'

type Container = Json[] | JsonObject

interface Task {
  readonly from: Container
  readonly to: Container
}

/** `null` keeps a list's places; an object does without the field. */
const GONE_FROM_LIST = null

/**
 * A copy of a JSON value with every text, and every name of a field, rewritten; where `rewrite` gives undefined the
 * text is left out. Walks with a list of its own and not by calling itself: values 100,000 deep are valid JSON.
 */
export function mapStrings(
  value: Json,
  rewrite: (text: string) => string | undefined,
  rename: (name: string) => string = name => name,
): Json | undefined {
  if (typeof value === 'string') return rewrite(value)
  if (typeof value !== 'object' || value === null) return value
  const root = emptyLike(value)
  const tasks: Task[] = [{ from: value, to: root }]
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    for (const [name, inner] of entriesOf(task.from)) {
      const copy = typeof inner === 'object' && inner !== null ? emptyLike(inner) : inner
      if (copy !== inner) tasks.push({ from: inner as Container, to: copy as Container })
      putString(task.to, rename(name), typeof copy === 'string' ? rewrite(copy) : copy)
    }
  }
  return root
}

function emptyLike(value: Container): Container {
  return Array.isArray(value) ? [] : {}
}

function entriesOf(value: Container): Iterable<[string, Json]> {
  return Array.isArray(value) ? value.map(inner => ['', inner]) : Object.entries(value)
}

function putString(into: Container, name: string, value: Json | undefined): void {
  if (Array.isArray(into)) into.push(value ?? GONE_FROM_LIST)
  // Assigning to `__proto__` would set the copy's prototype instead.
  else if (name === '__proto__') Object.defineProperty(into, name, { value, enumerable: true, configurable: true })
  else if (value !== undefined) into[name] = value
}
