import type { JsonObject } from '../../../openai/json'

/** A part of a message, after the conventions' schemas. */
export type Part = JsonObject & { type: string }

/** A message that was sent to the model. */
export interface Message {
  role: string
  parts: Part[]
  name?: string
}

/** One of the model's, a choice each. */
export interface OutputMessage extends Message {
  finish_reason: string
}

export function text(content: string): Part {
  return { type: 'text', content }
}

export type Modality = 'image' | 'audio' | 'video' | 'document'

/** Bytes that were sent or answered inline: that they were there, and of what kind. They themselves do not leave. */
export function withheld(modality: Modality, mimeType?: string): Part {
  return { type: 'blob', modality, ...(mimeType === undefined ? {} : { mime_type: mimeType }), content: '' }
}
