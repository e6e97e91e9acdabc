import type { MetricType } from './catalogue'

const CODES: Readonly<Record<MetricType, string>> = { distribution: 'd', count: 'c', gauge: 'g' }

/** Room in a line for what the client appends: the container's id and what else tells the agent where it is from. */
const ROOM_OF_ORIGIN = 200

/**
 * The values that one metric has had under one set of tags since they were last sent, as the line that tells them. Of a
 * distribution each is told (`name:1:2:3|d|#…`: protocol 1.1, agents from 6.25 and 7.25 on, January 2021), counts are
 * added up, and of a gauge the last one counts.
 */
export class Line {
  readonly #name: string
  readonly #end: string
  readonly #room: number
  readonly #type: MetricType
  #values = ''
  #sum = 0

  constructor(name: string, type: MetricType, tags: string, mostBytes: number) {
    this.#name = name
    this.#end = `|${CODES[type]}${tags === '' ? '' : `|#${tags}`}`
    this.#type = type
    this.#room = mostBytes - ROOM_OF_ORIGIN - Buffer.byteLength(this.#name) - Buffer.byteLength(this.#end)
  }

  /** Takes a value. Where there is no room for it, the line of those before it is returned, to be sent now. */
  add(value: number): string | undefined {
    if (this.#type === 'distribution') return this.#append(`:${value}`)
    this.#sum += value
    this.#values = `:${this.#type === 'count' ? this.#sum : value}`
    return undefined
  }

  #append(value: string): string | undefined {
    const full = this.#values !== '' && this.#values.length + value.length > this.#room
    const line = full ? this.text : undefined
    this.#values = full ? value : this.#values + value
    return line
  }

  get text(): string {
    return this.#name + this.#values + this.#end
  }
}
