import type { Tracer } from 'dd-trace'
import { member } from './member'

/** The dd-trace that the app has loaded, without loading it: it keeps itself in a global (5.132 and 6.21). */
export function runningTracer(): Tracer | undefined {
  const tracer: unknown = member(globalThis, '_ddtrace')
  return isTracer(tracer) ? tracer : undefined
}

function isTracer(value: unknown): value is Tracer {
  return typeof member(value, 'scope') === 'function' && member(value, 'llmobs') !== undefined
}
