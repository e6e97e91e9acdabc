import type { Decoded } from '../../transport/decode'
import { nextTurn } from '../../work'
import { at, field, type Json, list, str } from '../json'
import type { Payload, Reader } from '../readers/reader'
import { eventValue, isDone, type SseEvent, SseParser, tailStart } from './sse'

/** A streamed answer, folded back into the object that the plain answer would have been. */
export interface StreamReading {
  readonly payload: Payload
  readonly unparsed: boolean
  /** Events with data, `[DONE]` not counted. */
  readonly events: number
  /** On the monotonic clock. */
  readonly firstEventAt: number | undefined
  readonly firstTokenAt: number | undefined
  /** The server said that this was all, or each choice says why it ended. */
  readonly terminated: boolean
  /** The server said so: who leaves then leaves nothing behind. */
  readonly ended: boolean
}

const TERMINAL = /\.(?:completed|failed|incomplete|done|cancelled|canceled|expired|requires_action|idle)$|^error$/

/** Bytes read in one turn of the event loop: a megabyte of small events in one go would hold the app up for 50 ms. */
const BYTES_A_TURN = 64 * 1024

export async function readStream(body: Decoded, reader: Reader): Promise<StreamReading> {
  const values: Json[] = []
  let unparsed = false
  let done = false
  let firstEventAt: number | undefined
  let firstTokenAt: number | undefined

  const take = (event: SseEvent, arrivedAt: (offset: number) => number | undefined): void => {
    if (isDone(event)) {
      done = true
      return
    }
    firstEventAt ??= arrivedAt(event.end - 1)
    const value = eventValue(event)
    if (value === undefined) {
      unparsed = true
      return
    }
    values.push(value)
    if (firstTokenAt === undefined && reader.carriesToken?.(value)) firstTokenAt = arrivedAt(event.end - 1)
  }
  await eachEvent(body.head, 0, event => take(event, body.arrivedAt))
  await eachEvent(body.tail, tailStart(body.tail), event => take(event, body.tailArrivedAt))

  const answer = reader.fold?.(values) ?? values.at(-1) ?? {}
  const ended = done || endsByItself(values.at(-1))
  return {
    payload: { kind: 'json', value: answer },
    unparsed: unparsed || values.length === 0,
    events: values.length,
    firstEventAt,
    firstTokenAt,
    terminated: ended || hasFinished(answer),
    ended,
  }
}

async function eachEvent(bytes: Buffer, start: number, take: (event: SseEvent) => void): Promise<void> {
  const parser = new SseParser(start)
  for (let at = start; at < bytes.length; at += BYTES_A_TURN) {
    if (at > start) await nextTurn()
    for (const event of parser.push(bytes.subarray(at, at + BYTES_A_TURN))) take(event)
  }
  for (const event of parser.end()) take(event)
}

/** Families without `[DONE]` end with an event that says so. */
function endsByItself(last: Json | undefined): boolean {
  return TERMINAL.test(str(field(last, 'type')) ?? str(field(last, 'event')) ?? '')
}

/** Some compatible servers leave `[DONE]` out: an answer is whole when each choice says why it ended. */
function hasFinished(answer: Json): boolean {
  const choices = list(field(answer, 'choices'))
  return choices.length > 0 && choices.every(choice => str(at(choice, 'finish_reason')) !== undefined)
}
