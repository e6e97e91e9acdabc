import { field, type JsonObject, num, str } from '../json'
import { mergedUsage, usageOf } from '../usage'
import { cutPicture } from './cut-events'
import { failureIn } from './failure'
import type { Fold } from './fold'
import { askedParameters } from './parameters'
import type { Reader } from './reader'
import { bodyOf, fileNames, objects, pick, type RequestShape, requestFacts, responseFacts } from './shape'

const IMAGE = ['image', 'image[]'] as const
const MASK_IMAGE = ['mask'] as const

const REQUEST: RequestShape = {
  params: (
    'model n size quality style response_format user background output_format output_compression moderation ' +
    'input_fidelity partial_images stream'
  ).split(' '),
  texts: ['prompt'],
  counts: ['images'],
  files: { image: IMAGE, mask: MASK_IMAGE },
}

/** Images created, edited and varied. */
export const images: Reader = {
  request: asked => requestFacts(asked, REQUEST),

  response(answered) {
    const body = bodyOf(answered)
    const found = responseFacts(answered, { strings: ['size', 'quality', 'background', 'output_format'] })
    found.count('images_count', field(body, 'data'))
    for (const [n, image] of objects(body.data).entries()) {
      if (found.isFull) break
      if (str(image.b64_json) !== undefined) found.string(`images.${n}.b64_json`, 'returned')
      found.text(`images.${n}.url`, str(image.url))
      found.text(`images.${n}.revised_prompt`, str(image.revised_prompt))
    }
    return found
  },

  usage: usageOf,
  fold: foldImages,
  cutEvent: cutPicture,
  failure: failureIn,
  carries: event => (str(field(event, 'b64_json')) === undefined ? 'other' : 'item'),

  parameters: askedParameters,

  sample(asked, answered) {
    const { data } = pick(bodyOf(answered), ['data'])
    const image = fileNames(asked.payload, IMAGE)
    const mask = fileNames(asked.payload, MASK_IMAGE)
    return {
      ...pick(bodyOf(asked.payload), ['prompt']),
      ...(image === undefined ? {} : { image }),
      ...(mask === undefined ? {} : { mask }),
      ...(data === undefined ? {} : { choices: data }),
    }
  },
}

const OF_EVERY_EVENT = ['size', 'quality', 'background', 'output_format'] as const

/** One `completed` an image; the pictures themselves are not kept, nor are the previews counted. */
function* foldImages(): Fold {
  const folded: JsonObject = {}
  const data: JsonObject[] = []
  for (let event = yield; event !== undefined; event = yield) {
    const type = str(field(event, 'type')) ?? ''
    const error = field(event, 'error')
    if (error !== undefined) folded.error = error
    if (type.endsWith('.completed'))
      data.push(str(field(event, 'b64_json')) === undefined ? {} : { b64_json: 'returned' })
    for (const key of OF_EVERY_EVENT) {
      const value = str(field(event, key))
      if (value !== undefined) folded[key] = value
    }
    folded.created = num(field(event, 'created_at')) ?? folded.created ?? null
    folded.usage = mergedUsage(folded.usage, field(event, 'usage')) ?? null
  }
  return { ...folded, data }
}
