import type { CallEnded, CallingContext, CallingProcess, CallOpened } from '../live/event'
import type { Call } from '../openai/call'

/** A call as the page lists it: open, or ended with its record. */
export interface Row {
  readonly id: string
  /** Epoch milliseconds. */
  readonly startedAt: number
  readonly operation: string
  readonly model: string
  readonly host: string
  readonly process: CallingProcess
  readonly context?: CallingContext
  /** Id of the session that it is a part of. */
  readonly partOf?: string
  readonly state: State
  /** What the status column says. */
  readonly status: string
  readonly call?: Call
  /** In lower case: what a search looks through. Made once, for a session may have 50,000 calls. */
  readonly haystack: string
}

export type State = 'open' | 'good' | 'part' | 'failed'

export function openRow(event: CallOpened): Row {
  const { id, at, operation, host, model = '', process } = event
  const haystack = `${operation} ${model} ${host}`.toLowerCase()
  const row = { id, startedAt: at, operation, model, host, process, ...surroundingsOf(event) }
  return { ...row, state: 'open', status: 'open', haystack }
}

export function endedRow(event: CallEnded): Row {
  const { id, call, process } = event
  const { startedAt, operation, model = '', http } = call
  const row = { id, startedAt, operation, model, host: http.host, process, call, ...surroundingsOf(event) }
  return { ...row, state: stateOf(call), status: statusOf(call), haystack: haystackOf(call, row.context?.name) }
}

/** What of it is as it must be: a saved file may hold anything. */
function surroundingsOf({ context, partOf }: CallOpened | CallEnded): Pick<Row, 'context' | 'partOf'> {
  const isContext = typeof context?.id === 'string' && typeof context.startedAt === 'number'
  return { ...(isContext ? { context } : {}), ...(typeof partOf === 'string' ? { partOf } : {}) }
}

function stateOf({ error, incomplete }: Call): State {
  if (error !== undefined) return 'failed'
  return incomplete === undefined ? 'good' : 'part'
}

function statusOf({ http, aborted, error }: Call): string {
  if (http.status !== undefined) return String(http.status)
  return aborted ? 'left' : (error?.kind ?? '')
}

/** Of each text so much: a prompt of 10 MB would be kept twice. */
const MOST_SEARCHED = 4_096

function haystackOf(call: Call, madeFor: unknown): string {
  const { operation, model, responseModel, http, error, caller, request, response } = call
  const texts = [...request.content.values(), ...response.content.values()].map(text => text.slice(0, MOST_SEARCHED))
  const named = [operation, model, responseModel, http.url, error?.kind, error?.message, caller.requestId, madeFor]
  return [...named, ...texts]
    .join('\n')
    .slice(0, 4 * MOST_SEARCHED)
    .toLowerCase()
}
