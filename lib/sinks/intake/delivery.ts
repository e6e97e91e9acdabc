import { batchBody } from './batch'
import type { Item } from './queue'
import type { Answer, Transport } from './transport'
import { type Verdict, verdictOf } from './verdict'

/** Why a batch could not be sent now. */
export interface Setback {
  readonly verdict: Exclude<Verdict, 'taken' | 'bad'>
  /** A status or an error code. */
  readonly reason: string
  readonly retryAfterMs: number | undefined
}

export interface DeliveryEvents {
  taken(entries: number): void
  /** The intake will never take these. */
  refused(entries: number, status: string): void
}

/** One batch on its way: split in halves wherever the intake refuses, until the bad entry stands alone. */
export class Delivery {
  /** What is still to be sent, the next last. */
  readonly #parts: Item[][]

  constructor(items: Item[]) {
    this.#parts = [items]
  }

  get unsent(): Item[] {
    return this.#parts.toReversed().flat()
  }

  /** Sends until nothing is left, or until there is no sending; what is left is `unsent`. */
  async run(transport: Transport, mostRequests: number, events: DeliveryEvents): Promise<Setback | undefined> {
    for (let requests = 1; ; requests += 1) {
      const part = this.#parts.at(-1)
      if (part === undefined) return undefined
      const answer = judge(await transport.post(await batchBody(part)))
      if (answer.verdict !== 'taken' && answer.verdict !== 'bad') return { ...answer, verdict: answer.verdict }
      this.#parts.pop()
      if (answer.verdict === 'taken') events.taken(part.length)
      else if (part.length > 1 && requests < mostRequests) this.#parts.push(...halves(part))
      else events.refused(part.length, answer.reason)
    }
  }
}

function judge(answer: Answer): { verdict: Verdict; reason: string; retryAfterMs: number | undefined } {
  if ('status' in answer) {
    return { verdict: verdictOf(answer.status), reason: String(answer.status), retryAfterMs: answer.retryAfterMs }
  }
  // The one argument that is not ours is the key: it has characters that no header may have.
  const verdict = answer.failure === 'UND_ERR_INVALID_ARG' ? 'key' : 'later'
  return { verdict, reason: answer.failure, retryAfterMs: undefined }
}

/** The first half last: it goes next. */
function halves(part: Item[]): [Item[], Item[]] {
  const middle = Math.ceil(part.length / 2)
  return [part.slice(middle), part.slice(0, middle)]
}
