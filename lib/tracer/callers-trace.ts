import type { Tracer } from 'dd-trace'
import { member } from './member'

/**
 * The id of the trace that the app's code is in, empty where it is in none. dd-trace's own plugins open a span for each
 * HTTP request before we are told of it: at the root of a trace, that one says nothing of the caller. Only the private
 * record of a span's tags tells it apart; without it, such a root is taken for the app's.
 */
export function callersTrace(tracer: Tracer | undefined): string {
  const context = tracer?.scope().active()?.context()
  if (context === undefined) return ''
  const isRoot = context.toTraceId() === context.toSpanId()
  return isRoot && member(member(context, '_tags'), 'span.kind') === 'client' ? '' : context.toTraceId()
}
