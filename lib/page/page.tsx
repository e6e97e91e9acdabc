import { useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks'
import { counted } from '../view/amounts'
import { Detail } from './detail'
import { listen } from './feed'
import { filtered, NO_FILTER } from './filter'
import { Filters } from './filters'
import { listenToKeys } from './keys'
import { List } from './list'
import { NOTHING_TOLD, withEvents } from './rows'
import { NEWEST_FIRST, sorted } from './sort'
import { visibleText } from './visible'

export function Page({ token }: { readonly token: string }) {
  const [told, take] = useReducer(withEvents, NOTHING_TOLD)
  const [connected, setConnected] = useState(true)
  const [filter, setFilter] = useState(NO_FILTER)
  const [sort, setSort] = useState(NEWEST_FIRST)
  const [current, setCurrent] = useState('')
  const [opened, setOpened] = useState('')
  const search = useRef<HTMLInputElement>(null)
  useEffect(() => listen(token, { take, connected: setConnected }), [token])
  const all = useMemo(() => [...told.rows.values()], [told])
  const rows = useMemo(() => sorted(filtered(all, filter), sort), [all, filter, sort])
  const open = (id: string): void => {
    setCurrent(id)
    setOpened(id)
  }
  // Before the next key, which a typist presses sooner than the page is painted.
  useLayoutEffect(() =>
    listenToKeys({
      move: by => {
        const at = rows.findIndex(({ id }) => id === current)
        const next = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + by))]
        if (next === undefined) return
        setCurrent(next.id)
        if (opened !== '') setOpened(next.id)
      },
      open: () => setOpened(current),
      close: () => setOpened(''),
      search: () => search.current?.focus(),
    }),
  )
  const row = told.rows.get(opened)
  const failed = all.filter(({ state }) => state === 'failed').length
  return (
    <>
      <header class="top">
        <h1>interceptor</h1>
        <p class="command">{visibleText(told.command)}</p>
        <p role="status">
          {counted(all.length, 'call')}, {counted(failed, 'error')}
          {rows.length < all.length && `, ${rows.length} shown`}
          {told.lost > 0 && `, ${told.lost} lost`}
          {told.ended !== undefined && `, ${told.ended}`}
          {!connected && ', not connected: a new run has a page of its own'}
        </p>
      </header>
      <main class={row === undefined ? '' : 'with-detail'}>
        <section class="calls" aria-label="All calls">
          <Filters rows={all} filter={filter} search={search} change={setFilter} />
          <List rows={rows} sort={sort} current={current} opened={opened} order={setSort} open={open} />
          {rows.length === 0 && <p class="none">{all.length === 0 ? 'No call yet.' : 'No call is like that.'}</p>}
        </section>
        {row !== undefined && <Detail row={row} token={token} close={() => setOpened('')} />}
      </main>
    </>
  )
}
