import type { Span, SpanContext, Tracer } from 'dd-trace'
import type { TraceIdentity } from '../openai/call'

/** None where the tracer is off or not started: its spans are hollow, and nothing shall point at them. */
export function identityOf(tracer: Tracer, span: Span): TraceIdentity | undefined {
  const context = span.context()
  const carrier: { dd?: Partial<Record<'trace_id' | 'span_id' | 'service' | 'env' | 'version', string>> } = {}
  tracer.inject(span, 'log', carrier)
  if (carrier.dd?.trace_id === undefined) return undefined
  const { service, env, version } = carrier.dd
  return {
    traceId: carrier.dd.trace_id,
    spanId: carrier.dd.span_id ?? context.toSpanId(),
    samplingId: BigInt(context.toTraceId()),
    ...(service === undefined ? {} : { service }),
    ...(env === undefined ? {} : { env }),
    ...(version === undefined ? {} : { version }),
    kept: () => isKept(tracer, span, context),
  }
}

/** Injecting makes the tracer decide, if it has not yet; the W3C header's last flag is the decision. */
function isKept(tracer: Tracer, span: Span, context: SpanContext): boolean {
  tracer.inject(span, 'http_headers', {})
  return context.toTraceparent().endsWith('01')
}
