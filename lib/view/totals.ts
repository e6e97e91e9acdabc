import type { Call } from '../openai/call'
import { isAmount } from './amounts'

/** What calls of one kind come to. */
export interface Totals {
  calls: number
  errors: number
  input: number
  output: number
  /** US dollars. */
  cost: number
  /** Calls whose price is not known, though they have tokens. */
  unpriced: number
  /** Calls of which neither what was asked nor what was answered could be read. */
  unread: number
  readonly durations: number[]
}

export interface Group extends Totals {
  readonly operation: string
  readonly model: string
}

export function noTotals(): Totals {
  return { calls: 0, errors: 0, input: 0, output: 0, cost: 0, unpriced: 0, unread: 0, durations: [] }
}

/** Past so many kinds the others are one: a model's name comes from the wire. */
const MOST_GROUPS = 1_000
/** Percentiles are of the last so many. */
const MOST_DURATIONS = 100_000

/** Sums up calls, by operation and model. */
export class Tally {
  readonly all = noTotals()
  readonly #groups = new Map<string, Group>()

  add(call: Call): void {
    addTo(this.all, call)
    addTo(this.#groupOf(String(call.operation), String(call.responseModel ?? call.model ?? '')), call)
  }

  /** Those with the most calls first. */
  groups(): readonly Group[] {
    return [...this.#groups.values()].sort((a, b) => b.calls - a.calls || a.operation.localeCompare(b.operation))
  }

  #groupOf(operation: string, model: string): Group {
    const key = JSON.stringify([operation, model])
    const found = this.#groups.get(key)
    if (found !== undefined) return found
    if (this.#groups.size >= MOST_GROUPS) return this.#groupOf('others', '')
    const group = { operation, model, ...noTotals() }
    this.#groups.set(key, group)
    return group
  }
}

function addTo(totals: Totals, { error, usage, cost, durationMs, unparsed }: Call): void {
  totals.calls += 1
  if (error !== undefined) totals.errors += 1
  if (isAmount(usage?.input)) totals.input += usage.input
  if (isAmount(usage?.output)) totals.output += usage.output
  if (isAmount(cost)) totals.cost += cost
  else if (usage !== undefined) totals.unpriced += 1
  if (unparsed.length === 2) totals.unread += 1
  if (isAmount(durationMs)) totals.durations[(totals.calls - 1) % MOST_DURATIONS] = durationMs
}

/** The nearest rank: a value that was measured. Undefined of nothing. */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = values.filter(isAmount).sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
}
