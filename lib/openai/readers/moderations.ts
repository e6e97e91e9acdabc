import { field, isObject, type Json, type JsonObject, list } from '../json'
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
    const results = list(field(bodyOf(answered), 'results')).filter(isObject)
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
    if (!isObject(verdict)) continue
    const key = `moderation.${side}`
    const results = Array.isArray(verdict.results) ? objects(verdict.results) : [verdict]
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

/** As many as facts are shown of. */
const MOST_NAMES = 1000

/** Several inputs give several results; the call is as bad as its worst. One pass: names may be without end. */
function worstOfEach(results: readonly JsonObject[]): JsonObject {
  const found = new Map<string, number>()
  for (const result of results) {
    for (const [name, value] of Object.entries(result)) {
      if (found.size >= MOST_NAMES && !found.has(name)) continue
      const worse = worst([value, found.get(name)])
      if (worse !== undefined) found.set(name, worse)
    }
  }
  return Object.fromEntries(found)
}

function worst(values: readonly unknown[]): number | undefined {
  let found: number | undefined
  for (const value of values) {
    if (typeof value !== 'boolean' && typeof value !== 'number') continue
    found = Math.max(found ?? Number.NEGATIVE_INFINITY, Number(value))
  }
  return found
}
