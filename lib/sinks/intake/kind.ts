import type { QueueName } from '../../counters'
import type { JsonObject } from '../../openai/json'
import type { Encoded } from './entry'

/** Every bound of a writer. */
export interface Limits {
  /** How long an event may wait for others, in milliseconds. */
  intervalMs: number
  batchEntries: number
  /** Uncompressed. */
  batchBytes: number
  entryBytes: number
  /** What waits, the batch under way included. */
  queueEntries: number
  queueBytes: number
  /** Of one request, in milliseconds. */
  timeoutMs: number
  /** Of a connection: a pending one holds the process, whatever is unref'd, so this is less. */
  connectTimeoutMs: number
  /** An event that could not be sent for so long is given up, in milliseconds. */
  retryForMs: number
  /** Between attempts while the intake refuses the key, in milliseconds. */
  pauseMs: number
  /** Requests spent on finding the bad events of one batch. */
  splitRequests: number
  spoolBytes: number
  spoolFiles: number
}

/** What depends on the process and not on the intake. */
export const QUEUE_LIMITS = {
  intervalMs: 1_000,
  batchEntries: 1_000,
  queueEntries: 10_000,
  queueBytes: 32 * 1_048_576,
  timeoutMs: 5_000,
  connectTimeoutMs: 2_000,
  retryForMs: 15 * 60_000,
  pauseMs: 5 * 60_000,
  splitRequests: 200,
  spoolBytes: 64 * 1_048_576,
  spoolFiles: 1_000,
} satisfies Partial<Limits>

/** What differs from one kind of event to the next. All else of this folder is the same for every kind. */
export interface EventKind {
  /** How its counters begin: `logs` of `logs.sent`. */
  readonly name: QueueName
  /** How its messages name things. */
  readonly words: {
    /** Many events, exactly: `log entries`. */
    readonly entries: string
    /** The same, for short: `logs`. */
    readonly short: string
    /** Who takes them: `log intake`. */
    readonly intake: string
    /** The variables that say where that is. */
    readonly address: string
    /** The one of them that is a URL. */
    readonly url: string
  }
  readonly limits: Readonly<Limits>
  /** Sent with every request, beside the target's own and the encoding. */
  readonly headers: Readonly<Record<string, string>>
  /** Are batches compressed? */
  readonly gzip: boolean
  /** A folder of its own in the spool's, so that no other kind's writer sends its files; empty: the spool's itself. */
  readonly spoolFolder: string
  /** What stands before and after the events of a batch, which commas separate: together one JSON text. */
  readonly envelope: { readonly open: string; readonly close: string }
  /** An event as JSON of at most so many bytes; undefined if it cannot be put into JSON. */
  encode(event: JsonObject, maxBytes: number): Encoded | undefined
}
