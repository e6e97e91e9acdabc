/** The narrowers at the border: everything from the wire passes one of these once, and is typed from there on. */

export type Json = null | boolean | number | string | Json[] | JsonObject
export interface JsonObject {
  [key: string]: Json
}

/** Own property, or undefined: a body's `__proto__` or `constructor` is never reached through the prototype. */
export function field(value: unknown, key: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

/** Follows own properties and list indexes: `at(body, 'choices', 0, 'message')`. */
export function at(value: unknown, ...path: (string | number)[]): Json | undefined {
  let here: Json | undefined = value as Json
  for (const step of path) {
    here = typeof step === 'number' ? (Array.isArray(here) ? here[step] : undefined) : field(here, step)
    if (here === undefined) return undefined
  }
  return here
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A string that says something; empty ones (a first chunk's id) count as absent. */
export function str(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

export function num(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** A finite number that can count something: not negative. */
export function count(value: unknown): number | undefined {
  const n = num(value)
  return n !== undefined && n >= 0 ? n : undefined
}

export function list(value: unknown): Json[] {
  return Array.isArray(value) ? value : []
}

export function obj(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}

/** Lists of which not every element was kept, by the length that they have on the wire. */
const LENGTHS = new WeakMap<readonly unknown[], number>()

/** How many elements a list has, whether they were kept or not. */
export function lengthOf(items: readonly unknown[]): number {
  return LENGTHS.get(items) ?? items.length
}

/** A list that stands for a longer one: its first elements. */
export function shortened<T extends Json>(items: T[], length: number): T[] {
  if (length > items.length) LENGTHS.set(items, length)
  return items
}
