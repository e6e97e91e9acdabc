import { join } from 'node:path'
import { tally } from '../../counters'
import type { Clock } from './clock'
import type { EventKind, Limits } from './kind'
import type { Losses, Notices } from './losses'
import type { Item } from './queue'
import { type Claim, Spool } from './spool'

export interface OverflowParts {
  kind: EventKind
  spoolDir: string | undefined
  limits: Readonly<Limits>
  clock: Clock
  notices: Notices
}

/** Where events go that memory cannot keep: the spool if there is one, else they are lost. Counts both. */
export class Overflow {
  spooled = 0
  /** What is on its way to the disk. */
  spilling: readonly Item[] = []
  readonly #kind: EventKind
  readonly #notices: Notices
  readonly #losses: Losses
  readonly #spool: Spool | undefined

  constructor(parts: OverflowParts, losses: Losses) {
    this.#kind = parts.kind
    this.#notices = parts.notices
    this.#losses = losses
    this.#spool = this.#open(parts)
  }

  get exists(): boolean {
    return this.#spool !== undefined
  }

  /** May there be something to send? */
  get waiting(): boolean {
    return this.#spool?.waiting === true
  }

  /** Can a batch be put on the disk just now? One at a time: a disk that is slow must not fill the memory. */
  get free(): boolean {
    return this.#spool !== undefined && this.spilling.length === 0
  }

  async spill(items: readonly Item[]): Promise<void> {
    this.spilling = items
    await this.#spool?.save(items).then(
      () => this.#count(items.length),
      error => this.#unwritable(items.length, error),
    )
    this.spilling = []
  }

  saveSync(items: readonly Item[]): void {
    if (this.#spool === undefined) {
      this.#losses.add(items.length, 'exit')
      return
    }
    try {
      this.#spool.saveSync(items)
      this.#count(items.length)
    } catch (error) {
      this.#unwritable(items.length, error)
    }
  }

  async claim(): Promise<Claim | undefined> {
    if (!this.waiting) return undefined
    try {
      return await this.#spool?.claim()
    } catch (error) {
      this.#notices.eachMinute('spool.read', `INTERCEPTOR_SPOOL_DIR cannot be read (${errorText(error)})`)
      return undefined
    }
  }

  releaseAll(): void {
    this.#spool?.releaseAll()
  }

  #open({ kind, spoolDir, limits, clock, notices }: OverflowParts): Spool | undefined {
    if (spoolDir === undefined) return undefined
    try {
      return new Spool(join(spoolDir, kind.spoolFolder), limits, clock, entries =>
        this.#losses.add(entries, 'spool_full'),
      )
    } catch (error) {
      notices.once(
        'spool',
        `INTERCEPTOR_SPOOL_DIR cannot be used (${errorText(error)}); unsent ${kind.words.short} are not kept`,
      )
      return undefined
    }
  }

  #count(entries: number): void {
    this.spooled += entries
    tally(`${this.#kind.name}.spooled`, entries)
  }

  #unwritable(entries: number, error: unknown): void {
    this.#losses.add(entries, 'spool')
    this.#notices.eachMinute('spool.write', `INTERCEPTOR_SPOOL_DIR cannot be written to (${errorText(error)})`)
  }
}

export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
