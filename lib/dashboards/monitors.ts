import type { MonitorJson } from './json'
import { type MetricTag, type Query, queryText } from './query'

/** One monitor: when `part` (of `whole`) over the window is past `critical`, in words and in numbers. */
interface Watch {
  readonly name: string
  readonly over: string
  /** How the window becomes one value. */
  readonly take: 'sum' | 'avg' | 'percentile'
  readonly part: Query
  readonly whole?: Query
  readonly by: readonly MetricTag[]
  readonly than: '>' | '<'
  readonly critical: number
  readonly warning: number
  readonly message: string
  readonly priority: number
}

const MODEL = 'openai.request.model'

const WATCHES: readonly Watch[] = [
  {
    name: 'OpenAI: many requests fail',
    over: 'last_10m',
    take: 'sum',
    part: { metric: 'request.error', as: 'sum' },
    whole: { metric: 'request.duration', as: 'count' },
    by: ['env', 'service'],
    than: '>',
    critical: 0.1,
    warning: 0.05,
    message:
      'In {{service.name}} ({{env.name}}) this share of requests to OpenAI failed in 10 minutes: {{value}}. The dashboard shows them by kind: `rate_limit` and `quota` are yours to raise, `server` and `connection` are not.',
    priority: 2,
  },
  {
    name: 'OpenAI: the rate limit is near',
    over: 'last_5m',
    take: 'avg',
    part: { metric: 'ratelimit.remaining.tokens', as: 'avg' },
    whole: { metric: 'ratelimit.tokens', as: 'avg' },
    by: ['env', MODEL],
    than: '<',
    critical: 0.1,
    warning: 0.2,
    message: `Of the tokens a minute that {{[${MODEL}].name}} may use in {{env.name}}, this share was left in the last 5 minutes: {{value}}. At zero OpenAI answers 429.`,
    priority: 3,
  },
  {
    name: 'OpenAI: an hour costs more than it should',
    over: 'last_1h',
    take: 'sum',
    part: { metric: 'cost.usd', as: 'sum' },
    by: ['env', 'service'],
    than: '>',
    critical: 50,
    warning: 25,
    message:
      '{{service.name}} ({{env.name}}) spent {{value}} dollars at OpenAI in the last hour. The dashboard shows by which model and key. Set the threshold to what an hour may cost you.',
    priority: 3,
  },
  {
    name: 'OpenAI: the first token comes late',
    over: 'last_10m',
    take: 'percentile',
    part: { metric: 'request.time_to_first_token', as: 'p95' },
    by: ['env', 'service', MODEL],
    than: '>',
    critical: 10_000,
    warning: 5_000,
    message: `One in twenty streams of {{[${MODEL}].name}} in {{service.name}} ({{env.name}}) waited longer than {{value}} ms for its first token in the last 10 minutes. Models that reason take their time: give them a monitor of their own.`,
    priority: 3,
  },
  {
    name: 'OpenAI: many answers are not whole',
    over: 'last_1h',
    take: 'sum',
    // What the app left itself is its own will.
    part: { metric: 'request.incomplete', as: 'sum', whereNot: { reason: 'aborted' } },
    whole: { metric: 'request.duration', as: 'count' },
    by: ['env', 'service', MODEL],
    than: '>',
    critical: 0.1,
    warning: 0.05,
    message: `This share of the answers of {{[${MODEL}].name}} to {{service.name}} ({{env.name}}) was not whole in the last hour, though HTTP said 200: {{value}}. By reason on the dashboard: \`length\` asks for a higher token limit, \`content_filter\` and \`refusal\` for another prompt, \`cut\` for a look at the network.`,
    priority: 3,
  },
]

/** A group that has just appeared, a new model or service, is not judged for so many seconds. */
const NEW_GROUP_DELAY_S = 300

/** The monitors as Datadog's API and its import take them, one by one. Thresholds are a start, not a judgement. */
export function monitors(): MonitorJson[] {
  return WATCHES.map(({ name, message, priority, critical, warning, ...watch }) => ({
    name,
    type: 'query alert',
    query: `${watch.take}(${watch.over}):${readingOf(watch)} ${watch.than} ${critical}`,
    message,
    tags: ['integration:openai'],
    priority,
    options: {
      thresholds: { critical, warning },
      include_tags: true,
      require_full_window: false,
      on_missing_data: 'resolve',
      notify_audit: false,
      new_group_delay: NEW_GROUP_DELAY_S,
    },
  }))
}

function readingOf({ part, whole, by }: Pick<Watch, 'part' | 'whole' | 'by'>): string {
  const read = (query: Query) => queryText({ ...query, by })
  return whole === undefined ? read(part) : `${read(part)} / ${read(whole)}`
}
