/**
 * A process with logs, for tests of how it ends: `spool-child.ts <intake url> <spool dir> <from> <to> <ending>` writes
 * the entries `{ n }` from `from` to before `to`, says `written`, and ends as it is told.
 */
import { createLogWriter } from '../lib/sinks/intake/logs'

const [, , logsUrl = '', dir = '', from = '0', to = '0', ending = ''] = process.argv
const intake = createLogWriter({
  site: 'datadoghq.com',
  apiKey: 'the-key',
  logsUrl,
  spoolDir: dir === '' ? undefined : dir,
  env: {},
  limits: { timeoutMs: 600_000, intervalMs: 1 },
})
process.once('exit', () => intake.spoolSync())

for (let n = Number(from); n < Number(to); n += 1) intake.write({ n })
process.stdout.write('written\n')

const endings: Record<string, () => void> = {
  /** Ends when nothing is left to do, without waiting for us. */
  normally: () => {},
  /** The same, once its input has ended. */
  'when told': () => void process.stdin.resume(),
  exit: () => process.exit(7),
  flush: () => void intake.flush(50),
  uncaught: () => {
    throw new Error('of the app')
  },
  /** Is there until it is killed. */
  stay: () => void setInterval(() => {}, 60_000),
}
// In a later turn, when a request may be under way.
setTimeout(() => endings[ending]?.(), 20)
