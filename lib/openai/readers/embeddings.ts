import { at, field, type Json, lengthOf, list } from '../json'
import { takenUsageOf } from '../usage'
import { failureIn } from './failure'
import { askedParameters } from './parameters'
import { promptFacts } from './prompts'
import type { Reader } from './reader'
import { bodyOf, pick, type RequestShape, requestFacts, responseFacts } from './shape'

const REQUEST: RequestShape = { params: ['model', 'user', 'dimensions', 'encoding_format'] }

/** A vector's numbers come as a list, or as base64 of 32-bit floats, which is what SDKs ask for. */
const BYTES_PER_NUMBER = 4

export const embeddings: Reader = {
  request(asked) {
    const found = requestFacts(asked, REQUEST)
    promptFacts(found, 'input', field(bodyOf(asked.payload), 'input'))
    return found
  },

  response(answered) {
    const data = field(bodyOf(answered), 'data')
    const found = responseFacts(answered)
    if (Array.isArray(data)) found.number('embeddings_count', lengthOf(data))
    return found.number('embedding-length', vectorLength(at(list(data)[0], 'embedding')))
  },

  usage: takenUsageOf,
  failure: failureIn,
  parameters: askedParameters,
  sample: asked => pick(bodyOf(asked.payload), ['input']),
}

function vectorLength(vector: Json | undefined): number | undefined {
  if (Array.isArray(vector)) return lengthOf(vector)
  return typeof vector === 'string' && vector !== '' ? base64Bytes(vector) / BYTES_PER_NUMBER : undefined
}

/** How many bytes a base64 text stands for. */
export function base64Bytes(text: string): number {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  return Math.max(0, Math.floor((text.length * 3) / 4) - padding)
}
