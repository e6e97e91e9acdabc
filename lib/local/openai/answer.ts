import { isObject, type Json } from '../../openai/json'

export const ENCODINGS = ['identity', 'gzip', 'deflate', 'deflate-raw', 'br'] as const
export type AnswerEncoding = (typeof ENCODINGS)[number]

/** How the stand-in answers one request; what is not said is as on the tape. */
export interface StandInAnswer {
  /** Name of the tape. */
  tape?: string
  /** From 400 on, and without a tape of that status, the body is an error object as the API sends it. */
  status?: number
  /** A JSON body instead of the tape's. */
  body?: Json
  /** Added to the tape's, or instead of them. */
  headers?: Record<string, string>
  /** `deflate-raw` says `deflate` in its header, as some servers do. Streams are flushed at every event. */
  encoding?: AnswerEncoding
  /** Milliseconds before the head. */
  headDelayMs?: number
  /** Milliseconds between the events of a stream (or the pieces of `pieceBytes`). */
  delayMs?: number
  /** Sends the body in pieces of so many bytes. */
  pieceBytes?: number
  /** Sends `103 Early Hints` before the head. */
  earlyHints?: boolean
  /** Sends the client to another path, by 307 unless `status` says otherwise. */
  redirect?: string
  fault?: Fault
}

/**
 * What goes wrong, after so many bytes of the body as sent (0: after the head), or before the head where no number is
 * given. `reset` breaks the connection; `hang` sends nothing more and leaves it open; `truncate` announces the whole
 * length (half of it is sent where no number is given) and ends the connection in good order.
 */
export interface Fault {
  kind: 'reset' | 'hang' | 'truncate'
  afterBytes?: number
}

/** Reads the `x-answer` header. Throws an Error that says what is wrong with it. */
export function parseAnswer(header: string): StandInAnswer {
  const value: unknown = JSON.parse(header)
  if (!isAnswer(value)) throw new Error(`x-answer is not an answer: ${header}`)
  return value
}

const CHECKS: Record<keyof StandInAnswer, (value: unknown) => boolean> = {
  tape: isText,
  status: isNumber,
  body: value => value !== undefined,
  headers: isObject,
  encoding: value => ENCODINGS.some(encoding => encoding === value),
  headDelayMs: isNumber,
  delayMs: isNumber,
  pieceBytes: isNumber,
  earlyHints: value => typeof value === 'boolean',
  redirect: isText,
  fault: value => isObject(value) && ['reset', 'hang', 'truncate'].includes(String(value.kind)),
}

function isAnswer(value: unknown): value is StandInAnswer {
  const checks = new Map<string, (value: unknown) => boolean>(Object.entries(CHECKS))
  return isObject(value) && Object.entries(value).every(([key, member]) => checks.get(key)?.(member) ?? false)
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number'
}
