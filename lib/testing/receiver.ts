import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeOptionsWith } from '../cli/node-options'
import { takeLeft } from '../live/left'
import { startReceiver } from '../live/receiver'
import { Session } from '../live/session'
import type { CallRecord } from '../openai/call'
import { recordOf } from '../sinks/calls/record'
import { LIVE_TARGET, targetToText } from '../sinks/live/target'
import { playedHosts } from './observed-hosts'
import { untilCount } from './until-count'

export interface CallReceiver {
  /**
   * What to add to a child's environment, so that it and its own children are observed: `spawn('node', ['app.js'], { env: {
   * ...process.env, ...receiver.env } })`. `NODE_OPTIONS` has what this process has in it. Servers that `play` and `record`
   * have started are among the hosts.
   */
  readonly env: Record<string, string>
  /** The calls that have ended so far, in the order of their ends. What a process that has ended told is among them. */
  calls(): readonly CallRecord[]
  /**
   * Resolves with the calls when there are at least `count`. Rejects with an Error that says how many there were after
   * `withinMs` milliseconds, 10,000 if not given.
   */
  waitFor(count: number, withinMs?: number): Promise<readonly CallRecord[]>
  /** Stops listening and deletes the temporary folder; the calls are kept. Children go on, unobserved. */
  close(): Promise<void>
}

/**
 * Starts what takes the calls of other processes: on loopback, at a free port, for those alone that have its `env`. A child
 * needs no configuration and no dd-trace; outputs that its environment configures have their calls as ever.
 */
export async function receiver(): Promise<CallReceiver> {
  const session = new Session()
  const take = (line: string): void => void session.addLine(line)
  const { port, token, close } = await startReceiver({ session, take })
  const folder = mkdtempSync(join(tmpdir(), 'interceptor-'))
  let isOpen = true
  const calls = (): CallRecord[] => {
    if (isOpen) takeLeft(folder, take)
    return session.after(0).flatMap(({ event }) => (event.event === 'call' ? recordOf(event.call) : []))
  }
  return {
    get env() {
      return {
        NODE_OPTIONS: nodeOptionsWith(process.env.NODE_OPTIONS),
        [LIVE_TARGET]: targetToText({ port, token, folder }),
        ...withHosts(process.env.INTERCEPTOR_HOSTS, playedHosts()),
      }
    },
    calls,
    waitFor: (count, withinMs = 10_000) => untilCount(count, withinMs, calls),
    async close() {
      if (!isOpen) return
      await close()
      takeLeft(folder, take)
      isOpen = false
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function withHosts(before: string | undefined, played: readonly string[]): Record<string, string> {
  if (played.length === 0) return {}
  return { INTERCEPTOR_HOSTS: [...(before?.trim() ? [before] : []), ...played].join(',') }
}
