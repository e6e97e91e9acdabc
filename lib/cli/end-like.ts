import { constants } from 'node:os'
import type { ChildEnd } from './child'

/** The exit code that a shell would show. */
export function exitCodeOf(end: ChildEnd): number {
  if ('code' in end) return end.code
  if ('signal' in end) return 128 + constants.signals[end.signal]
  return end.failure.code === 'EACCES' ? 126 : 127
}

/** These would write a core file of us. */
const DUMPING: ReadonlySet<NodeJS.Signals> = new Set([
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGILL',
  'SIGQUIT',
  'SIGSEGV',
  'SIGTRAP',
])

/**
 * Ends this process by the signal that ended the program: a shell that waits for us shall know of Ctrl-C. Does nothing where
 * a signal cannot end us, as it cannot a container's first process; then an exit code has to do.
 */
export function endBySignal(end: ChildEnd): void {
  if (!('signal' in end) || DUMPING.has(end.signal) || process.platform === 'win32') return
  process.removeAllListeners(end.signal)
  process.kill(process.pid, end.signal)
}
