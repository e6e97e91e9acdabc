import type { Row, State } from './row'

/** What is shown; an empty text or choice lets all pass. */
export interface Filter {
  /** Words that must all be found. */
  readonly text: string
  readonly model: string
  readonly operation: string
  readonly state: State | ''
}

export const NO_FILTER: Filter = { text: '', model: '', operation: '', state: '' }

export function filtered(rows: readonly Row[], { text, model, operation, state }: Filter): readonly Row[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  return rows.filter(
    row =>
      (model === '' || row.model === model) &&
      (operation === '' || row.operation === operation) &&
      (state === '' || row.state === state) &&
      words.every(word => row.haystack.includes(word)),
  )
}

/** The values that a choice offers, sorted. */
export function choices(rows: readonly Row[], field: 'model' | 'operation'): readonly string[] {
  return [...new Set(rows.map(row => row[field]))].filter(Boolean).sort()
}
