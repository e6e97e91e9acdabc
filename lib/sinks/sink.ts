import type { Call, CallStart } from '../openai/call'
import type { Wire } from '../openai/wire'

/** Takes a call's end. Called at most once. */
export interface CallEnd {
  /** `wire`: only if it is wanted, and where there is one; not of a socket's parts, nor of calls that were not read. */
  (call: Call, wire?: Wire): void
  /**
   * Does it show what was asked and answered in full (`sample`), which is only made for those who do? Asked when the
   * call has ended, before it is read. Absent: no.
   */
  wantsSample?(): boolean
  /** The same for what passed on the wire. */
  wantsWire?(): boolean
  /** So many characters of each prompt and output it shows at most, where it does not want the sample. Absent: none. */
  textChars?(): number
}

/**
 * An output. Every sink is given the same record, once at a call's start (on the app's stack: be short) and once at
 * its end (in a later turn), and puts it in its own vocabulary. A sink that throws harms no other.
 */
export interface Sink {
  open(start: CallStart): CallEnd
  /**
   * Sends what is pending. The caller waits `withinMs` milliseconds, if it says so, and no longer. `isAsked`: the app has
   * asked for it, or stops us; else its process ends.
   */
  flush(withinMs?: number, isAsked?: boolean): Promise<void>
  /** Lets go of sockets and timers, after a last flush that the caller waits for as long. */
  stop(withinMs?: number): Promise<void>
}
