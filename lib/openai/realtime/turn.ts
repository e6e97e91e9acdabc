import { at, field, isObject, type Json, type JsonObject, list, obj, str } from '../json'
import { StreamTimes } from '../read/stream-times'
import type { Carried } from '../readers/carried'

/** Deltas of one turn are kept up to this, for a turn that is cut off before the event that holds its whole answer. */
const MOST_EVENTS = 10_000

/** Where an event says which response it belongs to. */
const ID_PATHS = [['response_id'], ['response', 'id']] as const

/** The first audio the user can hear. */
const AUDIO = /^response\.(?:output_)?audio\.delta$/

/** What the user can be shown, or what the app can act on. */
const CONTENT = /^response\.(?:(?:output_)?(?:text|audio|audio_transcript)|refusal|[a-z_]+_call[a-z_]*)\.delta$/
const REASONING = /^response\.reasoning(?:_text)?\.delta$/
const SUMMARY = /^response\.reasoning_summary(?:_text)?\.delta$/

/** The event that a response ends with: the Realtime API has one, the Responses API one a status. */
const TERMINAL_EVENT = /^response\.(?:done|completed|failed|incomplete|cancelled)$/

/** The parts of an answer that carry audio, by what the Responses API calls a part with the same text. */
const SPOKEN: ReadonlySet<string> = new Set(['output_audio', 'audio', 'input_audio'])

/** What a client asked a response with, and when. */
export interface TurnRequest {
  readonly at: number
  /** The body of a `POST /responses` with the same meaning. */
  readonly body: JsonObject
}

/** One answer of the model on a socket: from what asked for it to the event that ends it. Times: monotonic clock. */
export class Turn {
  readonly events: Json[] = []
  eventCount = 0
  readonly times = new StreamTimes()
  firstAudioAt: number | undefined
  lastAt: number
  /** The user spoke over it, or the app cut it off. */
  interrupted = false

  constructor(
    readonly id: string | undefined,
    readonly asking: TurnRequest,
  ) {
    this.lastAt = asking.at
  }

  add(type: string, event: JsonObject, now: number): void {
    this.eventCount += 1
    this.times.add(carriedBy(type), now)
    this.lastAt = now
    if (AUDIO.test(type)) this.firstAudioAt ??= now
    if (this.events.length < MOST_EVENTS && !AUDIO.test(type)) this.events.push(responsesEvent(type, event))
  }
}

function carriedBy(type: string): Carried {
  if (CONTENT.test(type)) return 'content'
  if (REASONING.test(type)) return 'reasoning'
  return SUMMARY.test(type) ? 'summary' : 'other'
}

export function isTerminal(type: string): boolean {
  return TERMINAL_EVENT.test(type)
}

export function responseIdOf(event: JsonObject): string | undefined {
  for (const path of ID_PATHS) {
    const id = str(at(event, ...path))
    if (id !== undefined) return id
  }
  return undefined
}

/** An event of the Realtime API as the Responses API would say it, so that one fold and one reader serve both. */
function responsesEvent(type: string, event: JsonObject): JsonObject {
  const response = field(event, 'response')
  const item = field(event, 'item')
  return {
    ...event,
    type: type
      .replace('response.output_audio_transcript.', 'response.output_text.')
      .replace('response.text.', 'response.output_text.'),
    ...(str(event.transcript) === undefined ? {} : { text: event.transcript ?? null }),
    ...(isObject(response) ? { response: asResponse(response) } : {}),
    ...(isObject(item) ? { item: asItem(item) } : {}),
  }
}

/** `status_details` hold what the Responses API has as `error` and `incomplete_details`. */
function asResponse(response: JsonObject): JsonObject {
  const { status_details: details, output } = response
  const error = field(details, 'error')
  const reason = field(details, 'reason')
  return {
    ...response,
    ...(isObject(error) ? { error } : {}),
    ...(reason === undefined ? {} : { incomplete_details: { reason } }),
    ...(Array.isArray(output) ? { output: list(output).map(asItem) } : {}),
  }
}

/** What was said is the part's text, whichever way it went out. */
export function asItem(item: Json): Json {
  const content = field(item, 'content')
  return Array.isArray(content) ? { ...obj(item), content: content.map(asPart) } : item
}

function asPart(part: Json): Json {
  const transcript = field(part, 'transcript')
  const isSpoken = SPOKEN.has(str(field(part, 'type')) ?? '')
  return isSpoken && typeof transcript === 'string' ? { type: 'output_text', text: transcript } : part
}
