/** Every bound of the writer. The real intake takes 5 MB a request, 1,000 entries a request and 1 MB an entry. */
export interface Limits {
  /** How long an entry may wait for company, in milliseconds. */
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
  /** An entry that could not be sent for so long is given up, in milliseconds. */
  retryForMs: number
  /** Between attempts while the intake refuses the key, in milliseconds. */
  pauseMs: number
  /** Requests spent on finding the bad entries of one batch. */
  splitRequests: number
  spoolBytes: number
  spoolFiles: number
}

export const LIMITS: Readonly<Limits> = {
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
}
