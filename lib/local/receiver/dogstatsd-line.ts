/** One metric as the wire protocol says it (https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/). */
export interface ReceivedMetric {
  name: string
  type: ReceivedMetricType
  /** More than one where values were packed. Of a set, which counts texts, they are texts. */
  values: (number | string)[]
  tags: string[]
  /** Sample rate: 1 if not said. */
  rate: number
  /** Unix time in seconds, if said. */
  timestamp?: number
}

const TYPES = { c: 'count', g: 'gauge', ms: 'timer', h: 'histogram', s: 'set', d: 'distribution' } as const
export type ReceivedMetricType = (typeof TYPES)[keyof typeof TYPES]

const METRIC_NAME = /^[A-Za-z][A-Za-z0-9_.]{0,199}$/
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
/** What the agent keeps as it is; anything else it would rewrite, so two tags could become one. */
const TAG = /^\p{L}[\p{L}\p{N}_\-:./]{0,199}$/u

/** Reads a line. Throws an Error with the reason if anything in it is not by the book. */
export function parseMetric(line: string): ReceivedMetric {
  const [head = '', type = '', ...fields] = line.split('|')
  const colon = head.indexOf(':')
  const name = head.slice(0, colon)
  demand(colon > 0 && METRIC_NAME.test(name), `a metric's name is letters, digits, _ and ., not "${name}"`)
  demand(isType(type), `there is no type "${type}"`)
  const values = head.slice(colon + 1).split(':')
  const metric: ReceivedMetric = {
    name,
    type: TYPES[type],
    values: values.map(value => readValue(value, type)),
    tags: [],
    rate: 1,
  }
  const seen = new Set<string>()
  for (const field of fields) {
    const kind = KINDS.find(({ prefix }) => field.startsWith(prefix))
    demand(kind !== undefined, `there is no field "${field}"`)
    demand(!seen.has(kind.prefix), `field "${kind.prefix}" stands twice`)
    seen.add(kind.prefix)
    kind.read(field.slice(kind.prefix.length), metric)
  }
  return metric
}

interface LineKind {
  prefix: string
  read(text: string, metric: ReceivedMetric): void
}

const KINDS: readonly LineKind[] = [
  {
    prefix: '@',
    read: (text, metric) => {
      const rate = Number(text)
      demand(NUMBER.test(text) && rate > 0 && rate <= 1, `a sample rate is above 0 and at most 1, not "${text}"`)
      metric.rate = rate
    },
  },
  {
    prefix: '#',
    read: (text, metric) => {
      metric.tags = text.split(',')
      const bad = metric.tags.find(tag => !TAG.test(tag) || tag.endsWith(':'))
      demand(bad === undefined, `the agent would rewrite the tag "${bad}"`)
    },
  },
  {
    prefix: 'T',
    read: (text, metric) => {
      demand(/^\d+$/.test(text), `a timestamp is a whole number of seconds, not "${text}"`)
      demand(metric.type === 'count' || metric.type === 'gauge', 'only counts and gauges have timestamps')
      metric.timestamp = Number(text)
    },
  },
  { prefix: 'c:', read: text => demand(text !== '', 'an empty container id') },
  { prefix: 'e:', read: text => demand(text !== '', 'an empty external environment') },
  { prefix: 'card:', read: text => demand(/^(none|low|orchestrator|high)$/.test(text), `no cardinality "${text}"`) },
]

function readValue(text: string, type: string): number | string {
  if (type === 's') {
    demand(text !== '', 'an empty value')
    return text
  }
  demand(NUMBER.test(text) && Number.isFinite(Number(text)), `a value is a finite number, not "${text}"`)
  return Number(text)
}

function isType(type: string): type is keyof typeof TYPES {
  return Object.hasOwn(TYPES, type)
}

function demand(condition: boolean, reason: string): asserts condition {
  if (!condition) throw new Error(reason)
}
