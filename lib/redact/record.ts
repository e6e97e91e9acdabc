import type { Scrub } from './scrub'

/** Names that our own records have. None is a credential: those are longer, or have more than letters. */
const OWN_NAME = /^[a-z][A-Za-z]{0,19}$/

/**
 * A record with every text and every foreign name of it rewritten: a walk over all there is, so that a fact that is
 * added tomorrow is covered too. The record itself where nothing changes, which is nearly always.
 */
export function rewriteRecord<T extends object>(record: T, scrub: Scrub): T {
  const clean: Scrub = name => (OWN_NAME.test(name) ? name : scrub(name))
  // The copy has the record's shape: only texts and foreign names differ.
  return holds(record, scrub, clean) ? (rewritten(record, scrub, clean) as T) : record
}

/** Walks with a list of its own and not by calling itself: values 100,000 deep are valid JSON. */
function holds(record: object, scrub: Scrub, rename: Scrub): boolean {
  const waiting: object[] = [record]
  const seen = new Set<object>(waiting)
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const isFound = eachMember(next, (name, value) => {
      if (rename(name) !== name) return true
      if (typeof value === 'string') return scrub(value) !== value
      if (typeof value !== 'object' || value === null || seen.has(value)) return false
      seen.add(value)
      waiting.push(value)
      return false
    })
    if (isFound) return true
  }
  return false
}

function rewritten(record: object, scrub: Scrub, rename: Scrub): object {
  const copies = new Map<object, object>()
  const waiting: object[] = []
  const copyOf = (value: object): object => {
    const known = copies.get(value)
    if (known !== undefined) return known
    const copy = emptyLike(value)
    copies.set(value, copy)
    waiting.push(value)
    return copy
  }
  const root = copyOf(record)
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const to = copyOf(next)
    for (const [name, value] of membersOf(next)) {
      const inner = typeof value === 'object' && value !== null ? copyOf(value) : value
      putValue(to, rename(name), typeof inner === 'string' ? scrub(inner) : inner)
    }
  }
  return root
}

/** Until one is what is looked for. Without the lists of `membersOf`, which were 9 kB of garbage a call. */
function eachMember(value: object, isFound: (name: string, value: unknown) => boolean): boolean {
  if (value instanceof Map) {
    for (const [name, inner] of value) if (isFound(name, inner)) return true
    return false
  }
  if (Array.isArray(value)) return value.some(inner => isFound('', inner))
  for (const name in value) {
    if (Object.hasOwn(value, name) && isFound(name, Reflect.get(value, name))) return true
  }
  return false
}

function membersOf(value: object): Iterable<[string, unknown]> {
  if (value instanceof Map) return value
  return Array.isArray(value) ? value.map((inner): [string, unknown] => ['', inner]) : Object.entries(value)
}

function emptyLike(value: object): object {
  if (value instanceof Map) return new Map()
  return Array.isArray(value) ? [] : {}
}

function putValue(into: object, name: string, value: unknown): void {
  if (into instanceof Map) into.set(name, value)
  else if (Array.isArray(into)) into.push(value)
  // Assigning to `__proto__` would set the copy's prototype instead.
  else Object.defineProperty(into, name, { value, enumerable: true, configurable: true, writable: true })
}
