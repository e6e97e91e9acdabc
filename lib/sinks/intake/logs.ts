import type { Config } from '../../config'
import { encodeEntry } from './entry'
import { createWriter, discarding, type EventWriter, type WriterOptions } from './index'
import { type EventKind, QUEUE_LIMITS } from './kind'
import { logIntakeUrl } from './log-url'
import type { Target } from './target'

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
    ...QUEUE_LIMITS,
    batchBytes: 4_500_000,
    entryBytes: 900_000,
  },
  headers: { 'content-type': 'application/json' },
  gzip: true,
  spoolFolder: '',
  envelope: { open: '[', close: ']' },
  encode: encodeEntry,
}

/** The names are those of `Config`, which fits. */
export interface LogWriterOptions extends Omit<WriterOptions, 'targets'>, Pick<Config, 'site' | 'apiKey' | 'logsUrl'> {}

/** Starts the writer of logs of this process. Without a key it takes entries and counts them as lost. */
export function createLogWriter(options: LogWriterOptions): EventWriter {
  const apiKey = options.apiKey?.trim()
  if (!apiKey) return discarding(LOGS, 'no_key')
  return createWriter(LOGS, { ...options, targets: [logTarget(options, apiKey)] })
}

export function logTarget(where: Pick<Config, 'site' | 'logsUrl'>, apiKey: string): Target {
  return { url: logIntakeUrl(where), headers: { 'dd-api-key': apiKey } }
}
