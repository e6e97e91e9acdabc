import type { SessionEvent } from '../live/event'
import { endedRow, openRow, type Row } from './row'

/** All that the page knows of the session. */
export interface Known {
  readonly command: string
  /** By id, in the order in which they began to be known. */
  readonly rows: ReadonlyMap<string, Row>
  readonly lost: number
  readonly ended?: string
}

export const NOTHING_KNOWN: Known = { command: '', rows: new Map(), lost: 0 }

/** Events that came together, both in the order in which they were known. */
export interface Batch {
  /** From before all that was known. */
  readonly older: readonly SessionEvent[]
  /** From after it. */
  readonly newer: readonly SessionEvent[]
}

/** One map a batch, not one an event: there may be 50,000. */
export function withEvents(known: Known, { older, newer }: Batch): Known {
  const rows = new Map<string, Row>()
  const before = addTo(rows, older)
  // What is known of a call is never older than this.
  for (const [id, row] of known.rows) rows.set(id, row)
  const after = addTo(rows, newer)
  const ended = after.ended ?? known.ended ?? before.ended
  return {
    command: known.command || (before.command ?? after.command ?? ''),
    rows,
    lost: before.lost + known.lost + after.lost,
    ...(ended === undefined ? {} : { ended }),
  }
}

interface Added {
  command?: string
  lost: number
  ended?: string
}

function addTo(rows: Map<string, Row>, events: readonly SessionEvent[]): Added {
  const added: Added = { lost: 0 }
  for (const event of events) {
    if (event.event === 'open' && !rows.has(event.id)) rows.set(event.id, openRow(event))
    if (event.event === 'call') rows.set(event.id, endedRow(event))
    if (event.event === 'lost') added.lost += event.calls
    if (event.event === 'session') added.command = event.command.join(' ')
    if (event.event === 'end') added.ended = endOf(event)
  }
  return added
}

function endOf({ exitCode, signal }: { readonly exitCode?: number; readonly signal?: string }): string {
  if (signal !== undefined) return `ended by ${signal}`
  return exitCode === undefined ? 'ended' : `ended with code ${exitCode}`
}
