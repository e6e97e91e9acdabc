import { field, isObject, type JsonObject } from '../json'
import { usageOf } from '../usage'
import { failureIn } from './failure'
import type { Reader } from './reader'
import { bodyOf, objects, pick, type RequestShape, requestFacts, responseFacts } from './shape'

const REQUEST: RequestShape = { params: ['model'], texts: ['input'] }

export const moderations: Reader = {
  request: asked => requestFacts(asked, REQUEST),
  response(answered) {
    const found = responseFacts(answered)
    const results = objects(field(bodyOf(answered), 'results'))
    found.number('flagged', worst(results.map(result => result.flagged)))
    for (const verdicts of ['categories', 'category_scores']) {
      found.members(verdicts, worstOfEach(results.map(result => result[verdicts]).filter(isObject)))
    }
    return found
  },
  usage: usageOf,
  failure: failureIn,
  sample: (asked, answered) => ({
    ...pick(bodyOf(asked.payload), ['input']),
    ...pick(bodyOf(answered), ['results']),
  }),
}

/** Several inputs give several results; the call is as bad as its worst. */
function worstOfEach(results: readonly JsonObject[]): JsonObject {
  const names = new Set(results.flatMap(result => Object.keys(result)))
  return Object.fromEntries(
    [...names].flatMap(name => {
      const value = worst(results.map(result => field(result, name)))
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

function worst(values: readonly unknown[]): number | undefined {
  const numbers = values.flatMap(value =>
    typeof value === 'boolean' || typeof value === 'number' ? [Number(value)] : [],
  )
  return numbers.length === 0 ? undefined : numbers.reduce((a, b) => Math.max(a, b))
}
