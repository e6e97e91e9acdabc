import { count, counted } from '../view/amounts'
import type { Row } from './row'
import type { Known } from './rows'

interface Props {
  readonly known: Known
  readonly rows: readonly Row[]
  /** How many there will be, while not all have come. */
  readonly expected: number | undefined
  /** How many the filter lets pass. */
  readonly shown: number
  /** One is, and waits for another. */
  readonly isMarked: boolean
  readonly isConnected: boolean
}

/** One line of what there is, and of what is not as it should be. */
export function Status({ known, rows, expected = 0, shown, isMarked, isConnected }: Props) {
  const failed = rows.filter(({ state }) => state === 'failed').length
  return (
    <p role="status">
      {rows.length < expected && `${count(rows.length)} of `}
      {counted(Math.max(rows.length, expected), 'call')}, {counted(failed, 'error')}
      {shown < rows.length && `, ${shown} shown`}
      {isMarked && ', 1 marked: x or Ctrl-click on another compares them'}
      {known.lost > 0 && `, ${known.lost} lost`}
      {known.ended !== undefined && `, ${known.ended}`}
      {!isConnected && ', not connected: a new run has a page of its own'}
    </p>
  )
}
