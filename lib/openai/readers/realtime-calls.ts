import { isObject } from '../json'
import { parseJson } from '../read/payload'
import type { Asked, Payload, Reader } from './reader'
import { type Shape, shaped } from './shape'

/** Calls by WebRTC and telephone. A new one is a form whose `session` is a JSON text, beside the caller's SDP. */
export function realtimeCalls(session: Shape): Reader {
  const reader = shaped(session)
  const unpack = (asked: Asked): Asked => ({ ...asked, payload: unpacked(asked.payload) })
  return {
    ...reader,
    request: asked => reader.request(unpack(asked)),
    sample: (asked, answered) => reader.sample?.(unpack(asked), answered) ?? {},
  }
}

function unpacked(payload: Payload): Payload {
  if (payload.kind !== 'form') return payload
  const session = parseJson(payload.fields.get('session') ?? '')
  return isObject(session) ? { kind: 'json', value: { session } } : payload
}
