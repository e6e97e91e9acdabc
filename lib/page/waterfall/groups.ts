import type { Row } from '../row'

/** Calls that belong together, on one axis of time. */
export interface Group {
  /** Unique among groups. */
  readonly id: string
  /** Why they are together: one trace, one turn of an agent, or one process that did not rest in between. */
  readonly by: 'trace' | 'turn' | 'process'
  /** Epoch milliseconds. */
  readonly from: number
  readonly to: number
  /** In the order of their begin. */
  readonly lanes: readonly Lane[]
}

/** One line: the attempts of one call. */
export interface Lane {
  readonly attempts: readonly Row[]
  /** The call that this one goes on from, where that is known: its place among the lanes. */
  readonly parent?: number
}

/** Calls of a process without trace or turn are apart where it made none for so long. */
const REST_MS = 1_000

/**
 * Newest group first. A process has no name for what its calls are for where no tracer runs: there those are together that
 * came without a rest between them.
 */
export function groupsOf(rows: readonly Row[]): readonly Group[] {
  const byStart = [...rows].sort((one, other) => one.startedAt - other.startedAt)
  const shared = sharedNames(rows)
  const named = new Map<string, Row[]>()
  const groups: Group[] = []
  /** By process. */
  const going = new Map<string, { readonly rows: Row[]; to: number }>()
  const end = (rows: readonly Row[]): void => {
    groups.push(groupOf(`process ${rows[0]?.id}`, 'process', rows))
  }
  for (const row of byStart) {
    const name = namesOf(row).find(each => shared.has(each))
    if (name !== undefined) {
      const known = named.get(name)
      if (known === undefined) named.set(name, [row])
      else known.push(row)
      continue
    }
    const process = `${row.process.pid}.${row.process.thread}`
    const before = going.get(process)
    if (before === undefined || row.startedAt > before.to + REST_MS) {
      if (before !== undefined) end(before.rows)
      going.set(process, { rows: [row], to: endOf(row) })
    } else {
      before.rows.push(row)
      before.to = Math.max(before.to, endOf(row))
    }
  }
  for (const { rows: last } of going.values()) end(last)
  for (const [name, those] of named) groups.push(groupOf(name, name.startsWith('trace') ? 'trace' : 'turn', those))
  return groups.sort((one, other) => other.from - one.from)
}

/** When a call ended; one that is open, when it began. */
export function endOf({ startedAt, call }: Row): number {
  return startedAt + (call?.durationMs ?? 0)
}

/** A trace or a turn of one call puts nothing together. */
function namesOf({ call }: Row): readonly string[] {
  const { trace, turn } = call ?? {}
  return [
    ...(trace === undefined ? [] : [`trace ${trace.traceId}`]),
    ...(turn === undefined ? [] : [`turn ${turn.id}`]),
  ]
}

function sharedNames(rows: readonly Row[]): ReadonlySet<string> {
  const seen = new Set<string>()
  const shared = new Set<string>()
  for (const name of rows.flatMap(namesOf)) (seen.has(name) ? shared : seen).add(name)
  return shared
}

function groupOf(id: string, by: Group['by'], rows: readonly Row[]): Group {
  const from = rows[0]?.startedAt ?? 0
  return { id, by, from, to: lastEnd(rows), lanes: lanesOf(rows) }
}

function lastEnd(rows: readonly Row[]): number {
  let last = Number.NEGATIVE_INFINITY
  for (const row of rows) last = Math.max(last, endOf(row))
  return last
}

function lanesOf(rows: readonly Row[]): Lane[] {
  const lanes: { attempts: Row[]; parent?: number }[] = []
  const bySpan = new Map<string, number>()
  const byTurn = new Map<string, number>()
  for (const row of rows) {
    const before = (row.call?.attempt ?? 1) < 2 ? -1 : lastLane(lanes, row)
    const at = before < 0 ? lanes.length : before
    if (before < 0) lanes.push({ attempts: [row], ...parentOf(row, bySpan, byTurn) })
    else lanes[before]?.attempts.push(row)
    if (row.call?.trace !== undefined) bySpan.set(row.call.trace.spanId, at)
    if (row.call?.turn !== undefined) byTurn.set(row.call.turn.id, at)
  }
  return lanes
}

/** Calls that a process begins between two attempts of one. */
const MOST_BETWEEN = 500

function lastLane(lanes: readonly { readonly attempts: readonly Row[] }[], row: Row): number {
  const from = Math.max(0, lanes.length - MOST_BETWEEN)
  const found = lanes.slice(from).findLastIndex(({ attempts }) => isNextAttempt(attempts.at(-1), row))
  return found < 0 ? found : from + found
}

/** An attempt says which it is, and how long was waited for it. */
const CLOCK_MS = 50

function isNextAttempt(before: Row | undefined, row: Row): boolean {
  const { attempt = 1, retryWaitMs } = row.call ?? {}
  if (before === undefined || attempt < 2 || before.operation !== row.operation) return false
  const isNext = (before.call?.attempt ?? 1) === attempt - 1
  return isNext && retryWaitMs !== undefined && Math.abs(endOf(before) + retryWaitMs - row.startedAt) < CLOCK_MS
}

/** The latest call of its turn before it; of a part of a session the session, of a redirect's hop the hop before. */
function parentOf(
  { call }: Row,
  bySpan: ReadonlyMap<string, number>,
  byTurn: ReadonlyMap<string, number>,
): { parent?: number } {
  const { turn, redirectedFrom } = call ?? {}
  const parent =
    (redirectedFrom === undefined ? undefined : bySpan.get(redirectedFrom)) ??
    (turn === undefined ? undefined : (byTurn.get(turn.id) ?? (turn.root && bySpan.get(turn.root.spanId))))
  return parent === undefined ? {} : { parent }
}
