import { str } from '../json'
import { usageOf } from '../usage'
import { choicesIncomplete, choicesOf } from './choices'
import { failureIn } from './failure'
import { askedParameters } from './parameters'
import type { Reader } from './reader'
import { bodyOf, pick, type RequestShape, requestFacts, responseFacts } from './shape'

const REQUEST: RequestShape = {
  params: ['model', 'n', 'temperature', 'top_p', 'user'],
  texts: ['instruction', 'input'],
}

/** Edits, long gone from the API and alive in compatible servers. */
export const edits: Reader = {
  request: asked => requestFacts(asked, REQUEST),
  response(answered) {
    const found = responseFacts(answered, { counts: ['choices'] })
    for (const [index, choice] of choicesOf(bodyOf(answered))) found.text(`choices.${index}.text`, str(choice.text))
    return found
  },
  usage: usageOf,
  incomplete: choicesIncomplete,
  failure: failureIn,
  parameters: askedParameters,
  sample: (asked, answered) => ({
    ...pick(bodyOf(asked.payload), ['instruction', 'input']),
    ...pick(bodyOf(answered), ['choices']),
  }),
}
