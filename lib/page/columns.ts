import { clock, count, dollars, duration } from '../view/amounts'
import type { Row } from './row'

export interface Column {
  readonly id: string
  readonly title: string
  readonly align: 'left' | 'right'
  text(row: Row): string
  /** What it is sorted by; undefined comes last either way. */
  key(row: Row): string | number | undefined
}

export const COLUMNS: readonly Column[] = [
  { id: 'time', title: 'Time', align: 'left', text: row => clock(row.startedAt), key: row => row.startedAt },
  { id: 'operation', title: 'Operation', align: 'left', text: row => row.operation, key: row => row.operation },
  { id: 'model', title: 'Model', align: 'left', text: row => row.model, key: row => row.model || undefined },
  { id: 'status', title: 'Status', align: 'left', text: row => row.status, key: row => row.status },
  {
    id: 'duration',
    title: 'Duration',
    align: 'right',
    text: row => duration(row.call?.durationMs),
    key: row => row.call?.durationMs,
  },
  {
    id: 'first',
    title: 'First token',
    align: 'right',
    text: row => duration(row.call?.stream?.firstTokenMs),
    key: row => row.call?.stream?.firstTokenMs,
  },
  {
    id: 'input',
    title: 'Tokens in',
    align: 'right',
    text: row => count(row.call?.usage?.input),
    key: row => row.call?.usage?.input,
  },
  {
    id: 'output',
    title: 'Tokens out',
    align: 'right',
    text: row => count(row.call?.usage?.output),
    key: row => row.call?.usage?.output,
  },
  { id: 'cost', title: 'Cost', align: 'right', text: row => dollars(row.call?.cost), key: row => row.call?.cost },
]
