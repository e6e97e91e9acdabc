import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** How a program ended, or that it could not be started. */
export type ChildEnd =
  | { readonly code: number }
  | { readonly signal: NodeJS.Signals }
  | { readonly failure: NodeJS.ErrnoException }

const FORWARDED: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2']
/** Asked so often to end, a program that does not is killed. */
const PATIENCE = 3

/**
 * Runs a program with our standard input, output and error as its own. Signals to us reach it; those that a terminal sends
 * have reached it already, since it is in the same group.
 */
export function runChild(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<ChildEnd> {
  return new Promise(resolve => {
    const child = spawn(program, args, { stdio: 'inherit', env })
    const stopForwarding = forwardSignals(child, program, say)
    const ended = (end: ChildEnd): void => {
      stopForwarding()
      resolve(end)
    }
    child.once('error', failure => ended({ failure }))
    child.once('exit', (code, signal) => ended(signal === null ? { code: code ?? 0 } : { signal }))
  })
}

function forwardSignals(child: ChildProcess, program: string, say: (line: string) => void): () => void {
  let asked = 0
  const undos = FORWARDED.map(signal => {
    const forward = (): void => {
      const ends = signal === 'SIGINT' || signal === 'SIGTERM'
      if (ends) asked += 1
      if (asked >= PATIENCE && ends) {
        child.kill('SIGKILL')
        return
      }
      if (!(fromTerminal(signal) && isInForeground())) child.kill(signal)
      if (asked === PATIENCE - 1 && ends) say(`${program} has been asked twice to end; once more kills it`)
    }
    process.on(signal, forward)
    return () => process.removeListener(signal, forward)
  })
  return () => {
    for (const undo of undos) undo()
  }
}

function fromTerminal(signal: NodeJS.Signals): boolean {
  return signal === 'SIGINT' || signal === 'SIGQUIT'
}

/**
 * Is our process group that which the terminal's keys send signals to? Linux says so; elsewhere a terminal at our input
 * is taken for a yes.
 */
function isInForeground(): boolean {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8')
    // After the name, which may hold anything: state, parent, group, session, terminal, its foreground group.
    const [, , group, , terminal, foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return terminal !== '0' && group === foreground
  } catch {
    return process.stdin.isTTY === true
  }
}
