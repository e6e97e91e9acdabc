import type { Context, Span, SpanContext } from '@opentelemetry/api'
import { member } from '../../tracer/member'
import { spanIn, withSpan } from './api'

/** Opens its span around `http.request`, and so around us: instrumentation of undici and fetch only beside us. */
const HTTP = '@opentelemetry/instrumentation-http'

/**
 * The context that a call's span is made in: the app's, but not inside the HTTP client span of this very request, which
 * instrumentation of `http` has put there before anybody is told of the request. Ours is its sibling then. Where that
 * span is a trace's root ours is its child: two traces of one request would be worse.
 *
 * Whose span it is and what its parent was is no part of the API; the SDK's spans tell it (1.x and 2.x). Of others we are
 * the child.
 */
export function parentContext(active: Context | undefined): Context | undefined {
  const span = spanIn(active)
  if (active === undefined || span === undefined || nameOfMaker(span) !== HTTP) return active
  const parent = parentOf(span)
  return parent === undefined ? active : withSpan(active, new Elsewhere(parent))
}

function nameOfMaker(span: unknown): unknown {
  return member(member(span, 'instrumentationScope') ?? member(span, 'instrumentationLibrary'), 'name')
}

function parentOf(span: unknown): SpanContext | undefined {
  const own = member(span, 'spanContext')
  const context: unknown = typeof own === 'function' ? Reflect.apply(own, span, []) : undefined
  const [traceId, traceFlags] = [member(context, 'traceId'), member(context, 'traceFlags')]
  const spanId = member(member(span, 'parentSpanContext'), 'spanId') ?? member(span, 'parentSpanId')
  if (typeof traceId !== 'string' || typeof spanId !== 'string' || typeof traceFlags !== 'number') return undefined
  return { traceId, spanId, traceFlags }
}

/** A span that is recorded by somebody else: only who it is. */
class Elsewhere implements Span {
  constructor(private readonly self: SpanContext) {}
  spanContext(): SpanContext {
    return this.self
  }
  setAttribute(): this {
    return this
  }
  setAttributes(): this {
    return this
  }
  addEvent(): this {
    return this
  }
  addLink(): this {
    return this
  }
  addLinks(): this {
    return this
  }
  setStatus(): this {
    return this
  }
  updateName(): this {
    return this
  }
  end(): void {}
  isRecording(): boolean {
    return false
  }
  recordException(): void {}
}
