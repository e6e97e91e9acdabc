import { isDeepStrictEqual } from 'node:util'
import { field, type Json } from '../../openai/json'
import type { FormPart } from './form'
import type { Tape } from './tape'
import { type Content, tapeContent } from './tape-body'

/** What a request asks for, as far as the choice of a tape depends on it. */
export interface Question {
  method: string
  /** With or without a query. */
  path: string
  contentType?: string
  body: Buffer
}

/**
 * The first tape of the same method and path that was asked the same; else one of the same model and way of
 * streaming; else one of the same way of streaming.
 */
export function chooseTape(tapes: readonly Tape[], question: Question): Tape | undefined {
  const path = normal(question.path)
  const candidates = tapes.filter(
    ({ request }) => request.method === question.method && normal(new URL(request.url).pathname) === path,
  )
  const asked = tapeContent(question.body, question.contentType)
  const streamed = candidates.filter(tape => isDeepStrictEqual(param(tape.request, 'stream'), param(asked, 'stream')))
  return (
    candidates.find(tape => isSameRequest(tape.request, asked)) ??
    streamed.find(tape => isDeepStrictEqual(param(tape.request, 'model'), param(asked, 'model'))) ??
    streamed[0]
  )
}

/** Azure's clients of old double the slash before `openai`. */
function normal(path: string): string {
  return path.replace(/\?.*$/, '').replace(/\/{2,}/g, '/')
}

/** Boundaries are made anew for each request, so forms are the same if their parts are. */
function isSameRequest(one: Content, other: Content): boolean {
  if (one.form && other.form) return isDeepStrictEqual(one.form.parts, other.form.parts)
  return (
    isDeepStrictEqual(one.body, other.body) &&
    one.text === other.text &&
    one.bodyBase64 === other.bodyBase64 &&
    !one.form
  )
}

/** A parameter of a JSON body or a form; `stream: false` is the same as not asked for. */
function param({ body, form }: Content, name: string): Json | undefined {
  const value = form ? form.parts.find(isPartNamed(name))?.text : field(body, name)
  return value === false || value === 'false' ? undefined : value
}

const isPartNamed = (name: string) => (part: FormPart) =>
  part.headers.some(header => header.includes(` name="${name}"`))
