import type { MetricName } from '../sinks/metrics/catalogue'
import type { Aggregate, MetricTag, Query } from './query'
import { SAMPLES } from './samples'
import { groupedBy, percent, percentLeft, reading, rest, type Series, together } from './series'
import type { Panel, Section } from './widgets'

const MODEL = 'openai.request.model'
const ENDPOINT = 'openai.request.endpoint'
const KEY = 'openai.user.api_key'

const by =
  (as: Aggregate) =>
  (metric: MetricName, ...tags: MetricTag[]): Query => ({ metric, as, ...(tags.length > 0 ? { by: tags } : {}) })
const [count, sum, avg, least, most] = [by('count'), by('sum'), by('avg'), by('min'), by('max')]
const [p50, p95, p99] = [by('p50'), by('p95'), by('p99')]

/** By the hour, so that a bar says what an hour cost whatever time is shown. */
const hourly = (where: NonNullable<Query['where']>, ...tags: MetricTag[]): Query => ({
  ...sum('cost.usd', ...tags),
  where,
  everySeconds: 3600,
})

const note = (text: string): Panel => ({ note: text, width: 12 })
const chart =
  (shown: 'lines' | 'bars' | 'value' | 'table') =>
  (width: number, title: string, ...series: Series[]): Panel => ({ shown, width, title, series })
const [lines, bars, value, table] = [chart('lines'), chart('bars'), chart('value'), chart('table')]

/** All that the dashboard shows, from top to bottom. `ownTags`: tags of the app's that its metrics carry. */
export function sections(ownTags: readonly string[]): Section[] {
  return [AT_A_GLANCE, REQUESTS, SPEED, TOKENS, dollarSection(ownTags), RATE_LIMITS, PROMPTS]
}

const AT_A_GLANCE: Section = {
  title: 'At a glance',
  colour: 'vivid_blue',
  panels: [
    value(2, 'Requests', reading(count('request.duration'))),
    value(2, 'Failed', percent(sum('request.error'), count('request.duration'))),
    value(2, 'Dollars', reading(sum('cost.usd'))),
    value(2, 'Tokens', reading(sum('tokens.total'))),
    value(2, 'Time to answer, p95', reading(p95('request.duration'))),
    value(2, 'Time to first token, p95', reading(p95('request.time_to_first_token'))),
  ],
}

const REQUESTS: Section = {
  title: 'Requests and errors',
  colour: 'vivid_purple',
  panels: [
    note(
      'A request is one attempt on the wire: one call of the app may be several. Errors are attempts that failed; an answer that is not whole came although HTTP succeeded.',
    ),
    bars(4, 'Requests by model', reading(count('request.duration', MODEL))),
    bars(4, 'Requests by endpoint', reading(count('request.duration', ENDPOINT))),
    bars(
      4,
      'Calls, and attempts beyond their first',
      rest(count('request.duration'), sum('request.retry'), 'calls'),
      reading(sum('request.retry'), 'attempts beyond the first'),
    ),
    bars(4, 'Errors by kind', reading(sum('request.error', 'error_kind'))),
    lines(4, 'Failed, by model', percent(sum('request.error', MODEL), count('request.duration', MODEL))),
    bars(4, 'Answers that are not whole, by reason', reading(sum('request.incomplete', 'reason'))),
  ],
}

const SPEED: Section = {
  title: 'How long it takes',
  colour: 'vivid_green',
  panels: [
    table(
      12,
      'Time to answer, by model and endpoint',
      reading(count('request.duration', MODEL, ENDPOINT), 'requests'),
      reading(p50('request.duration', MODEL, ENDPOINT), 'p50'),
      reading(p95('request.duration', MODEL, ENDPOINT), 'p95'),
      reading(p99('request.duration', MODEL, ENDPOINT), 'p99'),
    ),
    lines(
      6,
      'Time to answer',
      reading(p50('request.duration'), 'p50'),
      reading(p95('request.duration'), 'p95'),
      reading(p99('request.duration'), 'p99'),
    ),
    lines(6, 'Time to answer, p95 by model', reading(p95('request.duration', MODEL))),
    lines(6, 'Time to first token, p95 by model', reading(p95('request.time_to_first_token', MODEL))),
    lines(6, 'Time per token, p50 by model', reading(p50('request.time_per_output_token', MODEL))),
    lines(6, 'Longest silence inside a stream, p95 by model', reading(p95('request.longest_gap', MODEL))),
    lines(
      6,
      'Where the time to the head of the answer goes',
      reading(avg('request.server_processing'), 'OpenAI'),
      reading(avg('request.network'), 'network and queue'),
    ),
  ],
}

const TOKENS: Section = {
  title: 'Tokens',
  colour: 'vivid_orange',
  panels: [
    bars(
      6,
      'Tokens by kind',
      rest(sum('tokens.prompt'), sum('tokens.cached'), 'prompt, not from the cache'),
      reading(sum('tokens.cached'), 'prompt, from the cache'),
      rest(sum('tokens.completion'), sum('tokens.reasoning'), 'completion, without reasoning'),
      reading(sum('tokens.reasoning'), 'reasoning'),
    ),
    lines(
      6,
      'Share of the prompt that came from the cache, by model',
      percent(sum('tokens.cached', MODEL), sum('tokens.prompt', MODEL)),
    ),
    bars(6, 'Tokens by model', reading(sum('tokens.total', MODEL))),
    lines(
      6,
      'Tokens per request, by model',
      reading(avg('tokens.prompt', MODEL), 'prompt'),
      reading(avg('tokens.completion', MODEL), 'completion'),
    ),
  ],
}

function dollarSection(ownTags: readonly string[]): Section {
  return {
    title: 'Dollars',
    colour: 'vivid_yellow',
    panels: [
      note(
        'Priced from the tokens of each answer, reported or counted. Models without a known price are not in here. A stream that was left or broke off is priced by what was delivered until then.',
      ),
      bars(4, 'Dollars an hour, by model', reading(hourly({}, MODEL))),
      bars(4, 'Dollars an hour, by service', reading(hourly({}, 'service'))),
      bars(4, 'Dollars an hour, by key', reading(hourly({}, KEY))),
      ...ownTags.map(tag => bars(4, `Dollars an hour, by ${tag}`, groupedBy(reading(hourly({})), tag))),
      bars(
        4,
        'Dollars an hour lost on streams that were left',
        together(hourly({ reason: 'aborted' }), hourly({ reason: 'abandoned' })),
      ),
      bars(4, 'Dollars an hour lost on answers that broke off', reading(hourly({ error: '1' }))),
      bars(4, 'Dollars an hour for second and later attempts', reading(hourly({ retry: 'true' }))),
    ],
  }
}

const RATE_LIMITS: Section = {
  title: 'Rate limits',
  colour: 'vivid_pink',
  panels: [
    lines(
      4,
      'Requests left, share of the limit by model',
      percentLeft(least('ratelimit.remaining.requests', MODEL), avg('ratelimit.requests', MODEL)),
    ),
    lines(
      4,
      'Tokens left, share of the limit by model',
      percentLeft(least('ratelimit.remaining.tokens', MODEL), avg('ratelimit.tokens', MODEL)),
    ),
    lines(
      4,
      'Until the limit is whole again, by model',
      reading(most('ratelimit.reset.requests', MODEL), 'requests'),
      reading(most('ratelimit.reset.tokens', MODEL), 'tokens'),
    ),
  ],
}

const PROMPTS: Section = {
  title: 'Samples of prompts and answers',
  colour: 'gray',
  panels: [
    note(
      'Empty unless DD_OPENAI_LOGS_ENABLED is true; DD_OPENAI_LOG_PROMPT_COMPLETION_SAMPLE_RATE says how many traces are shown.',
    ),
    ...SAMPLES.map(sample => ({ sample, width: 12 })),
  ],
}
