import { constants, gzip } from 'node:zlib'
import type { EventKind } from './kind'
import type { Item } from './queue'
import type { EventSender, SendResult } from './sender'

/** What an answer's status means for the batch and for the next one. */
export type StatusMeaning =
  /** Taken. */
  | 'taken'
  /** The intake refuses something in it: find it. */
  | 'bad'
  /** The key is wrong. */
  | 'key'
  /** Not now. */
  | 'later'
  /** This is not the intake. */
  | 'address'

const MEANINGS: Readonly<Record<number, StatusMeaning>> = {
  400: 'bad',
  401: 'key',
  403: 'key',
  408: 'later',
  413: 'bad',
  422: 'bad',
  429: 'later',
}

const COMMA = Buffer.from(',')

/** Why a batch could not be sent now. */
export interface SendFailure {
  readonly meaning: Exclude<StatusMeaning, 'taken' | 'bad'>
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
  readonly #kind: EventKind
  /** What is still to be sent, the next last. */
  readonly #parts: Item[][]

  constructor(kind: EventKind, items: Item[]) {
    this.#kind = kind
    this.#parts = [items]
  }

  get unsent(): Item[] {
    return this.#parts.toReversed().flat()
  }

  /** Sends until nothing is left, or until there is no sending; what is left is `unsent`. */
  async run(sender: EventSender, mostRequests: number, events: DeliveryEvents): Promise<SendFailure | undefined> {
    for (let requests = 1; ; requests += 1) {
      const part = this.#parts.at(-1)
      if (part === undefined) return undefined
      const answer = resultOf(await sender.post(await batchBody(this.#kind, part)))
      if (answer.meaning !== 'taken' && answer.meaning !== 'bad') return { ...answer, meaning: answer.meaning }
      this.#parts.pop()
      if (answer.meaning === 'taken') events.taken(part.length)
      else if (part.length > 1 && requests < mostRequests) this.#parts.push(...halves(part))
      else events.refused(part.length, answer.reason)
    }
  }
}

function resultOf(answer: SendResult): { meaning: StatusMeaning; reason: string; retryAfterMs: number | undefined } {
  if ('status' in answer) {
    return { meaning: meaningOf(answer.status), reason: String(answer.status), retryAfterMs: answer.retryAfterMs }
  }
  // The one argument that is not ours is the key: it has characters that no header may have.
  const meaning = answer.failure === 'UND_ERR_INVALID_ARG' ? 'key' : 'later'
  return { meaning, reason: answer.failure, retryAfterMs: undefined }
}

/** The first half last: it goes next. */
function halves(part: Item[]): [Item[], Item[]] {
  const middle = Math.ceil(part.length / 2)
  return [part.slice(middle), part.slice(0, middle)]
}

export function meaningOf(status: number): StatusMeaning {
  if (status >= 200 && status < 300) return 'taken'
  return MEANINGS[status] ?? (status >= 500 ? 'later' : 'address')
}

/**
 * The events in their envelope, gzipped where the kind says so. Events were serialised one by one as they came, so all that is done here on
 * the event loop is a copy (4.5 MB: about 2 ms); compression runs on the thread pool, at the level that costs least.
 */
export function batchBody({ envelope, gzip: compressed }: EventKind, items: readonly Item[]): Promise<Buffer> {
  const parts = items.flatMap(({ json }, index) => (index === 0 ? [json] : [COMMA, json]))
  const text = Buffer.concat([Buffer.from(envelope.open), ...parts, Buffer.from(envelope.close)])
  if (!compressed) return Promise.resolve(text)
  return new Promise((resolve, reject) => {
    gzip(text, { level: constants.Z_BEST_SPEED }, (error, body) => (error === null ? resolve(body) : reject(error)))
  })
}
