import { eventText, parseEventStream } from './event-stream'
import { formBytes, parseForm } from './form'
import { parseLossless } from './lossless'
import type { Content } from './tape-types'

export type { Content }

export function contentBytes({ body, events, form, text, bodyBase64 }: Content): Buffer {
  if (body !== undefined) return Buffer.from(JSON.stringify(body, null, 2))
  if (events) return Buffer.from(events.map(eventText).join(''))
  if (form) return formBytes(form)
  if (text !== undefined) return Buffer.from(text)
  return Buffer.from(bodyBase64 ?? '', 'base64')
}

/** The bytes are looked at before the content type is: some servers send events as `application/json`. */
export function tapeContent(bytes: Buffer, contentType = ''): Content {
  if (bytes.length === 0) return {}
  const form = parseForm(bytes, contentType)
  if (form) return { form }
  const text = bytes.toString()
  if (!Buffer.from(text).equals(bytes)) return { bodyBase64: bytes.toString('base64') }
  const events = parseEventStream(text)
  if (events) return { events }
  const body = contentType.includes('json') ? parseLossless(text) : undefined
  return body === undefined ? { text } : { body }
}
