import type { Call } from '../../openai/call'
import { field, word } from './facts'

/** Families that answer with but one kind of thing. */
const BY_FAMILY: Readonly<Record<string, string>> = { images: 'image', 'audio.speech': 'speech' }

const BY_FORMAT: Readonly<Record<string, string>> = {
  text: 'text',
  json: 'json',
  verbose_json: 'json',
  diarized_json: 'json',
  json_object: 'json',
  json_schema: 'json',
}

/** What the client asked for: text, json, image or speech. */
export function outputType({ family, request }: Call): string | undefined {
  if (Object.hasOwn(BY_FAMILY, family)) return BY_FAMILY[family]
  if (word(request.fields.get('modalities'))?.includes('audio')) return 'speech'
  const format = word(field(request, ['response_format.type', 'text.format.type', 'response_format'])) ?? ''
  return Object.hasOwn(BY_FORMAT, format) ? BY_FORMAT[format] : undefined
}
