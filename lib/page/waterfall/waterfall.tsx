import { useLayoutEffect } from 'preact/hooks'
import { clock, counted, duration } from '../../view/amounts'
import type { Row } from '../row'
import { visibleText } from '../visible'
import type { Group } from './groups'
import { endOf, type Lane } from './lanes'
import type { ShownGroup } from './shown'
import { titleOf } from './title'

interface Props {
  readonly groups: readonly ShownGroup[]
  /** Ids of calls. */
  readonly current: string
  readonly opened: string
  /** To be compared. */
  readonly marked: readonly string[]
  /** A click on a bar. */
  choose(id: string, event: MouseEvent): void
}

/** Calls that belong together beside each other on an axis of their own; the newest first. */
export function Waterfall({ groups, ...chosen }: Props) {
  const { current } = chosen
  // Only a move of the user's scrolls. Who is on a bar already goes on to the next one, before the next key: Enter is the
  // bar's own that has the focus.
  useLayoutEffect(() => {
    const bar = document.getElementById(`bar-${current}`)
    bar?.scrollIntoView({ block: 'nearest' })
    if (document.activeElement?.classList.contains('bar')) bar?.focus()
  }, [current])
  return (
    <ol class="waterfall" aria-label="Waterfall">
      {groups.map(group => (
        <li key={group.id}>
          <h2>{titleOf(group)}</h2>
          <Axis group={group} />
          <ol class="lanes">
            {group.lanes.map((lane, index) => (
              <li key={index} class="lane">
                <span class="name" style={{ paddingLeft: `${depthOf(group, index) * 12}px` }}>
                  {nameOf(group, lane)}
                </span>
                <div class="bars">
                  {lane.attempts.map(row => (
                    <Bar key={row.id} row={row} group={group} {...chosen} />
                  ))}
                </div>
              </li>
            ))}
          </ol>
          {group.cut > 0 && <p class="none">{counted(group.cut, 'more call')} of it not drawn: choose a time.</p>}
        </li>
      ))}
    </ol>
  )
}

function Axis({ group: { from, to } }: { readonly group: Group }) {
  const span = to - from
  return (
    <p class="axis" aria-hidden="true">
      {[0, 0.25, 0.5, 0.75, 1].map(share => (
        <span key={share}>{share === 0 ? '0' : duration(share * span)}</span>
      ))}
    </p>
  )
}

interface BarProps extends Omit<Props, 'groups'> {
  readonly row: Row
  readonly group: Group
}

function Bar({ row, group, current, opened, marked, choose }: BarProps) {
  const { id, state, startedAt, call } = row
  const span = Math.max(1, group.to - group.from)
  const percent = (ms: number): string => `${(100 * ms) / span}%`
  // One that is open lasts as long as anything is known of.
  const end = call === undefined ? group.to : endOf(row)
  const first = call?.stream?.firstTokenMs
  const classes = [
    'bar',
    state,
    id === current ? 'current' : '',
    id === opened ? 'opened' : '',
    marked.includes(id) ? 'marked' : '',
  ]
  return (
    <>
      {call?.retryWaitMs !== undefined && (
        <span
          class="wait"
          style={{ left: percent(startedAt - call.retryWaitMs - group.from), width: percent(call.retryWaitMs) }}
        />
      )}
      <button
        id={`bar-${id}`}
        type="button"
        class={classes.join(' ')}
        style={{ left: percent(startedAt - group.from), width: percent(end - startedAt) }}
        aria-label={marked.includes(id) ? `${spoken(row)}, marked to be compared` : spoken(row)}
        aria-pressed={id === opened}
        title={spoken(row)}
        onClick={event => choose(id, event)}
      >
        {first !== undefined && call !== undefined && call.durationMs > 0 && (
          <span class="first-token" style={{ left: `${Math.min(100, (100 * first) / call.durationMs)}%` }} />
        )}
      </button>
    </>
  )
}

function spoken({ operation, model, status, startedAt, call }: Row): string {
  const { attempt = 1, stream, durationMs, error } = call ?? {}
  const parts = [
    visibleText(`${operation} ${model}`),
    status,
    clock(startedAt),
    duration(durationMs),
    stream?.firstTokenMs === undefined ? '' : `first token after ${duration(stream.firstTokenMs)}`,
    attempt > 1 ? `attempt ${attempt}` : '',
    error?.kind ?? '',
  ]
  return parts.filter(part => part !== '').join(', ')
}

function nameOf({ lanes }: Group, { attempts, parent }: Lane): string {
  const [row] = attempts
  const name = row === undefined ? '' : `${row.operation} ${row.model}`
  const tries = attempts.length > 1 ? `, ${counted(attempts.length, 'attempt')}` : ''
  return visibleText(`${parent !== undefined && lanes[parent] !== undefined ? '↳ ' : ''}${name}${tries}`)
}

const DEEPEST = 8

function depthOf({ lanes }: Group, index: number): number {
  let depth = 0
  for (let at = lanes[index]?.parent; at !== undefined && depth < DEEPEST; at = lanes[at]?.parent) depth += 1
  return depth
}
