import type { Span } from '@opentelemetry/api'
import type { TraceIdentity } from '../../openai/call'

const SAMPLED = 1

/** None of a span that an API without an SDK, or a disabled one, has given. */
export function identityOf(span: Span): TraceIdentity | undefined {
  const context = span.spanContext()
  const { traceId, spanId } = context
  if (!/^(?!0+$)[0-9a-f]{32}$/.test(traceId)) return undefined
  return {
    traceId,
    spanId,
    samplingId: BigInt(`0x${traceId.slice(16)}`),
    kept: () => (context.traceFlags & SAMPLED) !== 0,
  }
}
