import { field, type Json, type JsonObject, num, str } from '../json'
import { mergedUsage, usageOf } from '../usage'
import { cutTranscript } from './cut-events'
import { base64Bytes } from './embeddings'
import { failureIn } from './failure'
import type { Fold } from './fold'
import { askedParameters } from './parameters'
import type { Payload, Reader } from './reader'
import { bodyOf, fileNames, pick, type RequestShape, requestFacts, responseFacts } from './shape'

const FILE = ['file'] as const

const REQUEST: RequestShape = {
  params: 'model response_format temperature language user stream chunking_strategy'.split(' '),
  texts: ['prompt'],
  files: { filename: FILE },
}

/** Speech to text, in its own language or in English: JSON, or text and subtitles as they are. */
export const transcriptions: Reader = {
  request: asked => requestFacts(asked, REQUEST),

  response(answered) {
    const body = bodyOf(answered)
    const found = responseFacts(answered.kind === 'text' ? { kind: 'none' } : answered, { strings: ['language'] })
    found.number('duration', seconds(field(body, 'duration')))
    found.count('segments_count', field(body, 'segments'))
    return found.text('text', transcript(answered))
  },

  usage: usageOf,
  fold: foldTranscript,
  cutEvent: cutTranscript,
  failure: failureIn,
  carries(event) {
    if (str(field(event, 'type'))?.startsWith('transcript.text.') !== true) return 'other'
    if (str(field(event, 'delta')) !== undefined) return 'content'
    return str(field(event, 'text')) === undefined ? 'other' : 'item'
  },

  parameters: askedParameters,

  sample(asked, answered) {
    const file = fileNames(asked.payload, FILE)
    const text = transcript(answered)
    return {
      ...(file === undefined ? {} : { file }),
      ...pick(bodyOf(asked.payload), ['prompt', 'language']),
      ...(text === undefined ? {} : { text }),
    }
  },
}

function transcript(answered: Payload): string | undefined {
  return answered.kind === 'text' ? answered.text : str(field(bodyOf(answered), 'text'))
}

/** Whisper's verbose answers have had it as a text, too. */
function seconds(duration: Json | undefined): number | undefined {
  const isNumeric = typeof duration === 'string' && /^\d+(?:\.\d+)?$/.test(duration)
  return isNumeric ? num(Number(duration)) : num(duration)
}

/** More are not folded: a log has them, and nothing else. */
const MOST_SEGMENTS = 5000

function* foldTranscript(): Fold {
  const folded: JsonObject = {}
  const segments: Json[] = []
  let heard = ''
  for (let event = yield; event !== undefined; event = yield) {
    const type = field(event, 'type')
    const error = field(event, 'error')
    if (error !== undefined) folded.error = error
    if (type === 'transcript.text.delta') heard += str(field(event, 'delta')) ?? ''
    if (type === 'transcript.text.segment' && segments.length < MOST_SEGMENTS) segments.push(event)
    if (type === 'transcript.text.done') folded.text = str(field(event, 'text')) ?? heard
    const usage = mergedUsage(folded.usage, field(event, 'usage'))
    if (usage !== undefined) folded.usage = usage
  }
  folded.text ??= heard
  return segments.length > 0 ? { ...folded, segments } : folded
}

/** Text to speech: a file, or events that carry it in pieces. */
export const speech: Reader = {
  request: asked =>
    requestFacts(asked, {
      params: ['model', 'voice', 'response_format', 'speed', 'stream_format'],
      texts: ['input', 'instructions'],
    }),
  response: answered => responseFacts(answered, { numbers: ['total_bytes'] }),
  usage: usageOf,
  fold: foldSpeech,
  failure: failureIn,
  carries: event => (str(field(event, 'audio')) === undefined ? 'other' : 'content'),
  parameters: askedParameters,
  sample: asked => pick(bodyOf(asked.payload), ['input', 'instructions']),
}

function* foldSpeech(): Fold {
  const folded: JsonObject = {}
  let size = 0
  for (let event = yield; event !== undefined; event = yield) {
    size += base64Bytes(str(field(event, 'audio')) ?? '')
    const usage = mergedUsage(folded.usage, field(event, 'usage'))
    if (usage !== undefined) folded.usage = usage
    const error = field(event, 'error')
    if (error !== undefined) folded.error = error
  }
  return { ...folded, total_bytes: size }
}
