import type { Tracer } from 'dd-trace'
import { member } from './member'

/**
 * dd-trace has no public flush, and flushes by itself only on the first `beforeExit`, when our last spans may not be
 * finished. Where its exporter is not where it was, its own timer still sends them while the process lives.
 *
 * Resolves when the agent has answered or dd-trace has given up: with an agent that hangs, after its own two times two
 * seconds.
 */
export function flushTracer(tracer: Tracer): Promise<void> {
  const exporter = member(member(tracer, '_tracer'), '_exporter')
  const flush = member(exporter, 'flush')
  return new Promise(resolve => {
    if (typeof flush === 'function') Reflect.apply(flush, exporter, [() => resolve()])
    else resolve()
  })
}
