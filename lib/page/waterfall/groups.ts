import type { Row } from '../row'
import { endOf, type Lane, lanesOf } from './lanes'

/** Calls that belong together, on one axis of time. */
export interface Group {
  /** Unique among groups. */
  readonly id: string
  /**
   * Why they are together: one trace; one request that the app answers, or one function given to `withTags`; one turn of
   * an agent; or one process that did not rest in between.
   */
  readonly by: 'trace' | 'request' | 'tags' | 'turn' | 'process'
  /** Epoch milliseconds. */
  readonly from: number
  readonly to: number
  /** In the order of their begin, but what goes on from a call follows it. */
  readonly lanes: readonly Lane[]
}

/** Calls of a process that nothing else puts together are apart where it made none for so long. */
const REST_MS = 1_000

/**
 * Newest group first. A process has no name for what its calls are for where no tracer runs: there those are together that
 * came without a rest between them.
 */
export function groupsOf(rows: readonly Row[]): readonly Group[] {
  const byStart = [...rows].sort((one, other) => one.startedAt - other.startedAt)
  const shared = sharedNames(rows)
  const named = new Map<string, { readonly by: Group['by']; readonly rows: Row[] }>()
  const groups: Group[] = []
  /** By process. */
  const going = new Map<string, { readonly rows: Row[]; to: number }>()
  const end = (rows: readonly Row[]): void => {
    groups.push(groupOf(`process ${rows[0]?.id}`, 'process', rows))
  }
  for (const row of byStart) {
    const name = namesOf(row).find(({ by, id }) => by === 'request' || shared.has(id))
    if (name !== undefined) {
      const known = named.get(name.id)
      if (known === undefined) named.set(name.id, { by: name.by, rows: [row] })
      else known.rows.push(row)
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
  for (const [id, { by, rows: those }] of named) groups.push(groupOf(id, by, those))
  return groups.sort((one, other) => other.from - one.from)
}

interface Name {
  readonly by: Group['by']
  readonly id: string
}

/** The first that others have too, puts a call to them; the request that the app answers does so for a single call. */
function namesOf({ call, context }: Row): readonly Name[] {
  const { trace, turn } = call ?? {}
  return [
    ...(trace === undefined ? [] : [{ by: 'trace' as const, id: `trace ${trace.traceId}` }]),
    ...(context === undefined ? [] : [{ by: context.by, id: `context ${context.id}` }]),
    ...(turn === undefined ? [] : [{ by: 'turn' as const, id: `turn ${turn.id}` }]),
  ]
}

function sharedNames(rows: readonly Row[]): ReadonlySet<string> {
  const seen = new Set<string>()
  const shared = new Set<string>()
  for (const row of rows) for (const { id } of namesOf(row)) (seen.has(id) ? shared : seen).add(id)
  return shared
}

function groupOf(id: string, by: Group['by'], rows: readonly Row[]): Group {
  const first = rows[0]?.startedAt ?? 0
  // What the app did before its first call is part of what the user waited for.
  const from = Math.min(first, requestOf(rows[0])?.startedAt ?? first)
  return { id, by, from, to: lastEnd(rows), lanes: lanesOf(rows) }
}

function requestOf(row: Row | undefined): Row['context'] {
  return row?.context?.by === 'request' ? row.context : undefined
}

function lastEnd(rows: readonly Row[]): number {
  let last = Number.NEGATIVE_INFINITY
  for (const row of rows) last = Math.max(last, endOf(row))
  return last
}
