import type { Tracer } from 'dd-trace'
import { suppress } from '../context'

/**
 * Keeps our requests out of the app's traces: dd-trace has no public way to not trace a request, and makes a root span
 * of each (`undici.request`, `tcp.connect`). Here they are children of a span that is dropped and never finished: a
 * trace with an open span is not exported, and goes with the request when nothing refers to it any more (5.132).
 */
export function untraced(tracer: Tracer): <T>(fn: () => T) => T {
  return fn => {
    const span = tracer.startSpan('interceptor.intake', { tags: { 'manual.drop': true } })
    return tracer.scope().activate(span, () => suppress(fn))
  }
}
