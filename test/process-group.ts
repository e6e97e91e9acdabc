import type { ChildProcess } from 'node:child_process'

/** Ends a detached process and all that it started and left: they are one process group. */
export function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody is left in it.
  }
}
