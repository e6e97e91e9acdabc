import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { events, responseBytes, type Tape } from '../lib/local/tapes/tape'
import type { JsonObject } from '../lib/openai/json'
import { type Played, type Point, playTapes, TAPE } from './played'

/**
 * The dashboard and monitors that Datadog ships for OpenAI (data/dashboard.json: what each widget reads), evaluated
 * over what the embedded agent received when every tape was played. A widget is filled if each of its queries gives a
 * value, no point lacks a filter's tag that its exchange has, and each column is in every entry whose exchange has it.
 */

interface Query {
  metric: string
  as: 'count' | 'avg' | 'sum' | 'p95'
  by: string[]
  /** Tag values that the widget narrows to; a star at the end stands for any rest. */
  where?: Record<string, string[]>
}
interface MetricWidget {
  widget: string
  queries: Query[]
}
interface LogWidget {
  widget: string
  tagFilter: string
  columns: string[]
}
interface Shipped {
  filters: string[]
  metricWidgets: MetricWidget[]
  logWidgets: LogWidget[]
  monitors: { reads: string }[]
}

/** Empty with every client: they read tags (`openai.model`, `model`) that nobody ever sent. */
const NEVER_FILLED = ['estimated cost, second widget', 'prompt tokens']

const shipped = JSON.parse(readFileSync(join(__dirname, 'data', 'dashboard.json'), 'utf8')) as Shipped
let played: Played

// biome-ignore lint/suspicious/noExplicitAny: bodies are read here by a few lines that know nothing of ours
type Loose = any

const list = (value: Loose): Loose[] => (Array.isArray(value) ? value : [])

function bodiesOf(tape: Tape): Loose[] {
  const sent = events(tape)
  if (sent !== undefined) return sent.map(event => (event as Loose).data)
  const text = responseBytes(tape).toString()
  try {
    return [JSON.parse(text)]
  } catch {
    return [text]
  }
}

function partOf(tape: Tape, name: string): Loose {
  const part = tape.request.form?.parts.find(({ headers }) =>
    headers.some(header => header.includes(` name="${name}"`) || header.includes(` name="${name}[]"`)),
  )
  return part && (part.headers.some(header => header.includes('filename=')) ? 'a file' : part.text)
}

function asked(tape: Tape, name: string): Loose {
  return (tape.request.body as Loose)?.[name] ?? partOf(tape, name)
}

/** The first choice, or image, in all its pieces. */
function firsts(tape: Tape): Loose[] {
  return bodiesOf(tape).flatMap(body => list(body?.choices ?? body?.data).filter((each, i) => (each?.index ?? i) === 0))
}

/** Does the exchange have what a column shows? */
const HAS: Record<string, (tape: Tape) => unknown> = {
  status: () => true,
  timestamp: () => true,
  service: () => true,
  'openai.request.endpoint': () => true,
  'openai.request.model': tape => asked(tape, 'model'),
  prompt: tape => asked(tape, 'prompt'),
  instruction: tape => asked(tape, 'instruction'),
  input: tape => asked(tape, 'input'),
  image: tape => partOf(tape, 'image'),
  mask: tape => partOf(tape, 'mask'),
  file: tape => partOf(tape, 'file'),
  'messages.0.content': tape => asked(tape, 'messages')?.[0]?.content,
  // Speech answers with sound.
  text: tape =>
    partOf(tape, 'file') &&
    tape.response.status < 400 &&
    bodiesOf(tape).some(body => (typeof body === 'string' ? body : body.text)),
  'choices.0.text': tape => firsts(tape).some(({ text }) => text),
  'choices.0.url': tape => firsts(tape).some(({ url }) => url),
  'choices.0.b64_json': tape => firsts(tape).some(image => image.b64_json),
  'choices.0.finish_reason': tape => firsts(tape).some(choice => choice.finish_reason),
  'completion.0.finish_reason': tape => firsts(tape).some(choice => choice.finish_reason),
  'completion.0.message.content': tape => firsts(tape).some(({ message, delta }) => (message ?? delta)?.content),
}

/** Tags that the widgets filter by, and whether an exchange has them to send. */
const KNOWN: Record<string, (tape: Tape) => unknown> = {
  env: () => true,
  service: () => true,
  version: () => true,
  'openai.request.model': tape => asked(tape, 'model'),
  'openai.organization.name': tape =>
    Object.entries(tape.response.headers).find(([name]) => name.toLowerCase() === 'openai-organization')?.[1],
  'openai.user.api_key': () => true,
}

/** Backends make this one from measured spans, by service and environment. */
const TRACE_METRIC = 'trace.openai.request'
const TRACE_FILTERS = ['env', 'service', 'version']

type Read = Pick<Point, 'values' | 'tags'>

function pointsOf(metric: string): Read[] {
  if (metric !== TRACE_METRIC) return played.metrics.filter(({ name }) => name === metric)
  return played.spans
    .filter(span => span.metrics['_dd.measured'] === 1)
    .map(({ duration, service, meta }) => ({
      values: [duration],
      tags: new Map(Object.entries({ ...meta, service })),
    }))
}

/** Why a query gives nothing, or not all; undefined if it gives a value. */
function emptiness({ metric, as, by, where = {} }: Query): string | undefined {
  const filters = metric === TRACE_METRIC ? TRACE_FILTERS : shipped.filters
  const sent = pointsOf(metric)
  if (sent.length === 0) return `${metric} is not sent`
  for (const filter of filters) {
    const lacking = sent.filter(({ tags }) => {
      const tape = played.tapes.get(tags.get(TAPE) ?? '')
      return tape !== undefined && KNOWN[filter]?.(tape) && !tags.has(filter)
    })
    if (lacking.length > 0) return `${lacking.length} of ${sent.length} points of ${metric} have no ${filter}`
  }
  const narrowed = sent.filter(({ tags }) =>
    Object.entries(where).every(([tag, wanted]) => wanted.some(value => fits(tags.get(tag), value))),
  )
  if (narrowed.length === 0) return `no point of ${metric} has ${Object.keys(where)}`
  const grouped = narrowed.filter(({ tags }) => by.every(tag => tags.has(tag)))
  if (grouped.length === 0) return `no point of ${metric} has ${by} to group by`
  const value = evaluate(grouped, as)
  return value > 0 && Number.isFinite(value) ? undefined : `${as} of ${metric} is ${value}`
}

function fits(value: string | undefined, wanted: string): boolean {
  if (value === undefined) return false
  return wanted.endsWith('*') ? value.startsWith(wanted.slice(0, -1)) : value === wanted
}

function evaluate(points: Read[], as: Query['as']): number {
  const values = points
    .flatMap(({ values }) => values)
    .map(Number)
    .sort((a, b) => a - b)
  const sum = values.reduce((total, value) => total + value, 0)
  if (as === 'count') return values.length
  if (as === 'sum') return sum
  if (as === 'avg') return sum / values.length
  return values[Math.ceil(values.length * 0.95) - 1] ?? Number.NaN
}

function tagsOf({ ddtags }: JsonObject): Map<string, string> {
  const pairs = String(ddtags).split(',')
  return new Map(pairs.map(tag => [tag.slice(0, tag.indexOf(':')), tag.slice(tag.indexOf(':') + 1)]))
}

/** An attribute: a key with its dots, or a path into lists and objects. */
function attribute(entry: JsonObject, column: string): Loose {
  return entry[column] ?? column.split('.').reduce((value: Loose, step) => value?.[step], entry)
}

function emptyColumns({ tagFilter, columns }: LogWidget): string | undefined {
  const colon = tagFilter.indexOf(':')
  const [name, wanted] = [tagFilter.slice(0, colon), tagFilter.slice(colon + 1).replaceAll('"', '')]
  const entries = played.entries.filter(entry => fits(tagsOf(entry).get(name), wanted))
  const lacking: string[] = []
  for (const column of columns) {
    const having = entries.filter(entry => {
      const tape = played.tapes.get(tagsOf(entry).get(TAPE) ?? '')
      return tape !== undefined && HAS[column]?.(tape)
    })
    if (having.length === 0) lacking.push(`${column}: no exchange has it`)
    for (const entry of having) {
      const value = attribute(entry, column)
      if (value === undefined || value === '') lacking.push(`${column} of ${tagsOf(entry).get(TAPE)}`)
    }
  }
  return lacking.length > 0 ? `of ${entries.length} entries, missing ${lacking.slice(0, 5).join(', ')}` : undefined
}

const widgets: [name: string, emptiness: () => string | undefined][] = [
  ...shipped.metricWidgets.map(({ widget, queries }): [string, () => string | undefined] => [
    widget,
    () => queries.map(emptiness).find(reason => reason !== undefined),
  ]),
  ...shipped.logWidgets.map((widget): [string, () => string | undefined] => [
    widget.widget,
    () => emptyColumns(widget),
  ]),
]

const test = suite('the dashboard that Datadog ships')

test.before(async () => {
  played = await playTapes()
})
test.after(() => {
  const empty = widgets.flatMap(([name, reasonOf]) => {
    const reason = reasonOf()
    return reason === undefined ? [] : [`\n    ${name}: ${reason}`]
  })
  console.log(`\n  widgets filled: ${widgets.length - empty.length} of ${widgets.length}${empty.join('')}`)
})

for (const [name, reasonOf] of widgets) {
  if (NEVER_FILLED.includes(name)) {
    test(`${name} stays empty`, () => assert.type(reasonOf(), 'string'))
  } else {
    test(`${name} is filled`, () => assert.is(reasonOf(), undefined))
  }
}

for (const { reads } of shipped.monitors) {
  test(`the monitor of ${reads} is fed`, () => {
    assert.is(emptiness({ metric: reads, as: 'avg', by: [] }), undefined)
  })
}

test('requests are counted once a call', () => {
  const counted = evaluate(pointsOf('openai.request.duration'), 'count')
  assert.is(counted, played.spans.length)
  assert.is(counted, played.entries.length)
})

test('an error is never of a call that duration does not count', () => {
  const shared = ({ tags }: Read): string =>
    [...tags]
      .filter(([name]) => name !== 'error_kind')
      .sort()
      .join()
  const durations = pointsOf('openai.request.duration').map(shared)
  const errors = pointsOf('openai.request.error').map(shared)
  assert.ok(errors.length > 0)
  for (const error of new Set(errors)) {
    const count = (all: string[]): number => all.filter(each => each === error).length
    assert.ok(count(errors) <= count(durations), error)
  }
})

test.run()
