import type { FormulaJson, MetricQueryJson, RequestJson } from './json'
import { type Aggregate, type Query, queryText, unitOf } from './query'

/** One formula over readings of metrics, drawn as one line or one line a group. */
export interface Series {
  readonly label?: string
  readonly queries: Readonly<Record<string, Query>>
  /** Over the queries' names. */
  readonly formula: string
  /** What the formula's value is counted in, where Datadog has a way to show it. */
  readonly unit?: string
}

/** A reading as it is. */
export function reading(query: Query, label?: string): Series {
  return { ...labelled(label), queries: { value: query }, formula: 'value', unit: unitOf(query) }
}

/** The share of `part` in `whole`, in percent. Both are counts: where nothing of the part has come, it is zero. */
export function percent(part: Query, whole: Query): Series {
  return { queries: { part, whole }, formula: '100 * default_zero(part) / whole', unit: 'percent' }
}

/** The same of gauges: where nothing has come, nothing is known. */
export function percentLeft(part: Query, whole: Query): Series {
  return { queries: { part, whole }, formula: '100 * part / whole', unit: 'percent' }
}

/** What is left of `whole` without `part`. */
export function rest(whole: Query, part: Query, label: string): Series {
  return { label, queries: { whole, part }, formula: 'whole - default_zero(part)', unit: unitOf(whole) }
}

/** The sum of readings of one unit; what has not come counts as nothing. */
export function together(first: Query, second: Query): Series {
  return {
    queries: { first, second },
    formula: 'default_zero(first) + default_zero(second)',
    unit: unitOf(first),
  }
}

/** The series, once for each value of a tag of the app's own. */
export function groupedBy(series: Series, byOwn: string): Series {
  const queries = Object.entries(series.queries).map(([name, query]) => [name, { ...query, byOwn }])
  return { ...series, queries: Object.fromEntries(queries) }
}

/** The request of a widget. Query names are made unique over all its series. */
export function requestOf(
  series: readonly Series[],
  format: RequestJson['response_format'],
  scope: readonly string[],
): RequestJson {
  const parts = series.map((each, i) => partsOf(each, series.length > 1 ? String(i + 1) : '', format, scope))
  return {
    response_format: format,
    queries: parts.flatMap(({ queries }) => queries),
    formulas: parts.map(({ formula }) => formula),
  }
}

interface Parts {
  queries: MetricQueryJson[]
  formula: FormulaJson
}

function partsOf(
  { label, queries, formula, unit }: Series,
  suffix: string,
  format: RequestJson['response_format'],
  scope: readonly string[],
): Parts {
  const names = Object.keys(queries)
  const renamed = formula.replace(/[a-z]\w*/g, word => (names.includes(word) ? word + suffix : word))
  return {
    queries: Object.entries(queries).map(([name, query]) => ({
      data_source: 'metrics',
      name: name + suffix,
      query: queryText(query, scope),
      ...(format === 'scalar' ? { aggregator: OVER_TIME[query.as] } : {}),
    })),
    formula: { formula: renamed, ...(label === undefined ? {} : { alias: label }), ...formatOf(unit) },
  }
}

const OVER_TIME: Readonly<Record<Aggregate, NonNullable<MetricQueryJson['aggregator']>>> = {
  count: 'sum',
  sum: 'sum',
  avg: 'avg',
  min: 'min',
  max: 'max',
  p50: 'percentile',
  p95: 'percentile',
  p99: 'percentile',
}

/** Counts are shown as they are; times and money with their unit. */
const SHOWN_UNITS: ReadonlySet<string> = new Set(['nanosecond', 'millisecond', 'second', 'dollar', 'percent'])

function formatOf(unit: string | undefined): Pick<FormulaJson, 'number_format'> {
  if (unit === undefined || !SHOWN_UNITS.has(unit)) return {}
  return { number_format: { unit: { type: 'canonical_unit', unit_name: unit } } }
}

function labelled(label: string | undefined): { label?: string } {
  return label === undefined ? {} : { label }
}
