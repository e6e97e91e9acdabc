import { COLUMNS } from './columns'
import type { Row } from './row'

export interface Sort {
  /** Id of a column. */
  readonly by: string
  readonly down: boolean
}

export const NEWEST_FIRST: Sort = { by: 'time', down: true }

/** Equal ones keep the newest first; what has no value comes last, whichever way. */
export function sorted(rows: readonly Row[], { by, down }: Sort): readonly Row[] {
  const key = COLUMNS.find(({ id }) => id === by)?.key ?? (row => row.startedAt)
  return rows
    .map(row => ({ row, value: key(row) }))
    .sort((one, other) => compared(one.value, other.value, down) || other.row.startedAt - one.row.startedAt)
    .map(({ row }) => row)
}

type Key = string | number | undefined

function compared(one: Key, other: Key, down: boolean): number {
  if (one === other) return 0
  if (one === undefined) return 1
  if (other === undefined) return -1
  return one < other === down ? 1 : -1
}

/** What a click on a column's title makes of the sort. */
export function clicked(sort: Sort, by: string): Sort {
  return { by, down: sort.by === by ? !sort.down : true }
}
