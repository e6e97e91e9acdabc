import { fork } from 'node:child_process'
import { join } from 'node:path'

/** What the Agent and the intake do with what they are sent; dead: nobody listens, DogStatsD neither. */
export type Mode = 'alive' | 'dead' | 'hanging'

export interface Order {
  readonly mode?: Mode
  /** Streams that wait go on. */
  readonly release?: boolean
}

export interface Counts {
  calls: number
  /** Spans of ours that were decoded. */
  spans: number
  /** Values of `openai.request.duration`: one a call. */
  durations: number
  datagrams: number
  rejected: number
  entries: number
}

export interface Told extends Counts {
  /** Streams that wait for the word. */
  readonly waiting: number
  readonly ports: { readonly api: number; readonly agent: number; readonly intake: number; readonly statsd: number }
}

export interface Far {
  ask(order?: Order): Promise<Told>
  close(): void
}

/** Starts the other end in a process of its own, and points this one's environment at it. */
export async function startFar(): Promise<Far> {
  const child = fork(join(__dirname, 'far-side.ts'), { execArgv: ['--import', 'tsx'] })
  const asked = new Map<number, (told: Told) => void>()
  let last = 0
  child.on('message', ({ id, answer }: { id: number; answer: Told }) => {
    asked.get(id)?.(answer)
    asked.delete(id)
  })
  const ask = (order: Order = {}): Promise<Told> =>
    new Promise(resolve => {
      last += 1
      asked.set(last, resolve)
      child.send({ id: last, order })
    })
  const { ports } = await ask()
  Object.assign(process.env, {
    DD_TRACE_AGENT_URL: `http://127.0.0.1:${ports.agent}`,
    DD_REMOTE_CONFIGURATION_ENABLED: 'false',
    DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
    DD_TRACE_STARTUP_LOGS: 'false',
  })
  return { ask, close: () => child.disconnect() }
}
