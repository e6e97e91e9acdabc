import { suite } from 'uvu'
import { startIntake } from '../lib/local/receiver/intake'
import type { EventWriter, Limits } from '../lib/sinks/intake'
import { createLogWriter, type LogWriterOptions } from '../lib/sinks/intake/logs'
import { ManualClock, until } from './manual-clock'

export const HOUR = 3_600_000
export const TIMEOUT = 5_000

export interface Setup {
  server: Awaited<ReturnType<typeof startIntake>>
  intake: EventWriter
  clock: ManualClock
  /** What was said, line by line. */
  said: string[]
  /** Writes entries `{ n }` from `from` to before `to`. */
  write(from: number, to: number): void
  /** The `n` of all that arrived, in order. */
  arrived(): number[]
  /** Lets the second pass after which a batch goes, and waits until it has failed or been taken. */
  attempt(): Promise<void>
}

export const open: Setup[] = []

export async function setup(
  options: Partial<LogWriterOptions> & { limits?: Partial<Limits> } = {},
  stand: Parameters<typeof startIntake>[0] = {},
): Promise<Setup> {
  const server = await startIntake(stand)
  const clock = new ManualClock()
  const said: string[] = []
  const speak = (_: string, line: string): number => said.push(line)
  const intake = createLogWriter({
    site: 'datadoghq.com',
    apiKey: 'the-key',
    logsUrl: server.url,
    spoolDir: undefined,
    env: {},
    clock,
    notices: { once: speak, eachMinute: speak },
    ...options,
  })
  const made: Setup = {
    server,
    intake,
    clock,
    said,
    write: (from, to) => {
      for (let n = from; n < to; n += 1) intake.write({ n })
    },
    arrived: () => server.entries().map(({ n }) => Number(n)),
    async attempt() {
      const { sent, dropped } = intake.counts
      const before = clock.waits.length
      clock.advance(clock.pending[0] ?? 0)
      await until('the attempt has ended', () => {
        const ended = clock.waits.length > before && !clock.pending.includes(TIMEOUT)
        return ended && (clock.pending.length > 0 || intake.counts.sent > sent || intake.counts.dropped > dropped)
      })
    },
  }
  open.push(made)
  return made
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index)
}

export function suiteOf(name: string) {
  const tests = suite(name)
  tests.after.each(async () => {
    for (const { intake, server } of open.splice(0)) {
      intake.spoolSync()
      await server.close()
    }
  })
  return tests
}
