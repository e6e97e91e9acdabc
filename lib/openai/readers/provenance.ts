import { str } from '../json'
import type { Reader } from './reader'
import { bodyOf, objects, requestFacts, responseFacts, shaped } from './shape'

/** Was this made by a model? One outcome a method: `results.c2pa.outcome`, `results.synthid.outcome`. */
export const provenance: Reader = {
  ...shaped({}),
  request: asked => requestFacts(asked, { files: { filename: ['file'] } }),
  response(answered) {
    const found = responseFacts(answered, { strings: ['object'], counts: ['results'] })
    for (const result of objects(bodyOf(answered).results)) {
      const method = str(result.type)
      if (method === undefined || found.isFull) continue
      for (const name of ['outcome', 'validation_state', 'issuer', 'model']) {
        found.string(`results.${method}.${name}`, result[name])
      }
    }
    return found
  },
}
