import { isDeepStrictEqual } from 'node:util'
import type { Tape } from '../local/tapes/tape'
import type { Content } from '../local/tapes/tape-body'

/** A request, in the form that tapes have. */
export type TapeRequest = Tape['request']

/** One that is shown has no more. */
const MOST_LINES = 12
const LONGEST_VALUE = 120

/** Parameters that are credentials, or say which edition of the API is meant: a tape answers without them. */
const NOT_ASKED = /^(api-?version|api[-_]?key|key|token|sig|signature)$/i

/** What a request asks for, as values by their path in it: `body.messages.0.content`. */
export function asked({ method, url, ...content }: TapeRequest): ReadonlyMap<string, unknown> {
  const { pathname, searchParams } = new URL(url)
  const query = [...searchParams].filter(([name]) => !NOT_ASKED.test(name))
  return new Map<string, unknown>([
    ['method', method],
    ['path', apiPath(pathname)],
    ...query.map(([name, value]): [string, unknown] => [`query.${name}`, value]),
    ...bodyValues(content),
  ])
}

/** Without what a gateway puts before it: `/api/v1/models` and `/v1/models` ask for the same. */
function apiPath(path: string): string {
  return path.replace(/\/{2,}/g, '/').replace(/^.*?(?=\/v\d+\/)/, '')
}

/** Boundaries of forms are made anew for each request. */
function bodyValues({ body, form, text, bodyBase64 }: Content): [string, unknown][] {
  if (form !== undefined) return leaves(form.parts, 'form')
  if (body !== undefined) return leaves(body, 'body')
  const raw = text ?? bodyBase64
  return raw === undefined ? [] : [['body', raw]]
}

function leaves(value: unknown, path: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]]
  const entries = Object.entries(value)
  return entries.length === 0 ? [[path, value]] : entries.flatMap(([key, inner]) => leaves(inner, `${path}.${key}`))
}

/** Paths of what is not the same; those of `method` and `path` first. */
export function differences(one: ReadonlyMap<string, unknown>, other: ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter(
    path => one.has(path) !== other.has(path) || !isDeepStrictEqual(one.get(path), other.get(path)),
  )
}

/** The differences, a line each: what was asked, and what is on the tape. */
export function differenceText(now: ReadonlyMap<string, unknown>, tape: ReadonlyMap<string, unknown>): string {
  const paths = differences(now, tape)
  const lines = paths
    .slice(0, MOST_LINES)
    .map(path => `  ${path}: asked ${valueText(now, path)}, on the tape ${valueText(tape, path)}`)
  const more = paths.length - lines.length
  return [...lines, ...(more > 0 ? [`  and ${more} more`] : [])].join('\n')
}

function valueText(values: ReadonlyMap<string, unknown>, path: string): string {
  if (!values.has(path)) return 'nothing'
  const text = JSON.stringify(values.get(path))
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text
}
