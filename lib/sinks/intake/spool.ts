import { readdirSync, renameSync, statSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from './clock'
import type { Limits } from './limits'
import { makeFolder } from './make-folder'
import { bytesOf, type Item } from './queue'
import { heldName, newSpoolFile, parseSpoolName, type SpoolName } from './spool-name'

/** A file that is being sent by us. */
export interface Claim {
  readonly items: Item[]
  /** It is sent: the file goes. */
  done(): void
  /** It is not: whoever comes next may have it. */
  release(): void
}

/** No delivery lasts so long: a claim that is older is nobody's, though its process's id be somebody's again. */
const STALE_MS = 30 * 60_000
const PRIVATE = { mode: 0o600, flag: 'wx' } as const
const NEWLINE = Buffer.from('\n')

/**
 * A folder of batches that could not be sent, one JSON line an entry. A file is written under a name that nobody reads
 * and then renamed, so it is whole or not there; whoever sends it renames it first, so that two processes do not send
 * the same; and it is deleted after the intake has taken it. Whatever is killed in between, the next process finds
 * every file, at worst one that had just been sent: at least once.
 *
 * Not synced to the disk: a killed process loses nothing, a power cut may.
 */
export class Spool {
  readonly #claims = new Map<string, string>()
  #mayHold = true

  constructor(
    private readonly dir: string,
    private readonly limits: Pick<Limits, 'spoolBytes' | 'spoolFiles'>,
    private readonly clock: Clock,
    private readonly onLost: (entries: number) => void,
  ) {
    makeFolder(dir)
  }

  /** May there be files to send? */
  get waiting(): boolean {
    return this.#mayHold
  }

  /** Rejects if the disk does not take it. */
  async save(items: readonly Item[]): Promise<void> {
    const { path, temporary, body } = this.#prepare(items)
    await writeFile(temporary, body, PRIVATE)
    await rename(temporary, path)
    this.#mayHold = true
  }

  /** The same on the spot, for the end of the process. Throws if the disk does not take it. */
  saveSync(items: readonly Item[]): void {
    const { path, temporary, body } = this.#prepare(items)
    writeFileSync(temporary, body, PRIVATE)
    renameSync(temporary, path)
  }

  /** The oldest file that nobody else is sending. */
  async claim(): Promise<Claim | undefined> {
    this.#mayHold = false
    for (const { file } of this.#list().filter(({ held }) => held === undefined)) {
      const path = join(this.dir, file)
      const held = join(this.dir, heldName(file, 'sending'))
      // Touched before it is ours: an old file must not look like an old claim.
      if (!touch(path, this.clock.wall()) || !attempt(() => renameSync(path, held))) continue
      this.#mayHold = true
      this.#claims.set(held, path)
      const items = await this.#read(held)
      return { items, done: () => this.#settle(held), release: () => this.#giveBack(held) }
    }
    return undefined
  }

  /** Every claim goes back: for the end of the process. */
  releaseAll(): void {
    for (const held of this.#claims.keys()) this.#giveBack(held)
  }

  #settle(held: string): void {
    this.#claims.delete(held)
    attempt(() => unlinkSync(held))
  }

  #giveBack(held: string): void {
    const path = this.#claims.get(held)
    if (path === undefined) return
    this.#claims.delete(held)
    attempt(() => renameSync(held, path))
    this.#mayHold = true
  }

  async #read(held: string): Promise<Item[]> {
    const at = this.clock.now()
    const content = await readFile(held).catch(() => Buffer.alloc(0))
    return linesOf(content).map(json => ({ json, at }))
  }

  #prepare(items: readonly Item[]): { path: string; temporary: string; body: Buffer } {
    const body = Buffer.concat(items.flatMap(({ json }) => [json, NEWLINE]))
    this.#makeRoom(body.length)
    const file = newSpoolFile(this.clock.wall(), items.length, bytesOf(items))
    return { path: join(this.dir, file), temporary: join(this.dir, heldName(file, 'tmp')), body }
  }

  /** The oldest go; what is being sent stays. */
  #makeRoom(bytes: number): void {
    const all = this.#list()
    let total = all.reduce((sum, name) => sum + name.bytes, bytes)
    let files = all.length + 1
    for (const { file, held, entries, bytes: size } of all) {
      if (total <= this.limits.spoolBytes && files <= this.limits.spoolFiles) return
      if (held !== undefined || !attempt(() => unlinkSync(join(this.dir, file)))) continue
      total -= size
      files -= 1
      this.onLost(entries)
    }
  }

  /** Oldest first. What a process left behind when it was killed is put right on the way. */
  #list(): SpoolName[] {
    const names: SpoolName[] = []
    for (const name of readdirSync(this.dir).sort()) {
      const parsed = parseSpoolName(name)
      if (parsed === undefined) continue
      const recovered = parsed.held !== undefined && this.#isStale(name, parsed.held.pid) ? this.#recover(name) : parsed
      if (recovered !== undefined) names.push(recovered)
    }
    return names
  }

  #recover(name: string): SpoolName | undefined {
    const parsed = parseSpoolName(name)
    const path = join(this.dir, name)
    if (parsed?.held?.as === 'tmp') {
      attempt(() => unlinkSync(path))
      return undefined
    }
    if (parsed === undefined || !attempt(() => renameSync(path, join(this.dir, parsed.file)))) return undefined
    return { file: parsed.file, entries: parsed.entries, bytes: parsed.bytes }
  }

  #isStale(name: string, pid: number): boolean {
    const path = join(this.dir, name)
    if (this.#claims.has(path)) return false
    if (!isAlive(pid)) return true
    const touchedAt = mtime(path)
    // Its owner had our id, as the first process of every container has.
    const isAnotherLife = pid === process.pid && touchedAt < Date.now() - process.uptime() * 1_000 - 1_000
    return isAnotherLife || touchedAt < this.clock.wall() - STALE_MS
  }
}

function linesOf(content: Buffer): Buffer[] {
  const lines: Buffer[] = []
  for (let start = 0; start < content.length; ) {
    const newline = content.indexOf(10, start)
    const end = newline < 0 ? content.length : newline
    if (end > start) lines.push(content.subarray(start, end))
    start = end + 1
  }
  return lines
}

function touch(path: string, wall: number): boolean {
  return attempt(() => utimesSync(path, wall / 1_000, wall / 1_000))
}

function mtime(path: string): number {
  let ms = Number.POSITIVE_INFINITY
  attempt(() => {
    ms = statSync(path).mtimeMs
  })
  return ms
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: alive, and somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** False where another process was quicker. */
function attempt(act: () => void): boolean {
  try {
    act()
    return true
  } catch {
    return false
  }
}
