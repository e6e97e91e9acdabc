import type { RefObject } from 'preact'
import { choices, type Filter } from './filter'
import type { Row, State } from './row'
import { visibleText } from './visible'

interface Props {
  readonly rows: readonly Row[]
  readonly filter: Filter
  readonly search: RefObject<HTMLInputElement | null>
  change(filter: Filter): void
}

const STATES: readonly (readonly [State, string])[] = [
  ['failed', 'failed'],
  ['part', 'not whole'],
  ['good', 'good'],
  ['open', 'open'],
]

/** Seconds. */
const TIMES: readonly (readonly [number, string])[] = [
  [0, 'any time'],
  [60, 'last minute'],
  [300, 'last 5 minutes'],
  [900, 'last 15 minutes'],
  [3_600, 'last hour'],
]

export function Filters({ rows, filter, search, change }: Props) {
  return (
    <search class="filters">
      <input
        ref={search}
        type="search"
        aria-label="Search calls"
        placeholder="Search (/)"
        value={filter.text}
        onInput={event => change({ ...filter, text: event.currentTarget.value })}
      />
      {(['model', 'operation'] as const).map(field => (
        <select
          key={field}
          aria-label={field === 'model' ? 'Model' : 'Operation'}
          value={filter[field]}
          onChange={event => change({ ...filter, [field]: event.currentTarget.value })}
        >
          <option value="">every {field}</option>
          {choices(rows, field).map(value => (
            <option key={value} value={value}>
              {visibleText(value)}
            </option>
          ))}
        </select>
      ))}
      <select
        aria-label="Status"
        value={filter.state}
        onChange={({ currentTarget: { value } }) =>
          change({ ...filter, state: STATES.find(([state]) => state === value)?.[0] ?? '' })
        }
      >
        <option value="">every status</option>
        {STATES.map(([state, name]) => (
          <option key={state} value={state}>
            {name}
          </option>
        ))}
      </select>
      <select
        aria-label="Time"
        value={String(filter.within)}
        onChange={event => change({ ...filter, within: Number(event.currentTarget.value) })}
      >
        {TIMES.map(([seconds, name]) => (
          <option key={seconds} value={String(seconds)}>
            {name}
          </option>
        ))}
      </select>
    </search>
  )
}
