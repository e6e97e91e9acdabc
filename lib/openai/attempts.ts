import { createHash } from 'node:crypto'

/** Whose call it is. */
export interface CallSite {
  /** The trace that the call is made in; empty where the caller has none. */
  readonly trace: string
  /** Those of `withTags`, compared by identity: one object for each run of it. */
  readonly tags: object
}

/** What tells two exchanges to be attempts of one call. */
export interface AttemptKey {
  readonly method: string
  readonly url: string
  readonly site: CallSite
  readonly idempotencyKey: string | undefined
  /** As whom it is asked, equal over a call's attempts: never kept but in a digest. */
  asker(): string
  /** Kept bytes and full size of the request's body. */
  readonly body: { readonly bytes: readonly Uint8Array[]; readonly size: number }
}

export interface AttemptEnd {
  readonly startedAt: number
  readonly endedAt: number
  /** As the SDK counts itself, if it does. */
  readonly attempt: number | undefined
  /** Whether a client would try again: 408, 409, 429, 5xx or no answer at all. */
  readonly mayBeRetried: boolean
  /** What the answer asked to wait, milliseconds. */
  readonly retryAfterMs?: number | undefined
}

export interface Attempt {
  readonly attempt: number | undefined
  /** From the end of the attempt before to the start of this one, milliseconds. */
  readonly waitMs: number | undefined
}

interface Failed {
  readonly site: CallSite
  readonly endedAt: number
  readonly attempt: number
  /** After it nobody tries this call again, on the monotonic clock. */
  readonly until: number
}

const MOST_ATTEMPTS = 1000
/** Nobody waits longer between two attempts. */
const LONGEST_WAIT_MS = 600_000
/**
 * The same where nothing tells the caller from another: longer than clients wait on their own account (8 s the SDKs, up
 * to half a minute loops that double it), shorter than what a job asks again every minute.
 */
const LONGEST_UNTRACED_WAIT_MS = 35_000

/**
 * Joins the attempts of one logical call. SDKs count theirs in a header; a loop around raw `fetch` counts nothing, so
 * a call is a further attempt if one with an equal body, of the same caller and with the same credentials, failed shortly
 * before it in a way that is tried again. Two equal calls that both succeed are two calls.
 */
export class Attempts {
  readonly #failed = new Map<string, Failed[]>()
  #size = 0

  /** Takes note of an ended exchange and tells which attempt it was. */
  join(key: AttemptKey, end: AttemptEnd): Attempt {
    // Older Azure clients say 1 for ever; then the idempotency key tells.
    const isFirst = end.attempt === 1 && key.idempotencyKey === undefined
    if (isFirst && !end.mayBeRetried) return { attempt: 1, waitMs: undefined }
    if (this.#size === 0 && !end.mayBeRetried) return { attempt: end.attempt, waitMs: undefined }

    const digest = digestOf(key)
    const before = isFirst ? undefined : this.#take(digest, key, end.startedAt)
    const attempt = before === undefined ? end.attempt : Math.max(end.attempt ?? 0, before.attempt + 1)
    if (end.mayBeRetried) this.#remember(digest, failedOf(key, end, attempt))
    return { attempt, waitMs: before === undefined ? undefined : Math.max(0, end.startedAt - before.endedAt) }
  }

  #take(digest: string, { site, idempotencyKey }: AttemptKey, startedAt: number): Failed | undefined {
    const candidates = this.#failed.get(digest)
    const index = candidates?.findIndex(
      failed =>
        (idempotencyKey !== undefined || isSameCall(failed.site, site)) &&
        failed.endedAt <= startedAt &&
        startedAt < failed.until,
    )
    if (candidates === undefined || index === undefined || index < 0) return undefined
    const [failed] = candidates.splice(index, 1)
    this.#size -= 1
    if (candidates.length === 0) this.#failed.delete(digest)
    return failed
  }

  #remember(digest: string, failed: Failed): void {
    const list = this.#failed.get(digest) ?? []
    this.#failed.delete(digest)
    this.#failed.set(digest, [...list, failed])
    this.#size += 1
    while (this.#size > MOST_ATTEMPTS) {
      const [oldest] = this.#failed
      if (oldest === undefined) break
      this.#failed.delete(oldest[0])
      this.#size -= oldest[1].length
    }
  }
}

function failedOf(
  { site, idempotencyKey }: AttemptKey,
  { endedAt, retryAfterMs = 0 }: AttemptEnd,
  attempt = 1,
): Failed {
  const isKnown = idempotencyKey !== undefined || site.trace !== '' || Object.keys(site.tags).length > 0
  // Who waits as long as the answer asks comes after that.
  const wait = isKnown ? LONGEST_WAIT_MS : LONGEST_UNTRACED_WAIT_MS + retryAfterMs
  return { site, endedAt, attempt, until: endedAt + Math.min(wait, LONGEST_WAIT_MS) }
}

function isSameCall(a: CallSite, b: CallSite): boolean {
  return a.trace === b.trace && a.tags === b.tags
}

/** An idempotency key says it all; else the bodies are compared by digest, so that no prompt is kept. */
function digestOf({ method, url, idempotencyKey, body, asker }: AttemptKey): string {
  const hash = createHash('sha1').update(`${method} ${url} ${idempotencyKey ?? body.size}\n${asker()}\n`)
  if (idempotencyKey === undefined) for (const bytes of body.bytes) hash.update(bytes)
  return hash.digest('base64')
}
