/** What a query says. To be read only: all that say nothing are the same. */
export type Params = Omit<URLSearchParams, 'append' | 'delete' | 'set' | 'sort'>

const NONE: Params = new URLSearchParams()
/** Servers refuse longer ones; one of a megabyte took 29 ms to read. */
const LONGEST_QUERY = 65_536

/** Most calls have no query, and to make its parameters takes 1 µs each time. */
export function paramsOf(query: string): Params {
  return query === '' ? NONE : new URLSearchParams(boundedQuery(query))
}

/** Of a query that is too long to be read, its beginning and its end. */
export function boundedQuery(query: string): string {
  if (query.length <= LONGEST_QUERY) return query
  return `${query.slice(0, LONGEST_QUERY / 2)}&${query.slice(-LONGEST_QUERY / 2)}`
}
