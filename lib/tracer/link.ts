import type { Span, SpanContext } from 'dd-trace'
import { member } from './member'

/** A span by its ids, as `TraceIdentity` has them. */
export interface LinkedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly hexTraceId?: string
}

/** Links a span to another one of dd-trace's. Versions that know no links have none; ids that are another SDK's neither. */
export function addLink(span: Span, to: LinkedSpan, attributes: Record<string, string>): void {
  if (typeof member(span, 'addLink') !== 'function' || !/^\d{1,20}$/.test(to.spanId)) return
  span.addLink(new Link(to, attributes))
}

/**
 * Versions 5 took a context at first, then a link too; 6 takes links only (5.132 and 6.21 read `context` and
 * `attributes` of it). What is both is right for all of them: what none can read would cost the whole trace when it is
 * encoded. Only its ids are kept, since the tracer's own context holds the spans of its trace.
 */
class Link implements SpanContext {
  readonly context = this
  readonly #traceId: bigint
  readonly #spanId: bigint

  constructor(
    { traceId, spanId, hexTraceId }: LinkedSpan,
    readonly attributes: Record<string, string>,
  ) {
    const hex = hexTraceId ?? (/^[0-9a-f]{32}$/.test(traceId) ? traceId : undefined)
    this.#traceId = BigInt(hex === undefined ? traceId : `0x${hex}`)
    this.#spanId = BigInt(spanId)
  }

  toTraceId(isHex?: boolean): string {
    return isHex ? hexOf(this.#traceId, 32) : BigInt.asUintN(64, this.#traceId).toString()
  }

  toSpanId(isHex?: boolean): string {
    return isHex ? hexOf(this.#spanId, 16) : this.#spanId.toString()
  }

  toTraceparent(): string {
    return `00-${this.toTraceId(true)}-${this.toSpanId(true)}-01`
  }
}

function hexOf(id: bigint, digits: number): string {
  return id.toString(16).padStart(digits, '0')
}
