import { field, isObject, type Json, type JsonObject } from '../json'
import { usageOf } from '../usage'
import type { FactsBuilder } from './facts'
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

/**
 * The verdicts that an answer of chat or responses brings along on what was asked and answered: flagged or not, the
 * categories that were, and the model that judged.
 */
export function moderationFacts(found: FactsBuilder, moderation: Json | undefined): void {
  for (const side of ['input', 'output'] as const) {
    const verdict = field(moderation, side)
    const key = `moderation.${side}`
    const results = isObject(verdict) ? (Array.isArray(verdict.results) ? objects(verdict.results) : [verdict]) : []
    found.number(`${key}.flagged`, worst(results.map(result => result.flagged)))
    found.string(`${key}.model`, field(verdict, 'model'))
    if (field(verdict, 'type') === 'error') found.string(`${key}.error.code`, field(verdict, 'code'))
    for (const [category, value] of Object.entries(
      worstOfEach(results.map(each => each.categories).filter(isObject)),
    )) {
      if (value === 1) found.number(`${key}.categories.${category}`, value)
    }
  }
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
