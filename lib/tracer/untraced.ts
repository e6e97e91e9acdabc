import type { Tracer } from 'dd-trace'
import { suppress } from '../context'
import { runAsTracersOwn } from './noop-store'

/**
 * Keeps our requests out of the app's traces, as dd-trace keeps its own. Where its way is not to be found: dd-trace has
 * no public way to not trace a request, and makes a root span of each (`undici.request`, `tcp.connect`). There they are
 * children of a span that is dropped and never finished: a trace with an open span is not exported, and goes with the
 * request when nothing refers to it any more (5.132).
 */
export function untraced(tracer: Tracer): <T>(fn: () => T) => T {
  const asTracersOwn = runAsTracersOwn()
  if (asTracersOwn !== undefined) return fn => asTracersOwn(() => suppress(fn))
  return fn => {
    const span = tracer.startSpan('interceptor.intake', { tags: { 'manual.drop': true } })
    return tracer.scope().activate(span, () => suppress(fn))
  }
}
