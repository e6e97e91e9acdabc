import type { Row, State } from './row'

/** What is shown; an empty text or choice lets all pass. */
export interface Filter {
  /** Words that must all be found. */
  readonly text: string
  readonly model: string
  readonly operation: string
  readonly state: State | ''
  /** Seconds before the newest call; 0 lets all pass. */
  readonly within: number
  /** Epoch milliseconds: what was chosen on a chart. */
  readonly between?: { readonly from: number; readonly to: number }
}

export const NO_FILTER: Filter = { text: '', model: '', operation: '', state: '', within: 0 }

export function filtered(rows: readonly Row[], filter: Filter): readonly Row[] {
  const { text, model, operation, state, within, between } = filter
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const from = Math.max(between?.from ?? 0, within === 0 ? 0 : newestOf(rows) - within * 1_000)
  const to = between?.to ?? Number.POSITIVE_INFINITY
  return rows.filter(
    row =>
      row.startedAt >= from &&
      row.startedAt < to &&
      (model === '' || row.model === model) &&
      (operation === '' || row.operation === operation) &&
      (state === '' || row.state === state) &&
      words.every(word => row.haystack.includes(word)),
  )
}

/** Of a session that was saved the newest call is long ago: it is what "the last minute" is counted from. */
function newestOf(rows: readonly Row[]): number {
  let newest = 0
  for (const { startedAt } of rows) newest = Math.max(newest, startedAt)
  return newest
}

/** The values that a choice offers, sorted. */
export function choices(rows: readonly Row[], field: 'model' | 'operation'): readonly string[] {
  return [...new Set(rows.map(row => row[field]))].filter(Boolean).sort()
}
