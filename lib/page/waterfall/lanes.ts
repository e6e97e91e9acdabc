import type { Row } from '../row'

/** One line: the attempts of one call. */
export interface Lane {
  readonly attempts: readonly Row[]
  /** The call that this one goes on from, where that is known: its place among the lanes. */
  readonly parent?: number
}

/** Of calls in the order of their begin. */
export function lanesOf(rows: readonly Row[]): readonly Lane[] {
  const lanes: { attempts: Row[]; parent?: number }[] = []
  const known: KnownLanes = { byId: new Map(), bySpan: new Map(), byTurn: new Map() }
  for (const row of rows) {
    const before = (row.call?.attempt ?? 1) < 2 ? -1 : laneBefore(lanes, row)
    const at = before < 0 ? lanes.length : before
    if (before < 0) lanes.push({ attempts: [row], ...parentOf(row, known) })
    else lanes[before]?.attempts.push(row)
    known.byId.set(row.id, at)
    if (row.call?.trace !== undefined) known.bySpan.set(row.call.trace.spanId, at)
    if (row.call?.turn !== undefined) known.byTurn.set(row.call.turn.id, at)
  }
  return asTree(lanes)
}

interface KnownLanes {
  readonly byId: Map<string, number>
  readonly bySpan: Map<string, number>
  readonly byTurn: Map<string, number>
}

/** What goes on from a lane behind it. No recursion: an agent may go on a thousand times. */
function asTree(lanes: readonly Lane[]): readonly Lane[] {
  const children = new Map<number | undefined, number[]>()
  lanes.forEach(({ parent }, at) => {
    const those = children.get(parent)
    if (those === undefined) children.set(parent, [at])
    else those.push(at)
  })
  const placeOf = new Map<number, number>()
  const ordered: Lane[] = []
  const waiting = [...(children.get(undefined) ?? [])].reverse()
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const { attempts = [], parent } = lanes[at] ?? {}
    const place = parent === undefined ? undefined : placeOf.get(parent)
    placeOf.set(at, ordered.length)
    ordered.push({ attempts, ...(place === undefined ? {} : { parent: place }) })
    for (const child of (children.get(at) ?? []).reverse()) waiting.push(child)
  }
  return ordered
}

/** Calls that a process begins between two attempts of one. */
const MOST_BETWEEN = 500

/** Of the lanes whose last attempt it may follow, the one that it does best. */
function laneBefore(lanes: readonly { readonly attempts: readonly Row[] }[], row: Row): number {
  let best = -1
  let least = CLOCK_MS
  for (let at = lanes.length - 1; at >= Math.max(0, lanes.length - MOST_BETWEEN); at -= 1) {
    const off = msOff(lanes[at]?.attempts.at(-1), row)
    if (off >= least) continue
    best = at
    least = off
  }
  return best
}

/** An attempt says which it is, and how long was waited for it: so far is it from where it would begin. */
const CLOCK_MS = 50

function msOff(before: Row | undefined, row: Row): number {
  const { attempt = 1, retryWaitMs, model } = row.call ?? {}
  const isNext = before !== undefined && (before.call?.attempt ?? 1) === attempt - 1 && retryWaitMs !== undefined
  if (!isNext || before.operation !== row.operation || before.call?.model !== model) return Number.POSITIVE_INFINITY
  return Math.abs(endOf(before) + retryWaitMs - row.startedAt)
}

/** The latest call of its turn before it; of a part of a session the session, of a redirect's hop the hop before. */
function parentOf({ call, partOf }: Row, { byId, bySpan, byTurn }: KnownLanes): { parent?: number } {
  const { turn, redirectedFrom } = call ?? {}
  const parent =
    (partOf === undefined ? undefined : byId.get(partOf)) ??
    (redirectedFrom === undefined ? undefined : bySpan.get(redirectedFrom)) ??
    (turn === undefined ? undefined : (byTurn.get(turn.id) ?? (turn.root && bySpan.get(turn.root.spanId))))
  return parent === undefined ? {} : { parent }
}

/** When a call ended; one that is open, when it began. */
export function endOf({ startedAt, call }: Row): number {
  return startedAt + (call?.durationMs ?? 0)
}
