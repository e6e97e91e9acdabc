import { isObject, type JsonObject } from '../json'

/** Larger ones are looked at by their type alone. */
const LARGEST_EVENT = 1_048_576
/** The type stands in the first or the last bytes: everything large is one member. */
const LOOKED_AT = 512

/** What carries audio or images by the piece: its type and its size are all that is ever looked at. */
const MEDIA: ReadonlySet<string> = new Set([
  'input_audio_buffer.append',
  'response.output_audio.delta',
  'response.audio.delta',
  'session.input_audio_buffer.append',
  'session.output_audio.delta',
  'response.image_generation_call.partial_image',
])

/** An event of a session, either side's. */
export interface SessionEvent {
  readonly type: string
  /** Only the type of what is media, or too large. */
  readonly body: JsonObject
  /** It was too large to be read. */
  readonly skipped: boolean
}

/** Undefined for what is no event: not JSON, or without a type. */
export function eventOf(data: Buffer): SessionEvent | undefined {
  const type = typeIn(data)
  if (type !== undefined && MEDIA.has(type)) return { type, body: { type }, skipped: false }
  if (data.length > LARGEST_EVENT) return type === undefined ? undefined : { type, body: { type }, skipped: true }
  const body = parsedEvent(data.toString())
  return isObject(body) && typeof body.type === 'string' ? { type: body.type, body, skipped: false } : undefined
}

/** Without reading the event: audio comes fifty times a second, and is nobody's to keep. */
function typeIn(data: Buffer): string | undefined {
  const TYPE = /"type"\s*:\s*"([a-z0-9_.]{1,80})"/
  const start = TYPE.exec(data.toString('latin1', 0, LOOKED_AT))
  return (start ?? (data.length > LOOKED_AT ? TYPE.exec(data.toString('latin1', data.length - LOOKED_AT)) : null))?.[1]
}

function parsedEvent(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
