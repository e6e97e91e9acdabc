import type { JsonObject } from '../../openai/json'

export interface Counts {
  /** Entries given to `write`. */
  readonly written: number
  /** Entries that the intake took, those left by earlier processes included. */
  readonly sent: number
  readonly dropped: number
  /** Entries put on the disk by this process. */
  readonly spooled: number
  /** Entries in memory: written, and neither sent nor lost nor on the disk. */
  readonly pending: number
}

/** Takes the events of one kind, and sends them in batches. */
export interface EventWriter {
  /** Takes an entry. Never throws and never waits; what is too much is dropped, oldest first, and counted. */
  write(entry: JsonObject): void
  /** Resolves when all is sent, or when nothing more can be within so many milliseconds. Never rejects. */
  flush(withinMs: number): Promise<void>
  /** The same, then ends: what is left goes to the spool or is counted as lost. */
  stop(withinMs: number): Promise<void>
  /** Ends on the spot, for a listener of the process's `exit`: nothing can be sent any more. */
  spoolSync(): void
  readonly counts: Counts
}
