import { v1 } from '@datadog/datadog-api-client'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { dashboard, monitors } from '../lib/dashboards'
import { type Query, queryText } from '../lib/dashboards/query'
import { isObject, type JsonObject } from '../lib/openai/json'
import { type Played, type Point, playTapes, TAPE } from './played'

/**
 * Our dashboard and monitors: of a form that Datadog's own client knows in every part, and reading nothing that the
 * embedded agent did not receive when every tape was played.
 */

const made = dashboard({ metricTags: [TAPE] })
/** Without undefined members, as it is printed. */
const plain = (value: unknown): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject

/** All widgets, out of their groups. */
const panels = made.widgets.flatMap(({ definition }) =>
  definition.type === 'group' ? definition.widgets.map(widget => widget.definition) : [],
)

let played: Played

/** Every string of a JSON value that stands under this name. */
function stringsUnder(value: unknown, name: string): string[] {
  if (Array.isArray(value)) return value.flatMap(each => stringsUnder(each, name))
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === name && typeof inner === 'string' ? [inner] : stringsUnder(inner, name),
  )
}

/** What the client could not place: values out of an enum, objects of no known kind, members without a name. */
function unknownParts(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return []
  if (value.constructor.name === 'UnparsedObject') return [`${path}: of no known kind`]
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === '_unparsed' && inner === true) return [`${path}: not understood`]
    if (key === 'additionalProperties' && inner !== undefined) return [`${path}: unknown ${Object.keys(inner)}`]
    return unknownParts(inner, `${path}.${key}`)
  })
}

/** Through the official client's types and back. Gives what it could not place. */
function throughClient(json: unknown, type: 'Dashboard' | 'Monitor'): string[] {
  const typed: v1.Dashboard | v1.Monitor = v1.ObjectSerializer.deserialize(plain(json), type, '')
  const unknown = unknownParts(typed)
  if (unknown.length === 0) assert.equal(v1.ObjectSerializer.serialize(typed, type, ''), plain(json))
  return unknown
}

interface Reading {
  metric: string
  /** Each `tag:value`, `!tag:value`, or `$variable`. */
  filters: string[]
  by: string[]
}

const READING = /\b(?:count|sum|avg|min|max|p\d\d):([\w.]+)\{([^}]*)\}(?: by \{([^}]*)\})?/g

function readingsOf(query: string): Reading[] {
  const readings = [...query.matchAll(READING)].map(([, metric = '', filters = '', by = '']) => ({
    metric,
    filters: filters.split(',').filter(filter => filter !== '*'),
    by: by.split(',').filter(tag => tag !== ''),
  }))
  const named = query.match(/openai\.[\w.]+\{/g) ?? []
  assert.is(readings.length, named.length, `${query} is read whole`)
  assert.ok(readings.length > 0, query)
  return readings
}

const prefixes = new Map(made.template_variables.map(({ name, prefix }) => [name, prefix]))

/** A filter as a tag, with its value if it names one. */
function tagOf(filter: string): [name: string, value?: string] {
  if (filter.startsWith('$')) return [prefixes.get(filter.slice(1)) ?? filter]
  const [name = '', value = ''] = filter.replace('!', '').split(/:(.*)/)
  return [name, value]
}

/** What of a query's names no point had. */
function missing({ metric, filters, by }: Reading): string[] {
  const points = played.metrics.filter(({ name }) => name === metric)
  if (points.length === 0) return [metric]
  const has = ({ tags }: Point, [name, value]: [string, string?]): boolean =>
    value === undefined ? tags.has(name) : tags.get(name) === value
  const tags: [string, string?][] = [...filters.map(tagOf), ...by.map((name): [string] => [name])]
  const absent = tags.filter(tag => !points.some(point => has(point, tag)))
  if (absent.length > 0) return absent.map(tag => `${tag.join(':')} on ${metric}`)
  // A point that passes all filters is what the widget shows.
  const wanted = [
    ...filters.filter(filter => !filter.startsWith('!')).map(tagOf),
    ...by.map((name): [string] => [name]),
  ]
  return points.some(point => wanted.every(tag => has(point, tag)))
    ? []
    : [`${wanted.join(' and ')} together on ${metric}`]
}

const test = suite('dashboard and monitors')

test.before(async () => {
  played = await playTapes()
})

test('Datadog’s client knows every part of the dashboard', () => {
  assert.equal(throughClient(made, 'Dashboard'), [])
  assert.equal(throughClient(dashboard(), 'Dashboard'), [])
})

test('Datadog’s client knows every part of the monitors', () => {
  for (const monitor of monitors()) assert.equal(throughClient(monitor, 'Monitor'), [])
})

test('a part that Datadog does not know is found', () => {
  assert.ok(throughClient({ ...made, layout_type: 'heap' }, 'Dashboard').length > 0)
  assert.ok(throughClient({ ...made, colour: 'red' }, 'Dashboard').length > 0)
  assert.throws(() => throughClient({ ...made, title: undefined }, 'Dashboard'), /missing required/)
  const [group] = made.widgets
  assert.ok(throughClient({ ...made, widgets: [{ ...group, definition: { type: 'pie' } }] }, 'Dashboard').length > 0)
})

test('widgets do not overlap and fit the grid', () => {
  for (const { definition } of made.widgets) {
    if (definition.type !== 'group') throw new Error('every widget is in a group')
    const taken = new Set<string>()
    for (const { layout } of definition.widgets) {
      assert.ok(layout.x + layout.width <= 12)
      for (let x = layout.x; x < layout.x + layout.width; x += 1) {
        for (let y = layout.y; y < layout.y + layout.height; y += 1) {
          assert.not.ok(taken.has(`${x},${y}`), `${x},${y} is taken twice in ${definition.title}`)
          taken.add(`${x},${y}`)
        }
      }
    }
  }
})

test('every metric and tag that the dashboard names has been received', () => {
  const queries = stringsUnder(made, 'query')
  assert.ok(queries.length > 40, `only ${queries.length} queries`)
  assert.equal(queries.flatMap(readingsOf).flatMap(missing), [])
})

test('every formula is over queries of its request', () => {
  const requests = panels.flatMap(panel =>
    panel.type === 'timeseries' || panel.type === 'query_value' || panel.type === 'query_table' ? panel.requests : [],
  )
  assert.ok(requests.length > 20)
  for (const request of requests) {
    const names = request.queries.map(({ name }) => name)
    assert.is(new Set(names).size, names.length)
    const used = request.formulas.flatMap(
      ({ formula }) => formula.replaceAll('default_zero', '').match(/[a-z]\w*/g) ?? [],
    )
    assert.equal(used.sort(), names.sort())
  }
})

test('every metric and tag that the monitors name has been received', () => {
  const queries = monitors().map(({ query }) => query)
  assert.is(queries.length, 5)
  assert.equal(queries.flatMap(readingsOf).flatMap(missing), [])
})

test('a monitor alerts at its threshold and names its groups', () => {
  for (const { name, query, message, options } of monitors()) {
    const threshold = Number(/ [<>] ([\d.]+)$/.exec(query)?.[1])
    assert.is(threshold, options.thresholds.critical, name)
    const groups = new Set(readingsOf(query).flatMap(({ by }) => by))
    const named = [...message.matchAll(/\{\{\[?([\w.]+?)\]?\.name\}\}/g)].map(([, tag]) => tag)
    assert.equal(new Set(named), groups, name)
  }
})

test('every attribute that the samples show has been received', () => {
  const streams = panels.flatMap(panel => (panel.type === 'list_stream' ? panel.requests : []))
  assert.ok(streams.length >= 3)
  for (const { query, columns } of streams) {
    const terms = query.query_string.split(' ')
    // A variable filters by nothing until a value is chosen.
    const [variables, fixed] = [terms.filter(term => term.startsWith('$')), terms.filter(term => !term.startsWith('$'))]
    const entries = played.entries.filter(entry => fixed.every(term => entryHas(entry, term)))
    for (const variable of variables) {
      assert.ok(
        entries.some(entry => entryHas(entry, variable)),
        `${variable} of ${query.query_string}`,
      )
    }
    for (const { field } of columns) {
      assert.ok(
        entries.some(entry => attribute(entry, field) !== undefined),
        `${field} of ${query.query_string}`,
      )
    }
  }
})

/** `status_line` is how Datadog names the column of the status. */
function attribute(entry: JsonObject, field: string): unknown {
  const name = field === 'status_line' ? 'status' : field
  return entry[name] ?? name.split('.').reduce<unknown>((value, step) => Reflect.get(Object(value), step), entry)
}

function entryHas(entry: JsonObject, term: string): boolean {
  const [name, value] = tagOf(term.replaceAll('"', ''))
  if (name === 'source') return entry.ddsource === value
  if (name === 'service') return entry.service !== ''
  const tags = String(entry.ddtags).split(',')
  return tags.some(tag =>
    value === undefined ? tag.startsWith(`${name}:`) && tag !== `${name}:` : tag === `${name}:${value}`,
  )
}

test('the app’s own tags get a filter and their share of the cost', () => {
  const own = dashboard({ metricTags: ['team', 'model', ' 7 '] })
  assert.equal(
    own.template_variables.slice(6).map(({ name, prefix }) => [name, prefix]),
    [
      ['team', 'team'],
      ['own_model', 'model'],
    ],
  )
  const queries = stringsUnder(own, 'query')
  assert.ok(queries.some(query => query.includes('openai.cost.usd{') && query.includes('by {team}')))
  assert.ok(queries.every(query => query.includes('$team,$own_model')))
})

test('a name that the catalogue does not have makes no query', () => {
  const query: Query = { metric: 'request.duration', as: 'count' }
  assert.is(queryText(query), 'count:openai.request.duration{*}.as_count()')
  assert.throws(() => queryText({ ...query, by: ['error_kind'] }), /openai\.request\.duration has no tag error_kind/)
  const untyped: Query = JSON.parse('{"metric":"request.length","as":"count"}')
  assert.throws(() => queryText(untyped), /there is no metric openai\.request\.length/)
})

test.run()
