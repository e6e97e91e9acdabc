import type { Span, SpanContext, Tracer } from 'dd-trace'

/**
 * The same parent as if it were in another process: the tracer holds a trace back until all its spans in this process
 * have ended, and a session may last for hours. Falls back to the parent itself.
 */
export function inAnotherProcess(tracer: Tracer, parent: Span): SpanContext | Span {
  const carrier = {}
  tracer.inject(parent, 'text_map', carrier)
  return tracer.extract('text_map', carrier) ?? parent
}
