import { count, counted, dollars, duration } from './amounts'
import { type Fitted, fitting, GAP, spaceOf } from './columns'
import { harmless } from './harmless'
import type { Terminal } from './terminal'
import { type Group, percentile, type Tally, type Totals } from './totals'
import { cutTo, padEnd, padStart, widthOf } from './width'

interface Column extends Fitted {
  readonly title: string
  readonly align: 'left' | 'right'
  read(group: Group): string
}

const COLUMNS: readonly Column[] = [
  { title: 'operation', align: 'left', read: group => harmless(group.operation) },
  { title: 'model', align: 'left', dispensable: 3, read: group => harmless(group.model) },
  { title: 'calls', align: 'right', read: group => count(group.calls) },
  { title: 'errors', align: 'right', dispensable: 2, read: group => (group.errors === 0 ? '' : count(group.errors)) },
  { title: 'p50', align: 'right', dispensable: 5, read: group => duration(percentile(group.durations, 0.5)) },
  { title: 'p95', align: 'right', dispensable: 6, read: group => duration(percentile(group.durations, 0.95)) },
  { title: 'tokens in', align: 'right', dispensable: 8, read: group => amount(group.input) },
  { title: 'out', align: 'right', dispensable: 8, read: group => amount(group.output) },
  { title: 'cost', align: 'right', dispensable: 1, read: group => (group.cost === 0 ? '' : dollars(group.cost)) },
]

const MOST_GROUPS = 20
const LONGEST_CELL = 40

/** What was not told in full. */
export interface Missing {
  /** Calls that had begun and not ended. */
  readonly open: number
  readonly lost: number
}

/** What it all came to, and a table by operation and model. */
export function summary(tally: Tally, missing: Missing, { width, style }: Terminal): string[] {
  const room = width() - 2
  const groups = tally.groups()
  const shown = groups.slice(0, MOST_GROUPS)
  const columns = columnsOf(shown, room)
  const line = (read: (column: Measured) => string): string =>
    cutTo(columns.map(each => padded(read(each), each.columns, each.align)).join(GAP), room).trimEnd()
  const more = groups.length - MOST_GROUPS
  return [
    ...wrapped(totalsOf(tally.all, missing), room).map(text => style('bold', text)),
    ...(groups.length > 0
      ? [
          style(
            'dim',
            line(({ title }) => title),
          ),
        ]
      : []),
    ...shown.map(({ errors }, at) => {
      const text = line(({ cells }) => cells[at] ?? '')
      return errors > 0 ? style('red', text) : text
    }),
    ...(more > 0 ? [style('dim', cutTo(`and ${counted(more, 'other kind')}`, room))] : []),
  ].map(text => `${style('magenta', '>')} ${text}`)
}

interface Measured extends Column {
  readonly cells: readonly string[]
  readonly columns: number
}

/** Those that fit. Where not even the last do, the operation is cut and what was counted stays. */
function columnsOf(groups: readonly Group[], room: number): Measured[] {
  const measured = COLUMNS.map(column => {
    const cells = groups.map(group => cutTo(column.read(group), LONGEST_CELL))
    return { ...column, cells, columns: Math.max(column.title.length, ...cells.map(widthOf)) }
  })
  const widthOfColumn = (each: Measured): number => each.columns
  const [first, ...others] = fitting(measured, widthOfColumn, room)
  if (first === undefined) return []
  const columns = Math.max(1, Math.min(first.columns, room - spaceOf(others, widthOfColumn) - GAP.length))
  return [{ ...first, columns, cells: first.cells.map(cell => cutTo(cell, columns)) }, ...others]
}

export function totalsLine(all: Totals, missing: Missing): string {
  return totalsOf(all, missing).join(', ')
}

function totalsOf(all: Totals, { open, lost }: Missing): string[] {
  return [
    counted(all.calls, 'call'),
    counted(all.errors, 'error'),
    `${count(all.input)} > ${count(all.output)} tokens`,
    `${dollars(all.cost)}${all.unpriced > 0 ? ` (${count(all.unpriced)} without a known price)` : ''}`,
    ...(all.unread > 0 ? [`${count(all.unread)} not read`] : []),
    ...(open > 0 ? [`${count(open)} not ended`] : []),
    ...(lost > 0 ? [`${count(lost)} lost: they came too fast to be told`] : []),
  ]
}

/** Beside each other, in as many lines as it takes. */
function wrapped(parts: readonly string[], room: number): string[] {
  const lines: string[] = []
  for (const part of parts) {
    const last = lines.at(-1)
    if (last !== undefined && widthOf(`${last}, ${part}`) <= room) lines[lines.length - 1] = `${last}, ${part}`
    else lines.push(part)
  }
  return lines.map(line => cutTo(line, room))
}

function amount(value: number): string {
  return value === 0 ? '' : count(value)
}

function padded(cell: string, columns: number, align: Column['align'] = 'left'): string {
  return align === 'left' ? padEnd(cell, columns) : padStart(cell, columns)
}
