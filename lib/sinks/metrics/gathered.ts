import type { Call } from '../../openai/call'
import { METRICS, type Metric, PREFIX } from './catalogue'
import { Line } from './line'
import { type TagSet, type TagSets, tagTexts } from './tag-sets'

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
    for (const metric of METRICS) {
      const measured = metric.value(call)
      if (measured === undefined || !Number.isFinite(measured)) continue
      const full = this.#lineOf(metric, call, tagSet, mostBytes).add(measured)
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

  #lineOf({ name, type, tags: own }: Metric, call: Call, { text, lines }: TagSet, mostBytes: number): Line {
    const ownText = own === undefined ? '' : ownTags(own, call)
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

function ownTags(own: NonNullable<Metric['tags']>, call: Call): string {
  return tagTexts(Object.entries(own).map(([tag, read]) => [tag, read(call)])).join(',')
}
