import { type Decoded, timesBetween } from '../../transport/decode'
import { pause } from '../../turns'
import { at, field, type Json, list, str } from '../json'
import { begun, type Fold, foldOf } from '../readers/fold'
import type { Payload, Reader } from '../readers/reader'
import { RESPONSE_BOUNDS } from './json/bounds'
import { readEnding } from './json/read-ending'
import { readJson } from './json/read-json'
import { eventValue, isDone, isHeartbeat, type SseEvent, SseParser, tailStart } from './sse'
import { StreamTimes } from './stream-times'

/** A streamed answer, folded back into the object that the plain answer would have been. */
export interface StreamReading {
  readonly payload: Payload
  readonly unparsed: boolean
  /** Of a large event something was left out. */
  readonly bounded: boolean
  /** Events with data, `[DONE]` not counted. */
  readonly events: number
  readonly times: StreamTimes
  /** The server said that this was all, or each choice says why it ended; or its last words were not kept. */
  readonly terminated: boolean
  /** The server said so: who leaves then leaves nothing behind. */
  readonly ended: boolean
}

const TERMINAL_TYPE = /\.(?:completed|failed|incomplete|done|cancelled|canceled|expired|requires_action|idle)$|^error$/

/** Bytes read between two looks at the clock: events of nothing cost 0.1 µs a byte, folding included. */
const BYTES_AT_ONCE = 8 * 1024

export async function readStream(body: Decoded, reader: Reader): Promise<StreamReading> {
  const events = new Events(reader)
  await eachEvent(body.head, 0, event => events.take(event, body.arrivedAt))
  if (body.tail.length > 0)
    events.times.missed(timesBetween(body.marks, body.head.length, body.size - body.tail.length))
  const start = tailStart(body.tail)
  await eachCutEvent(body.tail.subarray(0, start), event => events.takeCut(event, body.tailArrivedAt(start - 1)))
  await eachEvent(body.tail, start, event => events.take(event, body.tailArrivedAt))
  return events.reading(body.endKept)
}

type Arrival = (offset: number) => number | undefined

/** What the events of one stream come to; none of them is kept but the last. */
class Events {
  #count = 0
  #last: Json | undefined
  #unparsed = false
  #bounded = false
  #done = false
  /** Of the last event the beginning is missing, and with it what kind of event it was. */
  #lastIsUnknown = false
  readonly times = new StreamTimes()
  readonly #fold: Fold | undefined

  constructor(private readonly reader: Reader) {
    this.#fold = reader.fold && begun(reader.fold())
  }

  /** Nothing to wait for unless the event is large. */
  take(event: SseEvent, arrivedAt: Arrival): Promise<void> | undefined {
    const at = arrivedAt(event.end - 1)
    if (isDone(event)) {
      this.#done = true
      this.times.passed(at)
      return undefined
    }
    if (event.bytes === undefined && isHeartbeat(event)) return undefined
    if (event.bytes !== undefined) return this.#takeLarge(event, event.bytes, at)
    this.#add(eventValue(event), at)
    return undefined
  }

  async #takeLarge(event: SseEvent, bytes: Buffer, at: number | undefined): Promise<void> {
    const { value, bounded } = await readJson(bytes, RESPONSE_BOUNDS)
    this.#bounded ||= bounded
    this.#add(value === undefined ? undefined : eventValue(event, value), at)
  }

  /** Its beginning was not kept. */
  async takeCut(event: SseEvent, at: number | undefined): Promise<void> {
    if (isDone(event)) return this.take(event, () => at)
    const { whole, levels } = await readEnding(event.bytes ?? Buffer.from(event.data), RESPONSE_BOUNDS)
    const value = whole ?? this.reader.cutEvent?.(levels) ?? levels[0]
    if (value !== undefined) this.#add(eventValue(event, value), at)
    this.#lastIsUnknown = kindOf(value) === ''
  }

  #add(value: Json | undefined, at: number | undefined): void {
    this.#lastIsUnknown = false
    this.times.add(value === undefined ? 'other' : (this.reader.carries?.(value) ?? 'other'), at)
    if (value === undefined) {
      this.#unparsed = true
      return
    }
    this.#count += 1
    this.#last = value
    this.#fold?.next(value)
  }

  reading(endKept: boolean): StreamReading {
    const answer = (this.#fold && foldOf(this.#fold)) ?? this.#last ?? {}
    const ended = this.#done || endsByItself(this.#last)
    return {
      payload: { kind: 'json', value: answer },
      unparsed: this.#unparsed || this.#count === 0,
      bounded: this.#bounded,
      events: this.#count,
      times: this.times,
      terminated: ended || hasFinished(answer) || !endKept || this.#lastIsUnknown,
      ended,
    }
  }
}

async function eachEvent(
  bytes: Buffer,
  start: number,
  take: (event: SseEvent) => Promise<void> | undefined,
): Promise<void> {
  const parser = new SseParser(start)
  for (let at = start; at < bytes.length; at += BYTES_AT_ONCE) {
    for (const event of parser.push(bytes.subarray(at, at + BYTES_AT_ONCE))) {
      const large = take(event)
      if (large !== undefined) await large
    }
    await pause()
  }
  for (const event of parser.end()) await take(event)
}

/** The one event that the kept end begins in: its first line is data, unless it is a line of its own. */
async function eachCutEvent(bytes: Buffer, take: (event: SseEvent) => Promise<void>): Promise<void> {
  const last = bytes.at(-1)
  // Without the end of its last line it is cut off there, too.
  if (last !== LINE_FEED && last !== CARRIAGE_RETURN) return
  const begins = /^(?:data|event|id|retry):/.test(bytes.toString('latin1', 0, LONGEST_FIELD))
  const parser = new SseParser(1)
  const taken = async (piece: Buffer): Promise<void> => {
    for (const event of parser.push(piece)) await take(event)
  }
  if (!begins) await taken(DATA)
  for (let at = 0; at < bytes.length; at += BYTES_AT_ONCE) {
    await taken(bytes.subarray(at, at + BYTES_AT_ONCE))
    await pause()
  }
  await taken(EMPTY_LINE)
}

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const LONGEST_FIELD = 6
const DATA = Buffer.from('data:')
const EMPTY_LINE = Buffer.from('\n\n')

/** Families without `[DONE]` end with an event that says so. */
function endsByItself(last: Json | undefined): boolean {
  return TERMINAL_TYPE.test(kindOf(last))
}

function kindOf(event: Json | undefined): string {
  return str(field(event, 'type')) ?? str(field(event, 'event')) ?? ''
}

/** Some compatible servers leave `[DONE]` out: an answer is whole when each choice says why it ended. */
function hasFinished(answer: Json): boolean {
  const choices = list(field(answer, 'choices'))
  return choices.length > 0 && choices.every(choice => str(at(choice, 'finish_reason')) !== undefined)
}
