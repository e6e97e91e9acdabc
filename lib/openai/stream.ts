import type { Decoded } from '../transport/decode'
import { at, field, type Json, list, str } from './json'
import type { Payload, Reader } from './readers/reader'
import { eventValue, isDone, parseEvents, parseTail, type SseEvent } from './sse'

/** A streamed answer, folded back into the object that the plain answer would have been. */
export interface StreamReading {
  readonly payload: Payload
  readonly unparsed: boolean
  /** Events with data, `[DONE]` not counted. */
  readonly events: number
  /** On the monotonic clock. */
  readonly firstEventAt: number | undefined
  readonly firstTokenAt: number | undefined
  /** The server said that this was all. */
  readonly terminated: boolean
}

const TERMINAL = /\.(?:completed|failed|incomplete|done|cancelled|canceled|expired|requires_action)$|^error$/

export function readStream(body: Decoded, reader: Reader): StreamReading {
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
  for (const event of parseEvents(body.head)) take(event, body.arrivedAt)
  for (const event of parseTail(body.tail)) take(event, body.tailArrivedAt)

  const answer = reader.fold?.(values) ?? values.at(-1) ?? {}
  return {
    payload: { kind: 'json', value: answer },
    unparsed: unparsed || values.length === 0,
    events: values.length,
    firstEventAt,
    firstTokenAt,
    terminated: done || endsByItself(values.at(-1)) || hasFinished(answer),
  }
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
