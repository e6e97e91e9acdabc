import { at, field, isObject, type Json, type JsonObject, list, num, str } from '../json'
import { errorObject } from './error-object'
import type { BodyFailure } from './reader'

/** Where an answer with status 200 tells that it failed. */
const PLACES: readonly (readonly string[])[] = [
  ['error'],
  ['last_error'],
  ['response', 'error'],
  // Tencent's.
  ['Response', 'Error'],
]
/** Choices looked at: one that failed is among the first, for there is seldom more than one. */
const MOST_CHOICES = 128
/** Members of an answer that is one: then a `message` or a `code` in it is no error's. */
const ANSWERS = ['choices', 'data', 'output', 'results', 'text'] as const

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

/** What MiniMax's codes are in HTTP: https://platform.minimax.io/docs/api-reference/errorcode */
const MINIMAX: ReadonlyMap<number, number> = new Map(
  (
    [
      [400, '1042 2013 20132 2042'],
      [401, '1004 2049'],
      [402, '1008'],
      [408, '1001'],
      [429, '1002 1039 1041 2045 2056'],
      [500, '1000 1013 1024 1033'],
    ] as const
  ).flatMap(([status, codes]) => codes.split(' ').map((code): [number, number] => [Number(code), status])),
)

/** MiniMax's: every answer has a `base_resp`, and its status is 0 where all is well. */
function ownFailure(answer: Json): BodyFailure | undefined {
  const told = field(answer, 'base_resp')
  const code = num(field(told, 'status_code')) ?? 0
  if (code === 0) return undefined
  const status = MINIMAX.get(code)
  return { message: `status_code ${code}`, ...errorObject(told), ...(status === undefined ? {} : { status }) }
}

/** An error object that is the whole answer: flat, FastAPI's, AWS's, Cloudflare's, Baidu's. */
function bareFailure(answer: Json): BodyFailure | undefined {
  if (!isObject(answer) || ANSWERS.some(name => says(field(answer, name)))) return undefined
  const isError =
    answer.object === 'error' ||
    answer.type === 'error' ||
    answer.success === false ||
    str(answer.__type) !== undefined ||
    says(field(answer, 'error_code')) ||
    (!isNamed(answer) && tellsFailure(answer)) ||
    (field(answer, 'detail') !== undefined && !isNamed(answer))
  const failure = errorObject(answer)
  return isError || (failure?.status !== undefined && !isNamed(answer)) ? failure : undefined
}

/** What servers with codes of their own say where all is well. */
const WELL: ReadonlySet<string> = new Set(['', '0', '200', '20000', 'ok', 'success'])
const FAILED: ReadonlySet<string> = new Set(['error', 'fail', 'failure'])

/** Nothing but a code and a message, or a status in words: iFlytek's, and many a company's own gateway. */
function tellsFailure(answer: JsonObject): boolean {
  const { code, status, message, msg } = answer
  if (str(message) === undefined && str(msg) === undefined) return false
  const isCode = typeof code === 'number' || typeof code === 'string'
  return (isCode && !WELL.has(String(code).toLowerCase())) || FAILED.has(String(status).toLowerCase())
}

/** Servers give failures an id, too; but then they must look like nothing else. */
function isNamed(answer: JsonObject): boolean {
  return says(field(answer, 'id'))
}

/** Not null, not empty, not zero: members are sent that say nothing. */
function says(value: Json | undefined): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value)
}
