import type { Span, SpanContext, Tracer } from 'dd-trace'
import type { TraceIdentity } from '../openai/call'
import { member } from './member'

/** None where the tracer is off or not started: its spans record nothing, and nothing shall point at them. */
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
    ...hexTraceId(carrier.dd.trace_id, context),
    ...(service === undefined ? {} : { service }),
    ...(env === undefined ? {} : { env }),
    ...(version === undefined ? {} : { version }),
    kept: () => isKept(tracer, span, context),
  }
}

/** With `DD_TRACE_128_BIT_TRACEID_LOGGING_ENABLED=false` logs have the low half, in decimal. */
function hexTraceId(injected: string, context: SpanContext): { hexTraceId?: string } {
  const whole = HEX_TRACE_ID.test(injected) ? undefined : context.toTraceparent().split('-')[1]
  return whole === undefined ? {} : { hexTraceId: whole }
}

const HEX_TRACE_ID = /^[0-9a-f]{32}$/

/**
 * Where the tracer has decided, as it has once a request carries its headers, the decision stands in the private record
 * of its sampling. Else injecting makes it decide; the W3C header's last flag is the decision (13 µs).
 */
function isKept(tracer: Tracer, span: Span, context: SpanContext): boolean {
  const decided = member(member(context, '_sampling'), 'priority')
  if (typeof decided === 'number') return decided > 0
  tracer.inject(span, 'http_headers', {})
  return context.toTraceparent().endsWith('01')
}
