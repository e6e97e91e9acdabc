import type { SessionEvent } from '../live/event'
import { endedRow, openRow, type Row } from './row'

/** All that the page was told. */
export interface Told {
  readonly command: string
  /** By id, in the order in which they began to be known. */
  readonly rows: ReadonlyMap<string, Row>
  readonly lost: number
  readonly ended?: string
}

export const NOTHING_TOLD: Told = { command: '', rows: new Map(), lost: 0 }

/** One map a batch, not one an event: the first has 50,000. */
export function withEvents(told: Told, events: readonly SessionEvent[]): Told {
  const rows = new Map(told.rows)
  let { command, lost, ended } = told
  for (const event of events) {
    if (event.event === 'open' && !rows.has(event.id)) rows.set(event.id, openRow(event))
    if (event.event === 'call') rows.set(event.id, endedRow(event))
    if (event.event === 'lost') lost += event.calls
    if (event.event === 'session') command = event.command.join(' ')
    if (event.event === 'end') ended = endOf(event)
  }
  return { command, rows, lost, ...(ended === undefined ? {} : { ended }) }
}

function endOf({ exitCode, signal }: { readonly exitCode?: number; readonly signal?: string }): string {
  if (signal !== undefined) return `ended by ${signal}`
  return exitCode === undefined ? 'ended' : `ended with code ${exitCode}`
}
