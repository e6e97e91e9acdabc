import { at, field, isObject, type Json, str } from '../json'
import { asText } from './facts'
import type { BodyFailure } from './reader'

const LONGEST_MESSAGE = 4000

/** Where an answer with status 200 tells that it failed. */
const PLACES: readonly (readonly string[])[] = [['error'], ['last_error'], ['response', 'error']]

/** OpenAI's error object, or a bare text, in an answer or in a stream that was folded. */
export function failureIn(answer: Json): BodyFailure | undefined {
  for (const path of PLACES) {
    const failure = failureOf(at(answer, ...path))
    if (failure !== undefined) return failure
  }
  return undefined
}

function failureOf(error: Json | undefined): BodyFailure | undefined {
  if (typeof error === 'string' && error !== '') return { message: error.slice(0, LONGEST_MESSAGE) }
  if (!isObject(error)) return undefined
  const code = asText(field(error, 'code'))
  const message = str(error.message) ?? code
  // A job that is well has `error: {}`, or one whose members are null.
  if (message === undefined) return undefined
  const failure: BodyFailure = { message: message.slice(0, LONGEST_MESSAGE) }
  // A stream's error event has its own type there, not the error's.
  const type = error.type === 'error' ? undefined : str(error.type)
  const param = str(error.param)
  if (type !== undefined) failure.type = type
  if (code !== undefined) failure.code = code
  if (param !== undefined) failure.param = param
  return failure
}
