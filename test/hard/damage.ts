import * as fc from 'fast-check'
import { loadTapes, requestBytes, responseBytes, type Tape } from '../../lib/local/tapes/tape'
import { isObject, type Json } from '../../lib/openai/json'
import { parseJson } from '../../lib/openai/read/payload'
import { eventValue, looksLikeEvents, parseEvents } from '../../lib/openai/read/sse'
import type { Wire } from './exchange'

/** A text of JSON that `JSON.stringify` does not write: it is put in place of this mark. */
const RAW = '@@raw '

/** What may stand where something else should. */
const WRONG: readonly Json[] = [
  null,
  true,
  -1,
  1e308,
  '',
  'text',
  '__proto__',
  'constructor',
  '\ud800',
  'é€\u0000\ufeff',
  [],
  {},
  [null, [[]], { index: -1 }, { index: 1e9 }, 'x', 3],
  `${RAW}1e999`,
  `${RAW}-0`,
  `${RAW}{"__proto__":{"polluted":1},"constructor":2,"toString":3,"length":9,"then":1}`,
  `${RAW}{"a":1,"a":2,"type":"text","type":5}`,
  `${RAW}"\\ud800\\udc00\\udfff"`,
]

/** What is done to one place of a value. */
type Act = (value: Json) => Json
const HUGE = 70_000
const MANY = 3_000
const DEEP = 5_000

const ACTS: Readonly<Record<string, Act>> = {
  ...Object.fromEntries(WRONG.map((wrong): [string, Act] => [`is ${JSON.stringify(wrong)}`, () => wrong])),
  'a text of 70,000 characters': () => 'x€'.repeat(HUGE / 2),
  'repeated 3,000 times in a list': value => Array.from({ length: MANY }, () => (isSmall(value) ? value : 'many')),
  '3,000 names': value =>
    Object.fromEntries(Array.from({ length: MANY }, (_, i) => [`name_${i}`, isSmall(value) ? value : i])),
  'nested 5,000 deep in lists': () => `${RAW}${'['.repeat(DEEP)}${']'.repeat(DEEP)}`,
  'nested 5,000 deep in objects': () => `${RAW}${'{"type":"object","items":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`,
  'wrapped in a list': value => [value],
  'wrapped in an object': value => ({ value, text: value, content: value, type: 'text' }),
  'as a text': value => JSON.stringify(value),
}

function isSmall(value: Json): boolean {
  return JSON.stringify(value).length < 200
}

/** One change: the place as steps into the value, and what is done there, by its name in `ACTS`. */
export interface Change {
  readonly path: readonly number[]
  readonly act: string
}

const DROP = 'drop'
const big = Object.keys(ACTS).slice(WRONG.length)
const acts = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...Object.keys(ACTS).slice(0, WRONG.length)) },
  { weight: 2, arbitrary: fc.constant(DROP) },
  { weight: 1, arbitrary: fc.constantFrom(...big) },
)
export const changes: fc.Arbitrary<readonly Change[]> = fc.array(
  fc.record({ path: fc.array(fc.nat(30), { maxLength: 6 }), act: acts }),
  { minLength: 1, maxLength: 3 },
)

function changed(value: Json, [step, ...rest]: readonly number[], act: string): Json {
  const here = (): Json => ACTS[act]?.(value) ?? null
  if (step === undefined || value === null || typeof value !== 'object') return here()
  const keys = Object.keys(value)
  const key = keys[step % keys.length]
  if (key === undefined) return here()
  const drops = act === DROP && rest.length === 0
  if (Array.isArray(value)) {
    const at = Number(key)
    return drops ? value.toSpliced(at, 1) : value.with(at, changed(value[at] ?? null, rest, act))
  }
  if (!drops) return { ...value, [key]: changed(value[key] ?? null, rest, act) }
  const { [key]: _, ...others } = value
  return others
}

/** JSON with the raw places filled in. */
function written(value: Json): string {
  return JSON.stringify(value).replace(/"@@raw ((?:[^"\\]|\\.)*)"/g, (_, text: string) => JSON.parse(`"${text}"`))
}

export function damagedJson(bytes: Buffer, damage: readonly Change[]): Buffer {
  const value = parseJson(bytes.toString())
  if (value === undefined || !(isObject(value) || Array.isArray(value))) return bytes
  let damaged: Json = value
  for (const { path, act } of damage) damaged = changed(damaged, path, act)
  return Buffer.from(written(damaged))
}

/** An event of the stream is damaged, told twice, or left out, by where a change leads. */
function damagedEvents(bytes: Buffer, damage: readonly Change[]): Buffer {
  const events = parseEvents(bytes).map(({ event, data, bytes: large }) => {
    const text = large?.toString() ?? data
    return { name: event, text, value: parseJson(text) }
  })
  for (const { path, act } of damage) {
    const [step = 0, ...rest] = path
    const at = step % Math.max(1, events.length)
    const event = events[at]
    if (event === undefined) continue
    if (rest.length === 0) events.splice(at, act === DROP ? 1 : 0, ...(act === DROP ? [] : [event]))
    else if (event.value !== undefined) events[at] = { ...event, value: changed(event.value, rest, act) }
  }
  const text = events.map(({ name, text: before, value }) => {
    const data = value === undefined ? before : written(value)
    return `${name === undefined ? '' : `event: ${name}\n`}data: ${data}\n\n`
  })
  return Buffer.from(text.join(''))
}

/** Bytes flipped, dropped or cut off, after all else. */
export interface Noise {
  readonly at: number
  readonly does: 'flip' | 'drop' | 'cut' | 'invalid'
}

export const noises: fc.Arbitrary<readonly Noise[]> = fc.oneof(
  { weight: 4, arbitrary: fc.constant([]) },
  {
    weight: 1,
    arbitrary: fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 0.999, noNaN: true }),
        does: fc.constantFrom<Noise['does']>('flip', 'drop', 'cut', 'invalid'),
      }),
      { maxLength: 3 },
    ),
  },
)

export function noisy(bytes: Buffer, noise: readonly Noise[]): Buffer {
  return noise.reduce((now, { at, does }) => {
    const place = Math.floor(at * now.length)
    if (does === 'cut') return now.subarray(0, place)
    if (does === 'drop') return Buffer.concat([now.subarray(0, place), now.subarray(place + 1)])
    const bad = Buffer.from(now)
    if (bad.length > 0) bad[place] = does === 'flip' ? (bad[place] ?? 0) ^ 0x10 : 0xff
    return bad
  }, bytes)
}

export interface Damaged {
  /** The tape's name. */
  readonly tape: string
  readonly request: readonly Change[]
  readonly response: readonly Change[]
  readonly noise: readonly Noise[]
}

/** What passes on the wire where a tape is played with its bodies damaged. */
export function wireOf({ tape: name, request, response, noise }: Damaged): Wire {
  const tape = TAPES.get(name)
  if (tape === undefined) throw new Error(`no tape ${name}`)
  const answer = responseBytes(tape)
  const damage = looksLikeEvents(answer) ? damagedEvents : damagedJson
  return {
    method: tape.request.method,
    url: tape.request.url,
    requestHeaders: new Map(
      Object.entries({ authorization: 'Bearer sk-test-hard-0123456789', ...tape.request.headers }),
    ),
    request: noisy(damagedJson(requestBytes(tape), request), noise),
    status: tape.response.status,
    responseHeaders: new Map(Object.entries(tape.response.headers).filter(([name]) => name !== 'content-encoding')),
    response: noisy(damage(answer, response), noise),
    outcome: 'complete',
  }
}

const TAPES = new Map(loadTapes().map(tape => [tape.name, tape]))

/** The names of one tape of each shape of exchange: the operation's path, and the names in both bodies. */
export function tapesOfEachShape(): string[] {
  const small = [...TAPES.values()].filter(tape => responseBytes(tape).length < MOST_BYTES)
  return [...new Map(small.map(tape => [shapeOf(tape), tape.name])).values()]
}

const MOST_BYTES = 40_000

function shapeOf(tape: Tape): string {
  const answer = responseBytes(tape)
  const values = looksLikeEvents(answer)
    ? parseEvents(answer).map(event => eventValue(event))
    : [parseJson(answer.toString())]
  const names = [parseJson(requestBytes(tape).toString()), values.at(-2) ?? values.at(-1)].map(value =>
    isObject(value) ? Object.keys(value).sort().join() : typeof value,
  )
  return [tape.request.method, new URL(tape.request.url).pathname.replace(/[_-]?\w*\d\w*/g, '*'), ...names].join(' ')
}
