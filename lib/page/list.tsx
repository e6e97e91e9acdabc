import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { COLUMNS } from './columns'
import type { Row } from './row'
import { scrolledTo, shownRows } from './shown-rows'
import { clicked, type Sort } from './sort'
import { visibleText } from './visible'

interface Props {
  readonly rows: readonly Row[]
  readonly sort: Sort
  /** Ids. */
  readonly current: string
  readonly opened: string
  /** To be compared. */
  readonly marked: readonly string[]
  order(sort: Sort): void
  /** A click on a row. */
  choose(id: string, event: MouseEvent): void
}

/** As in the style sheet. */
const ROW_HEIGHT = 32

/** Only rows in view are in the document: a session may have 50,000. */
export function List({ rows, sort, current, opened, marked, order, choose }: Props) {
  const body = useRef<HTMLDivElement>(null)
  const [scrolled, setScrolled] = useState(0)
  const [height, setHeight] = useState(800)
  useLayoutEffect(() => {
    if (body.current === null) return
    const element = body.current
    const observer = new ResizeObserver(() => setHeight(element.clientHeight))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  const at = rows.findIndex(({ id }) => id === current)
  // Only a move of the user's scrolls, not a call that comes in.
  useEffect(() => {
    const element = body.current
    if (element === null || at < 0) return
    element.scrollTop = scrolledTo(at, element.scrollTop, element.clientHeight, ROW_HEIGHT)
  }, [current])
  const { first, end } = shownRows(scrolled, height, ROW_HEIGHT, rows.length)
  return (
    <div
      class="list"
      role="grid"
      aria-label="Calls"
      aria-rowcount={rows.length + 1}
      aria-colcount={COLUMNS.length}
      tabIndex={0}
      aria-activedescendant={at >= first && at < end ? `row-${current}` : undefined}
    >
      <Titles sort={sort} order={order} />
      <div
        class="rows"
        role="rowgroup"
        tabIndex={0}
        ref={body}
        onScroll={event => setScrolled(event.currentTarget.scrollTop)}
      >
        <div role="presentation" style={{ height: `${first * ROW_HEIGHT}px` }} />
        {rows.slice(first, end).map((row, index) => (
          <ListRow
            key={row.id}
            row={row}
            at={first + index}
            current={row.id === current}
            opened={row.id === opened}
            marked={marked.includes(row.id)}
            choose={choose}
          />
        ))}
        <div role="presentation" style={{ height: `${(rows.length - end) * ROW_HEIGHT}px` }} />
      </div>
    </div>
  )
}

function Titles({ sort, order }: Pick<Props, 'sort' | 'order'>) {
  return (
    <div role="rowgroup">
      <div class="row titles" role="row" aria-rowindex={1}>
        {COLUMNS.map(({ id, title, align }) => (
          <div
            key={id}
            role="columnheader"
            class={`${id} ${align}`}
            aria-sort={sort.by !== id ? 'none' : sort.down ? 'descending' : 'ascending'}
          >
            <button type="button" onClick={() => order(clicked(sort, id))}>
              {title}
              {sort.by === id && <span aria-hidden="true">{sort.down ? ' ↓' : ' ↑'}</span>}
            </button>
          </div>
        ))}
      </div>
    </div>
  )
}

interface RowProps {
  readonly row: Row
  readonly at: number
  readonly current: boolean
  readonly opened: boolean
  readonly marked: boolean
  choose(id: string, event: MouseEvent): void
}

function ListRow({ row, at, current, opened, marked, choose }: RowProps) {
  const classes = ['row', row.state, current ? 'current' : '', opened ? 'opened' : '', marked ? 'marked' : '']
  return (
    <div
      id={`row-${row.id}`}
      role="row"
      aria-rowindex={at + 2}
      aria-selected={current}
      class={classes.join(' ')}
      onClick={event => choose(row.id, event)}
    >
      {COLUMNS.map(({ id, align, text }) => (
        <div key={id} role="gridcell" class={`${id} ${align}`}>
          {marked && id === 'operation' && <span role="img" aria-label="marked to be compared" />}
          {visibleText(text(row))}
        </div>
      ))}
    </div>
  )
}
