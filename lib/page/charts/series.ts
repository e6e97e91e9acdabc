import type { Call } from '../../openai/call'
import type { Row } from '../row'

/** A chart's numbers: for each time one value of each line. */
export interface Chart {
  readonly id: string
  readonly title: string
  readonly unit: Unit
  /** Seconds since the epoch: the begin of each step. */
  readonly times: readonly number[]
  /** Seconds that a step takes. */
  readonly step: number
  readonly lines: readonly Line[]
}

export type Unit = 'tokens' | 'dollars' | 'ms' | 'percent' | 'errors'

export interface Line {
  readonly name: string
  /** Undefined: not known, or nothing to measure in that step. */
  readonly values: readonly (number | undefined)[]
}

const MOST_STEPS = 120
/** In seconds: steps that a person can count in. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400] as const
/** Models and kinds beyond these are one line. */
const MOST_LINES = 6
const OTHERS = 'others'

/** What the ended calls say over time; nothing where none has ended. */
export function chartsOf(rows: readonly Row[]): readonly Chart[] {
  const calls = rows.flatMap(({ call }) => (call === undefined ? [] : [call]))
  if (calls.length === 0) return []
  const steps = stepsOf(calls)
  const { times, step } = steps
  const byStep = new Map<number, Call[]>()
  for (const call of calls) {
    const those = byStep.get(steps.of(call))
    if (those === undefined) byStep.set(steps.of(call), [call])
    else those.push(call)
  }
  const each = <T>(value: (calls: readonly Call[]) => T): T[] => times.map((_, i) => value(byStep.get(i) ?? []))
  const models = names(calls, modelOf)
  const ofModels = (value: (call: Call) => number | undefined): Line[] =>
    models
      .filter(name => calls.some(call => among(modelOf(call), models) === name && isTold(value(call))))
      .map(name => ({
        name,
        values: each(those => sum(those.filter(call => among(modelOf(call), models) === name).map(value))),
      }))
  const kinds = names(calls, ({ error }) => error?.kind)
  const charts: Omit<Chart, 'times' | 'step'>[] = [
    { id: 'tokens', title: 'Tokens', unit: 'tokens', lines: ofModels(tokensOf) },
    { id: 'cost', title: 'Cost', unit: 'dollars', lines: ofModels(({ cost }) => cost) },
    { id: 'duration', title: 'Duration', unit: 'ms', lines: percentiles(each, ({ durationMs }) => durationMs) },
    { id: 'first', title: 'First token', unit: 'ms', lines: percentiles(each, ({ stream }) => stream?.firstTokenMs) },
    { id: 'limits', title: 'Rate limits: what was left', unit: 'percent', lines: headroom(each) },
    {
      id: 'errors',
      title: 'Errors',
      unit: 'errors',
      lines: kinds.map(name => ({
        name,
        values: each(those => those.filter(({ error }) => error && among(error.kind, kinds) === name).length),
      })),
    },
  ]
  return charts
    .map(chart => ({ ...chart, times, step, lines: chart.lines.filter(({ values }) => values.some(isTold)) }))
    .filter(({ lines }) => lines.length > 0)
}

interface Steps {
  readonly times: readonly number[]
  readonly step: number
  /** Which one a call began in. */
  of(call: Call): number
}

function stepsOf(calls: readonly Call[]): Steps {
  let from = Number.POSITIVE_INFINITY
  let to = Number.NEGATIVE_INFINITY
  for (const { startedAt } of calls) {
    from = Math.min(from, startedAt / 1_000)
    to = Math.max(to, startedAt / 1_000)
  }
  const step = STEPS.find(seconds => (to - from) / seconds < MOST_STEPS) ?? Math.ceil((to - from) / MOST_STEPS)
  const first = Math.floor(from / step)
  const count = Math.floor(to / step) - first + 1
  return {
    times: Array.from({ length: count }, (_, i) => (first + i) * step),
    step,
    of: ({ startedAt }) => Math.floor(startedAt / 1_000 / step) - first,
  }
}

function modelOf({ model, responseModel, operation }: Call): string {
  return model ?? responseModel ?? operation
}

function tokensOf({ usage = {} }: Call): number | undefined {
  const { input = 0, output = 0, total = input + output } = usage
  return total
}

/** The most frequent ones, and one for all others. */
function names(calls: readonly Call[], nameOf: (call: Call) => string | undefined): readonly string[] {
  const counts = new Map<string, number>()
  for (const call of calls) {
    const name = nameOf(call)
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  const sorted = [...counts].sort(([, one], [, other]) => other - one).map(([name]) => name)
  return sorted.length <= MOST_LINES ? sorted : [...sorted.slice(0, MOST_LINES - 1), OTHERS]
}

function among(name: string, known: readonly string[]): string {
  return known.includes(name) ? name : OTHERS
}

type Each = <T>(value: (calls: readonly Call[]) => T) => T[]

function percentiles(each: Each, value: (call: Call) => number | undefined): Line[] {
  const sorted = each(calls =>
    calls
      .map(value)
      .filter(isTold)
      .sort((one, other) => one - other),
  )
  return [50, 95].map(percent => ({
    name: `p${percent}`,
    values: sorted.map(values => values[Math.max(0, Math.ceil((values.length * percent) / 100) - 1)]),
  }))
}

/** The least of what each budget had left, of the calls of a step: percent of its limit. */
function headroom(each: Each): Line[] {
  return (['requests', 'tokens'] as const).map(budget => ({
    name: budget,
    values: each(calls => {
      const shares = calls.map(({ rateLimits }) => {
        const { limit, remaining } = rateLimits.get(budget) ?? {}
        return limit === undefined || remaining === undefined || limit <= 0 ? undefined : (100 * remaining) / limit
      })
      const told = shares.filter(isTold)
      return told.length === 0 ? undefined : Math.min(...told)
    }),
  }))
}

/** Of no call it is nothing; of calls that tell none it is not known. */
function sum(values: readonly (number | undefined)[]): number | undefined {
  if (values.length === 0) return 0
  const told = values.filter(isTold)
  return told.length === 0 ? undefined : told.reduce((all, value) => all + value, 0)
}

function isTold(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value)
}

/**
 * The steps whose begins are chosen, or else the nearest one, as what they stand for: from the begin of the first to the end
 * of the last, epoch milliseconds. `from` and `to` are seconds.
 */
export function chosenSteps(
  { times, step }: Pick<Chart, 'times' | 'step'>,
  from: number,
  to: number,
): { readonly from: number; readonly to: number } | undefined {
  const middle = (from + to) / 2
  const nearest = times.reduce(
    (best, time) => (Math.abs(time - middle) < Math.abs(best - middle) ? time : best),
    Infinity,
  )
  const chosen = times.filter(time => time >= from && time <= to)
  const [first = nearest] = chosen
  if (!Number.isFinite(first)) return undefined
  return { from: first * 1_000, to: ((chosen.at(-1) ?? nearest) + step) * 1_000 }
}
