import {
  METRICS,
  type Metric,
  type MetricName,
  type OwnTagName,
  PREFIX,
  TAGS,
  type TagName,
} from '../sinks/metrics/catalogue'

/** How a metric's points become one value: `count` counts them, the rest is of their values. */
export type Aggregate = 'count' | 'sum' | 'avg' | 'min' | 'max' | 'p50' | 'p95' | 'p99'
export type MetricTag = TagName | OwnTagName

/** One reading of a metric, in names that the catalogue knows. */
export interface Query {
  readonly metric: MetricName
  readonly as: Aggregate
  readonly where?: Readonly<Partial<Record<MetricTag, string>>>
  readonly whereNot?: Readonly<Partial<Record<MetricTag, string>>>
  readonly by?: readonly MetricTag[]
  /** A tag that the app puts on its calls, to group by beside them. */
  readonly byOwn?: string
  /** Sums of so many seconds, whatever the graph's width. */
  readonly everySeconds?: number
}

/**
 * The query in Datadog's words: `sum:openai.cost.usd{$env,reason:aborted} by {service}.as_count()`. `scope` goes before
 * the query's own filters. Throws for a metric or a tag that is not in the catalogue: a dashboard that reads what
 * nobody sends looks like an app that does nothing.
 */
export function queryText(query: Query, scope: readonly string[] = []): string {
  const { as, where = {}, whereNot = {}, by = [], byOwn, everySeconds } = query
  const row = metricNamed(query.metric)
  for (const tag of [...Object.keys(where), ...Object.keys(whereNot), ...by]) demandTag(row, tag)
  const filters = [
    ...scope,
    ...Object.entries(where).map(([tag, value]) => `${tag}:${value}`),
    ...Object.entries(whereNot).map(([tag, value]) => `!${tag}:${value}`),
  ]
  const groups = byOwn === undefined ? by : [...by, byOwn]
  return [
    `${as}:${PREFIX}${row.name}{${filters.join(',') || '*'}}`,
    groups.length === 0 ? '' : ` by {${groups.join(',')}}`,
    as === 'count' || as === 'sum' ? '.as_count()' : '',
    everySeconds === undefined ? '' : `.rollup(sum, ${everySeconds})`,
  ].join('')
}

/** What the metric's values are counted in: `nanosecond`, `dollar`. */
export function unitOf({ metric }: Query): string {
  return metricNamed(metric).unit
}

function metricNamed(name: MetricName): Metric {
  const row = METRICS.find(each => each.name === name)
  if (row === undefined) throw new Error(`there is no metric ${PREFIX}${name}`)
  return row
}

function demandTag(row: Metric, tag: string): void {
  const sent = TAGS.some(({ name }) => name === tag) || METRICS.some(each => each.name === row.name && has(each, tag))
  if (!sent) throw new Error(`${PREFIX}${row.name} has no tag ${tag}`)
}

function has({ tags = {} }: Metric, tag: string): boolean {
  return Object.hasOwn(tags, tag)
}
