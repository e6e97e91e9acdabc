import { clock, counted, dollars, duration } from '../../view/amounts'
import type { Row } from '../row'
import { visibleText } from '../visible'
import { endOf, type Group, type Lane } from './groups'

interface Props {
  readonly groups: readonly Group[]
  /** Ids of calls. */
  readonly current: string
  readonly opened: string
  open(id: string): void
}

/** Calls of one trace or turn beside each other on an axis of their own; the newest first. */
export function Waterfall({ groups, current, opened, open }: Props) {
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
                    <Bar key={row.id} row={row} group={group} current={current} opened={opened} open={open} />
                  ))}
                </div>
              </li>
            ))}
          </ol>
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

function Bar({ row, group, current, opened, open }: BarProps) {
  const { id, state, startedAt, call } = row
  const span = Math.max(1, group.to - group.from)
  const percent = (ms: number): string => `${(100 * ms) / span}%`
  const first = call?.stream?.firstTokenMs
  const classes = ['bar', state, id === current ? 'current' : '', id === opened ? 'opened' : '']
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
        style={{ left: percent(startedAt - group.from), width: percent(endOf(row) - startedAt) }}
        aria-label={spoken(row)}
        aria-pressed={id === opened}
        title={spoken(row)}
        onClick={() => open(id)}
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

function titleOf({ by, id, from, to, lanes }: Group): string {
  const rows = lanes.flatMap(({ attempts }) => attempts)
  const cost = rows.reduce((sum, { call }) => sum + (call?.cost ?? 0), 0)
  const { pid, script = '' } = rows[0]?.process ?? { pid: 0 }
  const name = by === 'process' ? `process ${pid} ${script}` : id
  const told = [
    clock(from),
    name.trim(),
    counted(lanes.length, 'call'),
    duration(to - from),
    cost > 0 ? dollars(cost) : '',
  ]
  return visibleText(told.filter(part => part !== '').join(' · '))
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
