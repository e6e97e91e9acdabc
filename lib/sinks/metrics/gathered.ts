import type { Call } from '../../openai/call'
import { remembered } from '../../remembered'
import { METRICS, type Metric, PREFIX } from './catalogue'
import { Line } from './line'
import { type TagSet, type TagSets, tagTexts } from './tag-sets'

/** Metrics, the tags that only they have as a list. */
const ROWS = METRICS.map(metric => ({ metric, own: Object.entries(metric.tags ?? {}) }))

/** Lines that wait at most: sent at once, they are still less than the buffer of an agent's socket holds by default. */
const MOST_LINES = 250

/** The metrics of calls, gathered as lines until they are taken to be sent. */
export class Gathered {
  readonly #tagSets: TagSets
  readonly #waiting = new Set<TagSet>()
  #lines = 0

  constructor(tagSets: TagSets) {
    this.#tagSets = tagSets
  }

  /** Adds a call's metrics to what waits. `send` is given the lines that cannot wait: they are full, or too many. */
  add(call: Call, mostBytes: number, send: (line: string) => void): void {
    const tagSet = this.#tagSets.of(call, mostBytes)
    for (const { metric, own } of ROWS) {
      const measured = metric.value(call)
      if (measured === undefined || !Number.isFinite(measured)) continue
      const full = this.#lineOf(metric, textOf(own, call), tagSet, mostBytes).add(measured)
      if (full !== undefined) send(full)
    }
    this.#waiting.add(tagSet)
    if (this.#lines > MOST_LINES) this.take(send)
  }

  take(send: (line: string) => void): void {
    for (const { lines } of this.#waiting) {
      for (const line of lines.values()) send(line.text)
      lines.clear()
    }
    this.#waiting.clear()
    this.#lines = 0
  }

  #lineOf({ name, type }: Metric, ownText: string, { text, lines }: TagSet, mostBytes: number): Line {
    const key = ownText === '' ? name : `${name}|${ownText}`
    const known = lines.get(key)
    if (known !== undefined) return known
    const tags = text === '' || ownText === '' ? text + ownText : `${text},${ownText}`
    const line = new Line(PREFIX + name, type, tags, mostBytes)
    lines.set(key, line)
    this.#lines += 1
    return line
  }
}

type OwnTag = readonly [tag: string, read: (call: Call) => string | undefined]

function textOf(own: readonly OwnTag[], call: Call): string {
  let text = ''
  for (const [tag, read] of own) {
    const value = read(call)
    const safe = value === undefined ? '' : safeTag(`${tag}:${value}`)
    if (safe !== '') text += text === '' ? safe : `,${safe}`
  }
  return text
}

/** A tag and its raw value as they are sent; they are the same few again and again. */
const safeTag = remembered((pair: string): string => {
  const colon = pair.indexOf(':')
  return tagTexts([[pair.slice(0, colon), pair.slice(colon + 1)]]).join('')
})
