import { isDeepStrictEqual } from 'node:util'
import type { Content, Tape } from '../local/tapes/tape-types'

/** A request, in the form that tapes have. */
export type TapeRequest = Tape['request']

/** What a request asks for, as values by their path in it: `body.messages.0.content`. */
export type Asked = ReadonlyMap<string, unknown>

/** One message shows no more. */
const MOST_VALUES = 12
const LONGEST_VALUE = 120
/** So much is shown before the place where two long texts part. */
const LEAD = 30

/** Parameters that are credentials, or say which edition of the API is meant: a tape answers without them. */
const NOT_ASKED = /^(api-?version|api[-_]?key|key|token|sig|signature)$/i

export function asked({ method, url, ...content }: TapeRequest): Asked {
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
function differences(one: Asked, other: Asked): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter(
    path => one.has(path) !== other.has(path) || !isDeepStrictEqual(one.get(path), other.get(path)),
  )
}

export function isSame(one: Asked, other: Asked): boolean {
  return differences(one, other).length === 0
}

/** How far two requests are from each other. Another operation is farther off than any number of other values. */
export function distance(one: Asked, other: Asked): number {
  return differences(one, other).reduce((sum, path) => {
    if (path === 'path' || path === 'method') return sum + 1e6
    return sum + 1 - likeness(one.get(path), other.get(path))
  }, 0)
}

/** Up to 0.9, for texts that have nearly all in common. */
function likeness(one: unknown, other: unknown): number {
  if (typeof one !== 'string' || typeof other !== 'string' || one === '' || other === '') return 0
  return (0.9 * commonStart(one, other)) / Math.max(one.length, other.length)
}

function commonStart(one: string, other: string): number {
  let at = 0
  while (at < one.length && one[at] === other[at]) at += 1
  return at
}

/** The differences: the path, then what is on the tape (-) and what was asked (+). */
export function differenceText(now: Asked, tape: Asked): string {
  const paths = differences(now, tape)
  const shown = paths.slice(0, MOST_VALUES).map(path => {
    const [before, after] = [tape.get(path), now.get(path)]
    const from = partedAt(before, after)
    const sides = [
      tape.has(path) ? `    - ${valueText(before, from)}` : '',
      now.has(path) ? `    + ${valueText(after, from)}` : '',
    ]
    return [`  ${path}`, ...sides.filter(side => side !== '')].join('\n')
  })
  const more = paths.length - shown.length
  return [...shown, ...(more > 0 ? [`  and ${more} more`] : [])].join('\n')
}

/** Where a long text is shown from, so that what is not the same is in sight. */
function partedAt(one: unknown, other: unknown): number {
  if (typeof one !== 'string' || typeof other !== 'string') return 0
  if (Math.max(one.length, other.length) <= LONGEST_VALUE) return 0
  return Math.max(0, commonStart(one, other) - LEAD)
}

function valueText(value: unknown, from: number): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  const shown = value.slice(from, from + LONGEST_VALUE)
  return `${from > 0 ? '…' : ''}${JSON.stringify(shown)}${from + shown.length < value.length ? '…' : ''}`
}
