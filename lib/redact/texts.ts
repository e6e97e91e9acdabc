/** All texts of a record and the names of its members, in no order. Walks with a list of its own: depth has no end. */
export function* textsIn(record: object): Generator<string> {
  const waiting: object[] = [record]
  const seen = new Set<object>(waiting)
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const value of insideOf(next)) {
      if (typeof value === 'string') yield value
      if (typeof value !== 'object' || value === null || seen.has(value)) continue
      seen.add(value)
      waiting.push(value)
    }
  }
}

function* insideOf(value: object): Generator<unknown> {
  if (Array.isArray(value)) yield* value
  else if (value instanceof Map) {
    yield* value.keys()
    yield* value.values()
  } else {
    yield* Object.keys(value)
    yield* Object.values(value)
  }
}
