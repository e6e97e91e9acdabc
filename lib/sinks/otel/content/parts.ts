import { field, isObject, type Json, type JsonObject, list, str } from '../../../openai/json'
import { contentText } from '../../../openai/readers/content'
import { loggable } from '../../../openai/readers/loggable'
import { type Modality, type Part, text, withheld } from './message'

type PartReader = (part: JsonObject, type: string) => Part[]

const texts: PartReader = part => {
  const said = str(part.text) ?? str(field(part.text, 'value'))
  return said === undefined ? [] : [text(said)]
}

const image: PartReader = part => {
  const url = str(part.image_url) ?? str(field(part.image_url, 'url'))
  return [attached('image', url, str(part.file_id) ?? str(field(part.image_file, 'file_id')))]
}

const video: PartReader = part => {
  const url = str(part.video_url) ?? str(field(part.video_url, 'url'))
  return [attached('video', url, str(part.file_id))]
}

/** Formats whose registered name is another. */
const AUDIO_TYPES: ReadonlyMap<string, string> = new Map([
  ['mp3', 'mpeg'],
  ['pcm16', 'L16'],
])

const audio: PartReader = part => {
  const sound = isObject(part.input_audio) ? part.input_audio : isObject(part.audio) ? part.audio : part
  const format = str(sound.format)
  const said = str(sound.transcript)
  return [
    withheld('audio', format === undefined ? undefined : `audio/${AUDIO_TYPES.get(format) ?? format}`),
    ...(said === undefined ? [] : [text(said)]),
  ]
}

const file: PartReader = part => {
  const given = isObject(part.file) ? part.file : part
  return [attached('document', str(given.file_url), str(given.file_id))]
}

const reasoning: PartReader = part => reasoned(str(part.text) ?? str(part.summary))

/** Mistral's has parts of its own, Anthropic's, as gateways pass it on, is one text. */
const thinking: PartReader = part => reasoned(contentText(part.thinking))

/** Chat's, those of responses and those of assistants. */
const READERS: ReadonlyMap<string, PartReader> = new Map([
  ['text', texts],
  ['input_text', texts],
  ['output_text', texts],
  ['summary_text', texts],
  ['image_url', image],
  ['input_image', image],
  ['image_file', image],
  ['image', image],
  ['computer_screenshot', image],
  ['video_url', video],
  ['input_video', video],
  ['input_audio', audio],
  ['output_audio', audio],
  ['audio', audio],
  ['file', file],
  ['input_file', file],
  ['reasoning', reasoning],
  ['reasoning_text', reasoning],
  ['thinking', thinking],
])

export function isPart(type: string): boolean {
  return READERS.has(type)
}

/** More parts than this no message has. */
const MOST_PARTS = 1000

/** What a message or an item says. What the conventions have no part for goes under its own type. */
export function partsOf(content: Json | undefined): Part[] {
  if (typeof content === 'string') return content === '' ? [] : [text(content)]
  if (isObject(content)) return partOf(content)
  return list(content)
    .slice(0, MOST_PARTS)
    .flatMap(part => (typeof part === 'string' ? [text(part)] : isObject(part) ? partOf(part) : []))
}

function partOf(part: JsonObject): Part[] {
  const type = str(part.type) ?? 'text'
  const read = READERS.get(type)
  if (read !== undefined) return read(part, type)
  const said = contentText(part)
  return [{ type, ...(said === undefined ? {} : { content: said }) }]
}

export function refused(refusal: Json | undefined): Part[] {
  const said = str(refusal)
  return said === undefined ? [] : [{ type: 'refusal', content: said }]
}

/** That which is encrypted says nothing. */
export function reasoned(said: string | undefined): Part[] {
  return said === undefined || said === '' ? [] : [{ type: 'reasoning', content: said }]
}

/** By address, by id, or inline. What stood for inline bytes is no address any more. */
function attached(modality: Modality, url: string | undefined, id: string | undefined): Part {
  if (url !== undefined && /^[a-z][a-z0-9+.-]*:/i.test(url) && !/^data:/i.test(url))
    return { type: 'uri', modality, uri: url }
  if (id !== undefined) return { type: 'file', modality, file_id: id }
  return withheld(modality)
}

/** Longer ones stay the text that they are. */
const LONGEST_PARSED = 100_000

/** What a tool is called with is JSON in a text; some are called with a text. */
export function argumentsOf(value: Json | undefined): Json | undefined {
  if (typeof value !== 'string' || value.length > LONGEST_PARSED || !/^\s*[{[]/.test(value)) return value
  try {
    const parsed: Json = JSON.parse(value)
    return loggable(parsed)
  } catch {
    return value
  }
}

export function toolCall(id: Json | undefined, name: Json | undefined, given: Json | undefined): Part {
  const called = argumentsOf(given)
  return {
    type: 'tool_call',
    ...(str(id) === undefined ? {} : { id: str(id) ?? null }),
    name: str(name) ?? '',
    ...(called === undefined ? {} : { arguments: called }),
  }
}

export function toolResponse(id: Json | undefined, response: Json | undefined): Part {
  return {
    type: 'tool_call_response',
    ...(str(id) === undefined ? {} : { id: str(id) ?? null }),
    response: typeof response === 'string' ? response : (contentText(response) ?? null),
  }
}
