import type { Config } from '../../config'
import type { Call } from '../../openai/call'
import { Cardinality } from './cardinality'
import { TAGS } from './catalogue'
import type { Line } from './line'
import { tagName, tagValue } from './tag-value'

/** Room in a datagram for a metric's name, value, its own tags and the container's id. */
const ROOM_BESIDE_TAGS = 400

/** Lengths that tags are cut to, one after the other, until all of a metric's fit. */
const SHORTER: readonly number[] = [200, 120, 80, 50]

/** Sets of tags that are remembered. What is on the wire may be new on every call. */
const MOST_REMEMBERED = 1_000

/** The tags that all metrics of a call share, as they stand in a line, and the lines that wait to be sent with them. */
export interface TagSet {
  readonly text: string
  /** By the metric and its own tags. */
  readonly lines: Map<string, Line>
}

/** Finds the set of tags of a call. They are remembered by their raw values, in which the calls of an app differ little. */
export class TagSets {
  readonly #cardinality = new Cardinality()
  readonly #config: Config
  readonly #userTags: readonly (readonly [key: string, name: string])[]
  readonly #names: readonly string[]
  readonly #known = new Map<string, TagSet>()

  constructor(config: Config) {
    this.#config = config
    this.#userTags = userMetricTags(config.metricTags)
    this.#names = [...TAGS.map(({ name }) => name), ...this.#userTags.map(([, name]) => name)]
  }

  of(call: Call, mostBytes: number): TagSet {
    const values = [
      ...TAGS.map(({ value }) => value(call, this.#config)),
      ...this.#userTags.map(([key]) => userTag(call, key)),
    ]
    const key = keyOf(values)
    const known = this.#known.get(key)
    if (known !== undefined) return known
    if (this.#known.size >= MOST_REMEMBERED) this.#known.clear()
    const made = { text: this.#textOf(values, mostBytes - ROOM_BESIDE_TAGS), lines: new Map<string, Line>() }
    this.#known.set(key, made)
    return made
  }

  #textOf(values: readonly (string | undefined)[], room: number): string {
    const pairs = this.#names.map((name, i): Pair => [name, values[i]])
    return fitting(pairs, room, (name, value) => this.#cardinality.cap(name, value)).join(',')
  }
}

/** Each with its length, as a value may hold anything: no two lists of values have one key. */
function keyOf(values: readonly (string | undefined)[]): string {
  let key = ''
  for (const value of values) key += value === undefined ? '-' : `${value.length}:${value}`
  return key
}

type Pair = readonly [name: string, value: string | undefined]

/** Tags whose values are safe; cut shorter where together they are too long, at last without those of the end. */
function fitting(pairs: readonly Pair[], room: number, cap: (name: string, value: string) => string): string[] {
  for (const longest of SHORTER) {
    const tags = tagTexts(pairs, longest, cap)
    if (lineBytes(tags) <= room) return tags
  }
  const tags = tagTexts(pairs, SHORTER.at(-1), cap)
  while (lineBytes(tags) > room) tags.pop()
  return tags
}

export function tagTexts(
  pairs: readonly Pair[],
  longest?: number,
  cap = (_: string, value: string) => value,
): string[] {
  const tags: string[] = []
  for (const [name, value] of pairs) {
    const safe = tagValue(name, value, longest)
    if (safe !== undefined) tags.push(`${name}:${cap(name, safe)}`)
  }
  return tags
}

function lineBytes(tags: readonly string[]): number {
  return tags.reduce((sum, tag) => sum + Buffer.byteLength(tag) + 1, 0)
}

/** What `withTags` said, or a `metadata.x` of the question or else of the answer. */
function userTag(call: Call, key: string): string | undefined {
  const told = call.tags[key]
  if (told !== undefined || !key.startsWith('metadata.')) return told
  const value = call.request.fields.get(key) ?? call.response.fields.get(key)
  return value === undefined ? undefined : String(value)
}

/** Keys of `withTags` that are asked for on metrics, by the name they have there; ours are not overwritten. */
function userMetricTags(keys: readonly string[]): [key: string, name: string][] {
  const taken = new Set(TAGS.map(({ name }) => name))
  return keys.flatMap(key => {
    const name = tagName(key)
    return name === undefined || taken.has(name) ? [] : [[key, name]]
  })
}
