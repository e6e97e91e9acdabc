import type { Calls } from './calls'
import { LONGEST_TIMER_MS } from './clock'
import type { Config, ConfigKey } from './config'
import { tally } from './counters'
import { guarded } from './guard'
import { say } from './say'
import type { EventWriter } from './sinks/intake'
import type { Sink } from './sinks/sink'
import type { Undo } from './transport/shadow'
import type { Concerns, Open } from './transport/transport'

/**
 * - `running`: calls are observed, and sent as they end.
 * - `ending`: the event loop has run empty, and the last flush is under way.
 * - `ended`: it is over. What the app begins now is still observed, but nothing waits for it, and not much of it.
 * - `stopped`: nothing is observed any more, and nothing sent.
 */
type LifecycleState = 'running' | 'ending' | 'ended' | 'stopped'

export interface LifecycleParts {
  readonly calls: Calls
  /** Metrics: they come after all others, since they count what became of these. */
  readonly last: readonly Sink[]
  readonly others: readonly Sink[]
  readonly writers: readonly EventWriter[]
  readonly config: Pick<Config, 'exitTimeoutMs'>
  /** Writes what nobody can wait for, in the process's last moment. */
  exit(): void
}

/** Reading may take so much of the time of a last flush; what is left of it belongs to sending. */
const READING_SHARE = 0.75

/**
 * Calls that are observed after the last flush. A request that we cause ourselves, and do not know as ours, comes back
 * as a call and causes the next one: with every span posted at once, a process that has nothing left to do would go on
 * for ever.
 */
const MOST_AFTER_THE_END = 20

/** A process that goes on for so long after its last flush had not ended: it has a last flush again. */
const GOES_ON_MS = 60_000

/** From the first tap to the last flush: what is done in which order, and for how long. */
export class Lifecycle {
  readonly #parts: LifecycleParts
  readonly #taps: Undo[]
  #state: LifecycleState = 'running'
  #endedAt = 0
  #afterTheEnd = 0
  /** Calls seen, and how many of them were in the hands of the sinks when a flush last reached its end. */
  #seen = 0
  #sent = 0
  #stopping: Promise<void> | undefined
  readonly #beforeExit = guarded('beforeExit', () => this.#end())
  // What is thrown there would change the app's exit code.
  readonly #exit = guarded('exit', () => this.#keepWhatIsLeft())

  constructor(parts: LifecycleParts, tap: (open: Open, concerns: Concerns) => Undo[]) {
    this.#parts = parts
    // Before the tracer's own handler, which flushes only once: our last spans must be finished by then.
    process.prependListener('beforeExit', this.#beforeExit)
    process.on('exit', this.#exit)
    this.#taps = tap(this.#open, parts.calls.concerns)
  }

  /** Waits until every ended call has been sent, `withinMs` at most. What is not sent by then is sent later. */
  async flush(withinMs?: number): Promise<void> {
    if (this.#state === 'stopped') return
    const deadline = performance.now() + patience(withinMs, this.#parts.config.exitTimeoutMs)
    await until(deadline, [this.#parts.calls.done()])
    await this.#send(deadline, true)
  }

  /** Takes note of settings that have changed. */
  changed(keys: ReadonlySet<ConfigKey>): void {
    this.#parts.calls.changed(keys)
  }

  /** Unsubscribes, restores what was patched, ends what is open, and sends what is pending. Safe to call twice. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  readonly #open: Open = opening => {
    if (this.#afterTheEnd >= MOST_AFTER_THE_END && !this.#goesOn()) return undefined
    const exchange = this.#parts.calls.open(opening)
    if (exchange === undefined) return undefined
    this.#seen += 1
    if (this.#state !== 'running') this.#afterTheEnd += 1
    return exchange
  }

  /** It had not ended: it runs as before, and will have a last flush again. */
  #goesOn(): boolean {
    if (this.#state !== 'ended' || performance.now() - this.#endedAt <= GOES_ON_MS) return false
    this.#state = 'running'
    this.#afterTheEnd = 0
    return true
  }

  /** The last flush, once: sending wakes the event loop, so that the process comes here again when it is done. */
  #end(): void {
    this.#goesOn()
    if (this.#state !== 'running' || !this.#hasUnsent()) return
    this.#state = 'ending'
    this.#afterTheEnd = 0
    this.#parts.calls.endOpen()
    this.#sendAll('the process ends')
      .catch(() => tally('swallowed.lastFlush'))
      .finally(() => {
        if (this.#state === 'ending') this.#state = 'ended'
        this.#endedAt = performance.now()
      })
  }

  #hasUnsent(): boolean {
    return this.#seen > this.#sent || this.#parts.writers.some(({ counts }) => counts.pending > 0)
  }

  async #stop(): Promise<void> {
    this.#state = 'stopped'
    process.removeListener('beforeExit', this.#beforeExit)
    process.removeListener('exit', this.#exit)
    const { calls, others, last } = this.#parts
    for (const undo of this.#taps.splice(0)) undo()
    calls.endOpen()
    const deadline = await this.#sendAll('it is stopped', true)
    const left = (): number => Math.max(0, deadline - performance.now())
    await until(deadline, [...others.map(sink => sink.stop(left())), calls.stop()])
    await until(
      deadline,
      last.map(sink => sink.stop(left())),
    )
  }

  /**
   * Reads and sends everything within our time, and gives its end. Calls that there is no time to read are sent as they
   * are, without what their bodies would have told: a call is never lost because somebody asked for it in a hurry.
   */
  async #sendAll(why: string, isAsked = false): Promise<number> {
    const { calls, config } = this.#parts
    const { exitTimeoutMs } = config
    const begin = performance.now()
    await until(begin + exitTimeoutMs * READING_SHARE, [calls.done()])
    const unread = calls.giveUp()
    if (unread > 0) {
      tally('calls.unread', unread)
      say(
        `${why}, and ${counted(unread)} could not be read within ${exitTimeoutMs} ms: sent without model, tokens and ` +
          'texts; INTERCEPTOR_EXIT_TIMEOUT_MS is how long it may take',
      )
    }
    await this.#send(begin + exitTimeoutMs, isAsked)
    return begin + exitTimeoutMs
  }

  async #send(deadline: number, isAsked = false): Promise<void> {
    const { calls, others, last } = this.#parts
    const seen = this.#seen
    const isRead = calls.pending === 0
    const left = Math.max(0, deadline - performance.now())
    // They are with the kernel when this returns, and need not wait for an agent that hangs.
    const first = last.map(sink => sink.flush(left))
    const inTime = await until(deadline, [...first, ...others.map(sink => sink.flush(left, isAsked))])
    await until(
      deadline,
      last.map(sink => sink.flush(0)),
    )
    if (isRead && inTime) this.#sent = seen
  }

  /** In the process's last moment nothing can be waited for. */
  #keepWhatIsLeft(): void {
    this.#parts.calls.deliver()
    for (const sink of this.#parts.last) sink.flush(0).catch(() => tally('swallowed.metrics.flush'))
    this.#parts.exit()
    for (const writer of this.#parts.writers) writer.spoolSync()
  }
}

function counted(calls: number): string {
  return calls === 1 ? '1 call' : `${calls} calls`
}

/** A time that timers can wait: for `Infinity` they warn, and wait 1 ms. What is no number says nothing. */
function patience(withinMs: unknown, otherwise: number): number {
  if (typeof withinMs !== 'number' || Number.isNaN(withinMs)) return otherwise
  return Math.min(Math.max(0, withinMs), LONGEST_TIMER_MS)
}

/**
 * Waits for promises, whatever becomes of them, but no longer than to a time of the monotonic clock, and tells whether
 * all were settled by then. The wait keeps the process alive.
 */
async function until(deadline: number, promises: readonly Promise<unknown>[]): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<false>(resolve => {
    const ms = Math.min(Math.max(0, deadline - performance.now()), LONGEST_TIMER_MS)
    timer = setTimeout(resolve, ms, false)
  })
  const all = Promise.allSettled(promises).then(() => true)
  return Promise.race([all, patience]).finally(() => clearTimeout(timer))
}
