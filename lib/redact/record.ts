import { pause } from '../turns'
import { cleanInPieces } from './in-pieces'
import type { Scrub } from './scrub'

/** Names that our own records have. None is a credential: those are longer, or have more than letters. */
const OWN_NAME = /^[a-z][A-Za-z]{0,19}$/
/** Characters looked at between two looks at the clock: 0.1 ms, 1 ms of texts that are full of a credential's parts. */
const AT_ONCE = 16_384
/** Of a list so many members. */
const MEMBERS_AT_ONCE = 1_000

/**
 * A record with every text and every foreign name of it rewritten: a walk over all there is, so that a fact that is
 * added tomorrow is covered too. The record itself where nothing changes, which is nearly always.
 */
export function rewriteRecord<T extends object>(record: T, scrub: Scrub): T {
  const search = new Search(record, scrub)
  while (!search.goOn());
  return search.found ? copied(record, scrub) : record
}

/** The same in slices: texts may be megabytes, or many thousands. */
export async function rewriteInTurns<T extends object>(record: T, scrub: Scrub): Promise<T> {
  const search = new Search(record, scrub, AT_ONCE)
  while (!search.goOn()) await pause()
  const known = new Map<string, string>()
  let { found } = search
  for (const text of search.long) {
    const clean = await cleanInPieces(text, scrub)
    known.set(text, clean)
    found ||= clean !== text
  }
  if (!found) return record
  const copy = new Copy(record, text => known.get(text) ?? scrub(text))
  while (!copy.goOn()) await pause()
  return copy.root as T
}

function copied<T extends object>(record: T, scrub: Scrub): T {
  const copy = new Copy(record, scrub)
  while (!copy.goOn());
  // The copy has the record's shape: only texts and foreign names differ.
  return copy.root as T
}

function renamed(name: string, scrub: Scrub): string {
  return OWN_NAME.test(name) ? name : scrub(name)
}

/**
 * Is there anything that changes? Walks with a list of its own and not by calling itself: values 100,000 deep are valid
 * JSON. Texts longer than `longest` are put aside, to be looked at in pieces.
 */
class Search {
  found = false
  readonly long = new Set<string>()
  readonly #waiting: object[]
  readonly #seen: Set<object>
  #left = 0

  constructor(
    record: object,
    private readonly scrub: Scrub,
    private readonly longest = Number.POSITIVE_INFINITY,
  ) {
    this.#waiting = [record]
    this.#seen = new Set(this.#waiting)
  }

  /** True when all has been looked at; false after some of it. */
  goOn(): boolean {
    for (this.#left = AT_ONCE; this.#left > 0; ) {
      const next = this.#waiting.pop()
      if (next === undefined) return true
      if (Array.isArray(next) && next.length > MEMBERS_AT_ONCE) this.#waiting.push(...partsOf(next))
      else eachMember(next, this.#look)
    }
    return false
  }

  readonly #look = (name: string, value: unknown): void => {
    this.#left -= 1 + name.length
    if (!this.found && renamed(name, this.scrub) !== name) this.found = true
    if (typeof value === 'string') this.#lookAt(value)
    if (typeof value !== 'object' || value === null || this.#seen.has(value)) return
    this.#seen.add(value)
    this.#waiting.push(value)
  }

  #lookAt(text: string): void {
    if (text.length > this.longest) {
      this.long.add(text)
    } else if (!this.found) {
      this.#left -= text.length
      this.found = this.scrub(text) !== text
    }
  }
}

function partsOf(list: readonly unknown[]): unknown[][] {
  const parts: unknown[][] = []
  for (let i = 0; i < list.length; i += MEMBERS_AT_ONCE) parts.push(list.slice(i, i + MEMBERS_AT_ONCE))
  return parts
}

/** A copy that is made in slices. */
class Copy {
  readonly root: object
  readonly #copies = new Map<object, object>()
  readonly #waiting: { readonly from: object; readonly at: number }[] = []
  #left = 0

  constructor(
    record: object,
    private readonly scrub: Scrub,
  ) {
    this.root = this.#copyOf(record)
  }

  /** True when it is whole; false after some of it. */
  goOn(): boolean {
    for (this.#left = AT_ONCE; this.#left > 0; ) {
      const next = this.#waiting.pop()
      if (next === undefined) return true
      const { from, at } = next
      const to = this.#copyOf(from)
      if (Array.isArray(from)) {
        const end = at + MEMBERS_AT_ONCE
        if (end < from.length) this.#waiting.push({ from, at: end })
        for (const value of from.slice(at, end)) this.#put(to, '', value)
      } else {
        eachMember(from, (name, value) => this.#put(to, name, value))
      }
    }
    return false
  }

  #put(to: object, name: string, value: unknown): void {
    this.#left -= 1 + name.length
    if (typeof value === 'string') this.#left -= value.length
    const inner = typeof value === 'object' && value !== null ? this.#copyOf(value) : value
    putValue(to, renamed(name, this.scrub), typeof inner === 'string' ? this.scrub(inner) : inner)
  }

  #copyOf(value: object): object {
    const known = this.#copies.get(value)
    if (known !== undefined) return known
    const copy = emptyLike(value)
    this.#copies.set(value, copy)
    this.#waiting.push({ from: value, at: 0 })
    return copy
  }
}

/** Without lists of its members, which were 9 kB of garbage a call. */
function eachMember(value: object, look: (name: string, value: unknown) => void): void {
  if (value instanceof Map) {
    for (const [name, inner] of value) look(name, inner)
  } else if (Array.isArray(value)) {
    for (const inner of value) look('', inner)
  } else {
    for (const name in value) if (Object.hasOwn(value, name)) look(name, Reflect.get(value, name))
  }
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
