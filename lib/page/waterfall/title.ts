import { clock, counted, dollars, duration } from '../../view/amounts'
import type { Row } from '../row'
import { visibleText } from '../visible'
import type { Group } from './groups'

/** When it was, what puts the calls of a group together, how many they are, and what they took. */
export function titleOf({ by, id, from, to, lanes }: Group): string {
  const rows = lanes.flatMap(({ attempts }) => attempts)
  const cost = rows.reduce((sum, { call }) => sum + (call?.cost ?? 0), 0)
  const told = [
    clock(from),
    NAMES[by](rows, id).trim(),
    counted(lanes.length, 'call'),
    duration(to - from),
    cost > 0 ? dollars(cost) : '',
  ]
  return visibleText(told.filter(part => part !== '').join(' · '))
}

const NAMES: Readonly<Record<Group['by'], (rows: readonly Row[], id: string) => string>> = {
  trace: ([row], id) => [id, row?.context?.name ?? ''].filter(part => part !== '').join(' · '),
  turn: (_, id) => id,
  request: ([row]) => `request ${row?.context?.name ?? ''}`,
  tags: rows => `tags ${tagsOf(rows)}`,
  process: ([row]) => `process ${row?.process.pid ?? 0} ${row?.process.script ?? ''}`,
}

/** A call that is open has not told its tags. */
function tagsOf(rows: readonly Row[]): string {
  const tags = rows.find(({ call }) => call !== undefined)?.call?.tags ?? {}
  return Object.entries(tags)
    .map(pair => pair.join('='))
    .join(' ')
}
