import { at, field, isObject, type Json, list, num, str } from '../json'
import { errorObject } from './error-object'
import type { BodyFailure } from './reader'

/** Where an answer with status 200 tells that it failed. */
const PLACES: readonly (readonly string[])[] = [['error'], ['last_error'], ['response', 'error']]
/** Choices looked at: one that failed is among the first, for there is seldom more than one. */
const MOST_CHOICES = 128
/** Members of an answer that is one: then a `message` or a `code` in it is no error's. */
const ANSWERS = ['id', 'choices', 'data', 'output', 'results', 'text'] as const

/** What failed in an answer, plain or folded from a stream, although HTTP said 200. */
export function failureIn(answer: Json): BodyFailure | undefined {
  for (const path of PLACES) {
    const failure = errorObject(at(answer, ...path))
    if (failure !== undefined) return failure
  }
  return choiceFailure(answer) ?? ownFailure(answer) ?? bareFailure(answer)
}

/** OpenRouter's way: the provider behind it failed, and the choice says so. */
function choiceFailure(answer: Json): BodyFailure | undefined {
  for (const choice of list(field(answer, 'choices')).slice(0, MOST_CHOICES)) {
    const failure = errorObject(field(choice, 'error'))
    if (failure !== undefined) return failure
    if (str(field(choice, 'finish_reason')) === 'error') return { message: 'finish_reason: error' }
  }
  return undefined
}

/** MiniMax's: every answer has a `base_resp`, and its status is 0 where all is well. */
function ownFailure(answer: Json): BodyFailure | undefined {
  const told = field(answer, 'base_resp')
  return (num(field(told, 'status_code')) ?? 0) === 0 ? undefined : errorObject(told)
}

/** An error object that is the whole answer: flat, FastAPI's, AWS's, Cloudflare's. */
function bareFailure(answer: Json): BodyFailure | undefined {
  if (!isObject(answer) || ANSWERS.some(name => (field(answer, name) ?? undefined) !== undefined)) return undefined
  const isError =
    answer.object === 'error' ||
    answer.type === 'error' ||
    answer.success === false ||
    str(answer.__type) !== undefined ||
    field(answer, 'detail') !== undefined
  const failure = errorObject(answer)
  return isError || failure?.status !== undefined ? failure : undefined
}
