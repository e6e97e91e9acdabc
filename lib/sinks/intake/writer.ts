import { AsyncLocalStorage } from 'node:async_hooks'
import { tally } from '../../counters'
import { guarded } from '../../guard'
import type { JsonObject } from '../../openai/json'
import { Breaker } from './breaker'
import { Delivery, type SendFailure } from './delivery'
import type { Counts, EventWriter } from './event-writer'
import { Losses } from './losses'
import { errorText, Overflow, type OverflowParts } from './overflow'
import { type Item, Queue, totalBytes } from './queue'
import { sayFailure } from './say-failure'
import type { EventSender } from './sender'
import type { Claim } from './spool'

export interface WriterParts extends OverflowParts {
  sender: EventSender
}

interface Flush {
  readonly deadline: number
  done(): void
}

/** Queue, timer, one delivery at a time. Knows when to send; how is `Delivery`'s, when again is `Breaker`'s. */
export class Writer implements EventWriter {
  readonly write: (entry: JsonObject) => void
  readonly #parts: WriterParts
  readonly #queue = new Queue()
  readonly #breaker: Breaker
  readonly #losses: Losses
  readonly #overflow: Overflow
  readonly #flushes = new Set<Flush>()
  /** What is sent belongs to no request of the app's, though one of them has set the timer. */
  readonly #outside = AsyncLocalStorage.snapshot()
  #timer: { readonly at: number; cancel(): void } | undefined
  #sending = false
  #inFlight: { readonly delivery: Delivery; readonly entries: number; readonly bytes: number } | undefined
  #closed = false
  #written = 0
  #sent = 0

  constructor(parts: WriterParts) {
    this.#parts = parts
    this.#breaker = new Breaker(parts.clock)
    this.#losses = new Losses(parts.kind, parts.notices)
    this.#overflow = new Overflow(parts, this.#losses)
    this.write = guarded('intake.write', entry => this.#take(entry))
    this.#schedule()
  }

  get counts(): Counts {
    const inFlight = this.#inFlight?.delivery.unsent.length ?? 0
    return {
      written: this.#written,
      sent: this.#sent,
      dropped: this.#losses.total,
      spooled: this.#overflow.spooled,
      pending: this.#queue.length + inFlight + this.#overflow.spilling.length,
    }
  }

  flush(withinMs: number): Promise<void> {
    if (this.#closed) return Promise.resolve()
    return new Promise(resolve => {
      const { clock } = this.#parts
      const flush: Flush = {
        deadline: clock.now() + withinMs,
        done: () => {
          cancel()
          this.#flushes.delete(flush)
          resolve()
        },
      }
      // The one timer that holds the process: nothing else of ours does.
      const cancel = clock.after(withinMs, flush.done, true)
      this.#flushes.add(flush)
      this.#next()
    })
  }

  async stop(withinMs: number): Promise<void> {
    await this.flush(withinMs)
    this.spoolSync()
  }

  spoolSync(): void {
    if (this.#closed) return
    this.#closed = true
    this.#timer?.cancel()
    this.#queue.putBack([...(this.#inFlight?.delivery.unsent ?? []), ...this.#overflow.spilling])
    this.#inFlight = undefined
    this.#parts.sender.close()
    while (this.#queue.length > 0) this.#overflow.saveSync(this.#takeBatch())
    this.#overflow.releaseAll()
    for (const flush of this.#flushes) flush.done()
  }

  #take(entry: JsonObject): void {
    this.#written += 1
    this.#tally('written')
    const encoded = this.#closed ? undefined : this.#parts.kind.encode(entry, this.#parts.limits.entryBytes)
    if (encoded === undefined) {
      this.#losses.add(1, this.#closed ? 'stopped' : 'unreadable')
      return
    }
    if (encoded.truncated) this.#tally('truncated')
    this.#queue.push({ json: encoded.json, at: this.#parts.clock.now() })
    this.#makeRoom()
    this.#schedule()
  }

  #takeBatch(): Item[] {
    return this.#queue.take(this.#parts.limits.batchEntries, this.#parts.limits.batchBytes)
  }

  /** What to do when something has ended: send what is due, resolve the flushes that waited for it. */
  #next(): void {
    this.#schedule()
    if (this.#sending || this.#overflow.spilling.length > 0) return
    const due = this.#dueMs()
    for (const flush of this.#flushes) {
      if (due === undefined || this.#parts.clock.now() + due > flush.deadline) flush.done()
    }
  }

  /** Sets the timer to when something can be sent. */
  #schedule(): void {
    const due = this.#sending || this.#closed ? undefined : this.#dueMs()
    if (due === undefined) return
    const at = this.#parts.clock.now() + due
    if (this.#timer !== undefined && this.#timer.at <= at) return
    this.#timer?.cancel()
    const tick = guarded('intake.tick', () => this.#tick())
    this.#timer = { at, cancel: this.#outside(() => this.#parts.clock.after(due, tick)) }
  }

  /** Undefined: there is nothing to send. */
  #dueMs(): number | undefined {
    const { limits, clock } = this.#parts
    const { first, length, bytes } = this.#queue
    const spooled = this.#overflow.waiting
    if (first === undefined && !spooled) return undefined
    const full = length >= limits.batchEntries || bytes + length >= limits.batchBytes
    const hurry = spooled || full || this.#flushes.size > 0 || first === undefined
    return Math.max(0, hurry ? 0 : first.at + limits.intervalMs - clock.now(), this.#breaker.waitMs)
  }

  #tick(): void {
    this.#timer = undefined
    if (this.#closed || this.#sending) return
    if (this.#dueMs() !== 0) {
      this.#schedule()
      return
    }
    this.#sending = true
    this.#send()
      .finally(() => {
        this.#sending = false
        this.#next()
      })
      .catch(() => tally('swallowed.intake.send'))
  }

  async #send(): Promise<void> {
    // What was left by others is older, but at the end what is in memory is in more danger.
    const claim = this.#flushes.size > 0 && this.#queue.length > 0 ? undefined : await this.#overflow.claim()
    if (this.#closed) claim?.release()
    else if (claim === undefined) await this.#sendBatch()
    else await this.#sendClaim(claim)
  }

  async #sendBatch(): Promise<void> {
    const items = this.#takeBatch()
    if (items.length === 0) return
    const delivery = new Delivery(this.#parts.kind, items)
    this.#inFlight = { delivery, entries: items.length, bytes: totalBytes(items) }
    const failure = await this.#run(delivery)
    if (this.#closed) return
    this.#inFlight = undefined
    if (failure === undefined) return
    this.#backOff(failure)
    this.#keep(delivery.unsent, failure)
  }

  async #sendClaim(claim: Claim): Promise<void> {
    const failure = claim.items.length === 0 ? undefined : await this.#run(new Delivery(this.#parts.kind, claim.items))
    if (failure === undefined) {
      claim.done()
      return
    }
    claim.release()
    if (!this.#closed) this.#backOff(failure)
  }

  #run(delivery: Delivery): Promise<SendFailure | undefined> {
    const events = {
      taken: (entries: number) => {
        this.#sent += entries
        this.#tally('sent', entries)
        tally(`calls.delivered.${this.#parts.kind.name}`, entries)
        this.#breaker.succeeded()
      },
      refused: (entries: number) => {
        this.#losses.add(entries, 'refused')
        this.#breaker.succeeded()
      },
    }
    return delivery
      .run(this.#parts.sender, this.#parts.limits.splitRequests, events)
      .catch(error => ({ meaning: 'later', reason: errorText(error), retryAfterMs: undefined }))
  }

  #backOff(failure: SendFailure): void {
    const isBrief = failure.meaning === 'later'
    if (isBrief) {
      this.#tally('retries')
      this.#breaker.failed(failure.retryAfterMs)
    } else this.#breaker.pause(this.#parts.limits.pauseMs)
    if (!isBrief || this.#breaker.tripped) sayFailure(failure, this.#parts)
  }

  /** Back to the front of the queue, but for what has been tried for too long. */
  #keep(items: readonly Item[], { meaning }: SendFailure): void {
    const now = this.#parts.clock.now()
    for (const item of items) item.failedAt ??= now
    const lasting = this.#overflow.exists || meaning !== 'later'
    const kept = items.filter(({ failedAt = now }) => lasting || now - failedAt <= this.#parts.limits.retryForMs)
    this.#losses.add(items.length - kept.length, 'expired')
    this.#queue.putBack(kept)
    this.#makeRoom()
  }

  #tally(what: string, by = 1): void {
    tally(`${this.#parts.kind.name}.${what}`, by)
  }

  #makeRoom(): void {
    const { queueEntries, queueBytes } = this.#parts.limits
    const { entries, bytes } = this.#inFlight ?? { entries: 0, bytes: 0 }
    while (this.#queue.length > 0) {
      if (this.#queue.length + entries <= queueEntries && this.#queue.bytes + bytes <= queueBytes) return
      if (this.#overflow.free) this.#spill()
      else this.#losses.add(this.#queue.take(1, 0).length, 'full')
    }
  }

  #spill(): void {
    this.#overflow
      .spill(this.#takeBatch())
      .finally(() => this.#next())
      .catch(() => tally('swallowed.intake.spill'))
  }
}
