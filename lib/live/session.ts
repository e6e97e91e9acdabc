import type { Wire } from '../openai/wire'
import { type CallEnded, type CallOpened, eventFromJson, eventToJson, type SessionEvent } from './event'

/** An event of a session, with its place in it. */
export interface Told {
  /** Counts from 1. */
  readonly at: number
  readonly event: SessionEvent
  /** JSON in one line, without a call's `wire`: that is what may be megabytes, and is asked for one by one. */
  readonly line: string
}

export interface SessionBounds {
  /** Of the lines without `wire`. */
  readonly lineBytes: number
  readonly wireBytes: number
}

/** 50,000 calls with a prompt of 2 kB each, and the bodies of the last ones. */
const SESSION_BOUNDS: SessionBounds = { lineBytes: 256 * 1_048_576, wireBytes: 128 * 1_048_576 }

interface KeptWire {
  readonly wire: Wire
  readonly bytes: number
}

/**
 * All that has been told, in order, and whoever wants to hear of more. Memory is bounded: the oldest wires are let go
 * first, then the oldest calls; how many is counted.
 */
export class Session {
  readonly #told: Told[] = []
  readonly #ids = new Set<string>()
  readonly #wires = new Map<string, KeptWire>()
  readonly #listeners = new Set<(told: Told) => void>()
  #lineBytes = 0
  #wireBytes = 0
  #next = 1
  #calls = 0
  #hasCalls = false
  /** Calls, and wires of calls, that are no longer kept. */
  readonly forgotten = { calls: 0, wires: 0 }

  constructor(private readonly bounds: SessionBounds = SESSION_BOUNDS) {}

  /** False for an event that was told before: what a process could not be sure of, it tells twice. */
  add(event: SessionEvent): boolean {
    if ('id' in event && !this.#isNew(event)) return false
    const bare = event.event === 'call' ? withoutWire(event) : event
    const told: Told = { at: this.#next, event: bare, line: JSON.stringify(eventToJson(bare)) }
    this.#next += 1
    this.#told.push(told)
    if (bare.event === 'open' || bare.event === 'call' || bare.event === 'lost') this.#hasCalls = true
    this.#lineBytes += told.line.length
    if (event.event === 'call' && event.wire !== undefined) this.#keepWire(event.id, event.wire)
    this.#forget()
    for (const listener of this.#listeners) listener(told)
    return true
  }

  /** Adds what a line says; what says nothing of ours is not added. */
  addLine(line: string): SessionEvent | undefined {
    const event = eventFromJson(parsed(line))
    if (typeof event === 'string') return undefined
    return this.add(event) ? event : undefined
  }

  /** A call has begun or ended, or was lost. */
  get hasCalls(): boolean {
    return this.#hasCalls
  }

  /** Place of what was told last; 0 before anything was. */
  get last(): number {
    return this.#next - 1
  }

  /** How many calls are known that have begun, ended or both. */
  get calls(): number {
    return this.#calls
  }

  /**
   * What was told after a place and is still kept, in order. With `length`, the first ones whose lines are together no
   * longer, but one at least.
   */
  after(at: number, length = Number.POSITIVE_INFINITY): readonly Told[] {
    const first = this.#indexAfter(at)
    let end = first
    for (let left = length; end < this.#told.length; end += 1) {
      left -= this.#told[end]?.line.length ?? 0
      if (left < 0 && end > first) break
    }
    return this.#told.slice(first, end)
  }

  /** The same of what was told before a place: the last ones. */
  before(at: number, length: number): readonly Told[] {
    const end = this.#indexAfter(at - 1)
    let first = end
    for (let left = length; first > 0; first -= 1) {
      left -= this.#told[first - 1]?.line.length ?? 0
      if (left < 0 && first < end) break
    }
    return this.#told.slice(first, end)
  }

  wireOf(id: string): Wire | undefined {
    return this.#wires.get(id)?.wire
  }

  /** Tells of each event from now on. Gives what ends that. */
  listen(listener: (told: Told) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Places follow each other without a gap, but behind the first event, where the oldest ones are let go. */
  #indexAfter(at: number): number {
    const [first] = this.#told
    if (first === undefined || at < first.at) return 0
    return Math.min(this.#told.length, Math.max(1, this.#told.length - (this.last - at)))
  }

  #isNew({ event, id }: CallOpened | CallEnded): boolean {
    if (this.#ids.has(`${event} ${id}`)) return false
    if (!this.#knows(id)) this.#calls += 1
    this.#ids.add(`${event} ${id}`)
    return true
  }

  #knows(id: string): boolean {
    return this.#ids.has(`open ${id}`) || this.#ids.has(`call ${id}`)
  }

  #keepWire(id: string, wire: Wire): void {
    const bytes = bytesOf(wire)
    this.#wires.set(id, { wire, bytes })
    this.#wireBytes += bytes
  }

  #forget(): void {
    for (const [id, { bytes }] of this.#wires) {
      if (this.#wireBytes <= this.bounds.wireBytes) break
      this.#wires.delete(id)
      this.#wireBytes -= bytes
      this.forgotten.wires += 1
    }
    // The first event says what the session is, and stays.
    while (this.#lineBytes > this.bounds.lineBytes && this.#told.length > 2) {
      const [oldest] = this.#told.splice(this.#told[0]?.event.event === 'session' ? 1 : 0, 1)
      this.#lineBytes -= oldest?.line.length ?? 0
      if (oldest?.event.event === 'call') this.forgotten.calls += 1
      if (oldest === undefined || !('id' in oldest.event)) continue
      this.#ids.delete(`${oldest.event.event} ${oldest.event.id}`)
      if (!this.#knows(oldest.event.id)) this.#calls -= 1
    }
  }
}

function withoutWire({ wire: _, ...rest }: CallEnded): CallEnded {
  return rest
}

function bytesOf({ request, response }: Wire): number {
  const sides = [request, ...(response === undefined ? [] : [response])]
  const texts = sides.flatMap(({ body = '', chunks = [] }) => [
    body.length,
    ...chunks.map(({ text = '' }) => text.length + 32),
  ])
  return texts.reduce((total, length) => total + length, 1024)
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
