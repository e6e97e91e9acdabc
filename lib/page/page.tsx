import { useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks'
import { clock, counted } from '../view/amounts'
import { Charts } from './charts/charts'
import { Compare } from './compare/compare'
import { Detail } from './detail'
import { listen } from './feed'
import { type Filter, filtered, NO_FILTER } from './filter'
import { Filters } from './filters'
import { listenToKeys } from './keys'
import { List } from './list'
import { NOTHING_KNOWN, withEvents } from './rows'
import { NEWEST_FIRST, sorted } from './sort'
import { Status } from './status'
import { VIEWS, type View, Views } from './views'
import { visibleText } from './visible'
import { groupsOf } from './waterfall/groups'
import { shownGroups } from './waterfall/shown'
import { Waterfall } from './waterfall/waterfall'

export function Page({ token }: { readonly token: string }) {
  const [known, take] = useReducer(withEvents, NOTHING_KNOWN)
  const [connected, setConnected] = useState(true)
  const [expected, setExpected] = useState<number | undefined>(0)
  const [filter, setFilter] = useState(NO_FILTER)
  const [sort, setSort] = useState(NEWEST_FIRST)
  const [current, setCurrent] = useState('')
  const [opened, setOpened] = useState('')
  const [view, setView] = useState<View>('list')
  const [marked, setMarked] = useState<readonly string[]>([])
  const search = useRef<HTMLInputElement>(null)
  useEffect(() => listen(token, { take, connected: setConnected, expect: setExpected }), [token])
  const all = useMemo(() => [...known.rows.values()], [known])
  const found = useMemo(() => filtered(all, filter), [all, filter])
  const listed = useMemo(() => sorted(found, sort), [found, sort])
  const { shown, left } = useMemo(() => shownGroups(view === 'waterfall' ? groupsOf(found) : []), [view, found])
  const rows = view === 'waterfall' ? shown.flatMap(({ lanes }) => lanes.flatMap(({ attempts }) => attempts)) : listed
  const open = (id: string): void => {
    setCurrent(id)
    setOpened(id)
  }
  const mark = (id: string): void => {
    if (id !== '') setMarked(marked.includes(id) ? marked.filter(other => other !== id) : [...marked.slice(-1), id])
  }
  const choose = (id: string, event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey) mark(id)
    else open(id)
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
      close: () => (compared === undefined ? setOpened('') : setMarked([])),
      search: () => search.current?.focus(),
      mark: () => mark(opened || current),
      view: key => setView(VIEWS.find(([, , its]) => its === key)?.[0] ?? view),
    }),
  )
  const row = known.rows.get(opened)
  const [one, other] = marked.map(id => known.rows.get(id))
  const compared = one === undefined || other === undefined ? undefined : { one, other }
  const chosen = { current, opened, marked, choose }
  return (
    <>
      <header class="top">
        <h1>interceptor</h1>
        <p class="command">{visibleText(known.command)}</p>
        <Status
          known={known}
          rows={all}
          expected={expected}
          shown={found.length}
          isMarked={one !== undefined && compared === undefined}
          isConnected={connected}
        />
      </header>
      <main class={compared !== undefined ? 'with-detail with-comparison' : row === undefined ? '' : 'with-detail'}>
        <section class="calls" aria-label="All calls">
          <Views view={view} show={setView} />
          <Filters rows={all} filter={filter} search={search} change={setFilter} />
          {filter.between !== undefined && (
            <p class="chosen">
              Between {clock(filter.between.from)} and {clock(filter.between.to)}{' '}
              <button type="button" onClick={() => setFilter(withoutTimes(filter))}>
                Show any time
              </button>
            </p>
          )}
          {view === 'list' && <List rows={listed} sort={sort} order={setSort} {...chosen} />}
          {view === 'waterfall' && <Waterfall groups={shown} {...chosen} />}
          {view === 'waterfall' && left > 0 && (
            <p class="none">{counted(left, 'older group')} not drawn: choose a time.</p>
          )}
          {view === 'charts' && (
            <Charts rows={found} choose={(from, to) => setFilter({ ...filter, between: { from, to } })} />
          )}
          {found.length === 0 && <p class="none">{nothingFound(all.length, expected !== undefined)}</p>}
        </section>
        {compared !== undefined ? (
          <Compare {...compared} close={() => setMarked([])} />
        ) : (
          row !== undefined && (
            <Detail
              row={row}
              token={token}
              marked={marked.includes(row.id)}
              mark={() => mark(row.id)}
              close={() => setOpened('')}
            />
          )
        )}
      </main>
    </>
  )
}

function nothingFound(calls: number, isLoading: boolean): string {
  if (isLoading) return calls === 0 ? 'Loading …' : 'No call that is loaded is like that.'
  return calls === 0 ? 'No call yet.' : 'No call is like that.'
}

function withoutTimes({ between: _, ...filter }: Filter): Filter {
  return { ...filter, within: 0 }
}
