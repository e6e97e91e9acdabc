import { field, type Json, list, str } from '../json'
import { usageOf } from '../usage'
import { contentText } from './content'
import { asText } from './facts'
import { failureIn } from './failure'
import { itemFacts } from './items'
import type { Reader } from './reader'
import { bodyOf, objects, pick, type RequestShape, requestFacts, responseFacts } from './shape'

const REQUEST: RequestShape = {
  params: ['model', 'prompt_cache_key', 'prompt_cache_options.mode', 'prompt_cache_options.ttl', 'safety_identifier'],
  counts: ['questions'],
}

/** Questions about an input, each answered with a verdict and how sure it is. */
export const decisions: Reader = {
  request(asked) {
    const { input, questions } = bodyOf(asked.payload)
    const found = requestFacts(asked, REQUEST)
    if (typeof input === 'string') found.text('input', input)
    for (const [n, item] of objects(input).entries()) {
      if (found.isFull) break
      itemFacts(found, `input.${n}`, item)
    }
    for (const [n, question] of objects(questions).entries()) {
      if (found.isFull) break
      found.string(`questions.${n}.type`, question.type)
      found.string(`questions.${n}.name`, question.name)
      found.text(`questions.${n}.instructions`, contentText(question.instructions))
    }
    return found
  },

  response(answered) {
    const { answers } = bodyOf(answered)
    const found = responseFacts(answered)
    found.count('answers_count', answers)
    for (const [n, answer] of objects(answers).entries()) {
      if (found.isFull) break
      for (const name of ['type', 'name']) found.string(`answers.${n}.${name}`, answer[name])
      for (const name of ['probability', 'confidence', 'score']) found.number(`answers.${n}.${name}`, answer[name])
      found.text(`answers.${n}.choice`, asText(answer.choice))
    }
    return found
  },

  usage: usageOf,
  incomplete: answer => (list(field(answer, 'answers')).some(isRefusal) ? 'refusal' : undefined),
  failure: failureIn,
  sample: (asked, answered) => ({
    ...pick(bodyOf(asked.payload), ['input', 'questions']),
    ...pick(bodyOf(answered), ['answers']),
  }),
}

function isRefusal(answer: Json): boolean {
  return str(field(answer, 'type')) === 'refusal'
}
