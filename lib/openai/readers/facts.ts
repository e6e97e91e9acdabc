import type { Fact, Facts } from '../call'
import { isObject, type Json, lengthOf } from '../json'
import { isContent } from './content-names'

/** A body can have 10,000 choices; a span cannot have so many tags. */
const MOST_FACTS = 1000
const LONGEST_KEY = 200
/** Of a field; content is given whole. */
const LONGEST_FIELD = 2000
const LONGEST_JSON = 4000
const DEEPEST_JSON = 8

export function facts(): FactsBuilder {
  return new FactsBuilder()
}

/** Gathers facts and leaves out what is none: null, empty, of the wrong type, not finite, or past the bounds. */
export class FactsBuilder implements Facts {
  readonly fields = new Map<string, Fact>()
  readonly content = new Map<string, string>()

  /** A parameter as the app gave it, as a string; objects are flattened one level. */
  param(key: string, value: Json | undefined): this {
    if (!isObject(value)) return this.put(key, asText(value))
    for (const [name, inner] of Object.entries(value)) {
      if (this.isFull) break
      this.put(`${key}.${name}`, asText(inner))
    }
    return this
  }

  /** Strings as they are, booleans as `true` and `false`; a number is no string. */
  string(key: string, value: Json | undefined): this {
    return this.put(key, typeof value === 'boolean' ? String(value) : typeof value === 'string' ? value : undefined)
  }

  /** Finite numbers, booleans as 0 and 1; a string is no number. */
  number(key: string, value: Json | undefined): this {
    return this.put(key, typeof value === 'boolean' ? Number(value) : typeof value === 'number' ? value : undefined)
  }

  /** Of an object of unknown members each scalar by its own type, booleans as 0 and 1. */
  members(key: string, value: Json | undefined, except?: string): this {
    if (!isObject(value)) return this
    for (const [name, inner] of Object.entries(value)) {
      if (this.isFull) break
      if (name === except) continue
      if (typeof inner === 'string') this.string(`${key}.${name}`, inner)
      else this.number(`${key}.${name}`, inner)
    }
    return this
  }

  /** The length of a list. */
  count(key: string, value: Json | undefined): this {
    return this.put(key, Array.isArray(value) ? lengthOf(value) : undefined)
  }

  /** A prompt or an output. */
  text(key: string, value: string | undefined): this {
    if (value === undefined || value === '' || key.length > LONGEST_KEY) return this
    if (this.content.size < MOST_FACTS || this.content.has(key)) this.content.set(key, value)
    return this
  }

  /** No further field is taken. */
  get isFull(): boolean {
    return this.fields.size >= MOST_FACTS
  }

  private put(key: string, value: Fact | undefined): this {
    if (value === undefined || value === '' || key.length > LONGEST_KEY) return this
    if (typeof value === 'number' && !Number.isFinite(value)) return this
    if (typeof value === 'string' && isContent(key, value)) return this.text(key, value)
    if (this.isFull && !this.fields.has(key)) return this
    this.fields.set(key, typeof value === 'string' ? value.slice(0, LONGEST_FIELD) : value)
    return this
  }
}

/** What a value is as a text: scalars as they read, lists and objects as JSON. Null and empty are nothing. */
export function asText(value: Json | undefined): string | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value === 'string') return value
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined
  if (typeof value === 'boolean') return String(value)
  const empty = Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0
  return empty ? undefined : jsonText(value)
}

/**
 * JSON with a space after commas and colons (`[1, 2]`, as the dashboards' users know it), of bounded length and depth:
 * JSON.stringify overflows the stack on a body nested deep enough, and a list of a million tokens is for no tag.
 */
function jsonText(value: Json): string {
  let text = ''
  const isOver = (): boolean => text.length > LONGEST_JSON
  const writeList = (items: Json[], depth: number): void => {
    for (const [i, item] of items.entries()) {
      if (isOver()) return
      if (i > 0) text += ', '
      write(item, depth)
    }
  }
  const writeMembers = (members: [string, Json][], depth: number): void => {
    for (const [i, [key, item]] of members.entries()) {
      if (isOver()) return
      text += `${i > 0 ? ', ' : ''}${JSON.stringify(key.slice(0, LONGEST_JSON))}: `
      write(item, depth)
    }
  }
  const write = (item: Json, depth: number): void => {
    if (Array.isArray(item)) {
      text += '['
      if (depth < DEEPEST_JSON) writeList(item, depth + 1)
      text += ']'
    } else if (isObject(item)) {
      text += '{'
      if (depth < DEEPEST_JSON) writeMembers(Object.entries(item), depth + 1)
      text += '}'
    } else {
      text += JSON.stringify(typeof item === 'string' ? item.slice(0, LONGEST_JSON) : item)
    }
  }
  write(value, 0)
  return text.slice(0, LONGEST_JSON)
}
