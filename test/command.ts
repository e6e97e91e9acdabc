import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from './app'

const CLI = join(ROOT, 'dist', 'cli', 'cli.js')
const MOST_MS = 60_000

/** How the command ended, and what was written. */
export interface Ran {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions {
  /** Its folder, home and place for temporary files. */
  readonly folder: string
  readonly env?: NodeJS.ProcessEnv
  /** Called with the running command, and what was written so far, when it or its program has written this. */
  readonly at?: [text: string, then: (command: ChildProcess, written: string) => void]
  /** Put before `node`, the command and its arguments. */
  readonly under?: readonly string[]
}

/** Runs the built `interceptor` command, in an environment of its own. */
export function runCommand(
  args: readonly string[],
  { folder, env = {}, at, under = [] }: CommandOptions,
): Promise<Ran> {
  const [program = '', ...rest] = [...under, process.execPath, CLI, ...args]
  const command = spawn(program, rest, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: MOST_MS,
    killSignal: 'SIGKILL',
    env: { PATH: process.env.PATH, HOME: folder, TMPDIR: folder, ...env },
  })
  const said = { stdout: '', stderr: '' }
  let waits = at !== undefined
  const take = (name: 'stdout' | 'stderr') => (chunk: Buffer) => {
    said[name] += chunk
    if (!waits || at === undefined || !said[name].includes(at[0])) return
    waits = false
    at[1](command, said[name])
  }
  command.stdout.on('data', take('stdout'))
  command.stderr.on('data', take('stderr'))
  return new Promise((resolve, reject) =>
    command.on('close', (code, signal) => resolve({ ...said, code, signal })).on('error', reject),
  )
}
