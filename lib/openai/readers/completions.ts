import { field, type Json, type JsonObject, str } from '../json'
import { generatedUsageOf } from '../usage'
import { choicesCarry } from './carried'
import { addTop, choicesIncomplete, choicesOf, FoldedChoices, filterFacts, promptFilterFacts } from './choices'
import { cutChunk } from './cut-events'
import { failureIn } from './failure'
import type { Fold } from './fold'
import { appliedParameters } from './parameters'
import { promptFacts } from './prompts'
import type { Reader } from './reader'
import { bodyOf, pick, type RequestShape, requestFacts, responseFacts } from './shape'

const REQUEST: RequestShape = {
  params: (
    'model max_tokens temperature top_p n stream logprobs echo stop presence_penalty frequency_penalty ' +
    'best_of logit_bias user seed'
  ).split(' '),
}

/** Completions, before there was chat. */
export const completions: Reader = {
  request(asked) {
    const found = requestFacts(asked, REQUEST)
    // What stands after the gap: as much a prompt as what stands before it.
    found.text('suffix', str(field(bodyOf(asked.payload), 'suffix')))
    promptFacts(found, 'prompt', field(bodyOf(asked.payload), 'prompt'))
    return found
  },

  response(answered) {
    const body = bodyOf(answered)
    const found = responseFacts(answered, { strings: ['system_fingerprint', 'service_tier'], counts: ['choices'] })
    for (const [index, choice] of choicesOf(body)) {
      if (found.isFull) break
      found.string(`choices.${index}.finish_reason`, choice.finish_reason)
      if (choice.logprobs !== undefined && choice.logprobs !== null) {
        found.string(`choices.${index}.logprobs`, 'returned')
      }
      filterFacts(found, `choices.${index}.content_filter_results`, choice.content_filter_results)
      found.text(`choices.${index}.text`, str(choice.text))
    }
    promptFilterFacts(found, body)
    return found
  },

  usage: generatedUsageOf,
  fold: foldCompletion,
  cutEvent: cutChunk,
  incomplete: choicesIncomplete,
  failure: failureIn,
  carries: event => choicesCarry(event, choice => (str(field(choice, 'text')) === undefined ? undefined : 'content')),
  parameters: appliedParameters(['service_tier']),
  sample: (asked, answered) => ({
    ...pick(bodyOf(asked.payload), ['prompt']),
    ...pick(bodyOf(answered), ['choices']),
  }),
}

function* foldCompletion(): Fold {
  const top: JsonObject = { object: 'text_completion' }
  const choices = new FoldedChoices<Choice>(
    index => ({ index, text: '', finish_reason: null, logprobs: null }),
    addChunk,
  )
  for (let event = yield; event !== undefined; event = yield) {
    addTop(top, event)
    choices.addChunk(event)
  }
  return { ...top, choices: choices.inOrder() }
}

interface Choice extends JsonObject {
  index: number
  text: string
  logprobs: Json
}

function addChunk(into: Choice, chunk: JsonObject): void {
  into.text += str(chunk.text) ?? ''
  into.logprobs ??= chunk.logprobs ?? null
}
