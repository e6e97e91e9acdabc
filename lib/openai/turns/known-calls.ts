import type { Pieces } from './fingerprint'
import type { Turn } from './turn'

/** A call that was answered, and may be gone on from. */
export interface KnownCall {
  readonly turn: Turn
  /** From 1. */
  readonly index: number
  /** Where all of the prompt was in the request. */
  readonly prompt: Pieces | undefined
}

interface Entry {
  readonly call: KnownCall
  readonly keys: readonly string[]
  readonly at: number
}

/** Whoever comes back later is not joined. */
const LONGEST_AGE_MS = 3_600_000
const MOST_CALLS = 2_000
const MOST_KEYS = 20_000
/** Of prompts, all in all: 16 bytes each. */
const MOST_PIECES = 131_072

/** Calls by the keys that they offer: bounded in number, in size and in age, hashes and never a text. */
export class KnownCalls {
  readonly #entries = new Set<Entry>()
  /** Undefined call: offered by calls of several turns, so it tells nothing. */
  readonly #byKey = new Map<string, { readonly entry: Entry; readonly shared: boolean }>()
  #keys = 0
  #pieces = 0

  get size(): number {
    return this.#entries.size
  }

  find(key: string, now: number): KnownCall | undefined {
    const found = this.#byKey.get(key)
    if (found === undefined || found.shared || found.entry.at < now - LONGEST_AGE_MS) return undefined
    return found.entry.call
  }

  /** `named`: keys that the server gives to one conversation only: the newest call has them. */
  add(call: KnownCall, keys: readonly string[], named: readonly string[], now: number): void {
    const entry = { call, keys: [...new Set([...keys, ...named])], at: now }
    this.#entries.add(entry)
    this.#keys += entry.keys.length
    this.#pieces += piecesOf(entry)
    for (const key of entry.keys) {
      const before = named.includes(key) ? undefined : this.#byKey.get(key)
      const shared = before !== undefined && (before.shared || before.entry.call.turn !== call.turn)
      this.#byKey.set(key, { entry, shared })
    }
    this.#forget(now)
  }

  #forget(now: number): void {
    for (const entry of this.#entries) {
      const isOver = this.#entries.size > MOST_CALLS || this.#keys > MOST_KEYS || this.#pieces > MOST_PIECES
      if (!isOver && entry.at >= now - LONGEST_AGE_MS) return
      this.#entries.delete(entry)
      this.#keys -= entry.keys.length
      this.#pieces -= piecesOf(entry)
      for (const key of entry.keys) if (this.#byKey.get(key)?.entry === entry) this.#byKey.delete(key)
    }
  }
}

function piecesOf({ call }: Entry): number {
  return call.prompt?.pieces.length ?? 0
}
