import type { Config } from '../../config'
import { encodeEntry } from './entry'
import { createWriter, type EventWriter, type WriterOptions } from './index'
import type { EventKind } from './kind'
import { logIntakeUrl } from './log-url'

export { logIntakeUrl } from './log-url'

/** The logs intake of Datadog takes 5 MB a request, 1,000 entries a request and 1 MB an entry. */
export const LOGS: EventKind = {
  name: 'logs',
  words: {
    entries: 'log entries',
    short: 'logs',
    intake: 'log intake',
    address: 'DD_SITE or DD_AGENTLESS_LOG_SUBMISSION_URL',
    url: 'DD_AGENTLESS_LOG_SUBMISSION_URL',
  },
  limits: {
    intervalMs: 1_000,
    batchEntries: 1_000,
    batchBytes: 4_500_000,
    entryBytes: 900_000,
    queueEntries: 10_000,
    queueBytes: 32 * 1_048_576,
    timeoutMs: 5_000,
    connectTimeoutMs: 2_000,
    retryForMs: 15 * 60_000,
    pauseMs: 5 * 60_000,
    splitRequests: 200,
    spoolBytes: 64 * 1_048_576,
    spoolFiles: 1_000,
  },
  headers: { 'content-type': 'application/json' },
  envelope: { open: '[', close: ']' },
  encode: encodeEntry,
}

/** The names are those of `Config`, which fits. */
export interface LogWriterOptions extends Omit<WriterOptions, 'url'>, Pick<Config, 'site' | 'logsUrl'> {}

/** Starts the writer of logs of this process. */
export function createLogWriter(options: LogWriterOptions): EventWriter {
  return createWriter(LOGS, { ...options, url: logIntakeUrl(options) })
}
