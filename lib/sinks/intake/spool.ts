import { randomBytes } from 'node:crypto'
import { readdirSync, renameSync, statSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from './clock'
import type { Limits } from './kind'
import { makeFolder } from './make-folder'
import { type Item, totalBytes } from './queue'

/**
 * A spool file's name says all that is to be known of it without reading: when and in which order it was written, by
 * whom, and how much it holds. Names sort by age.
 */
interface SpoolName {
  /** Without what was appended to it. */
  readonly file: string
  readonly entries: number
  readonly bytes: number
  /** Present while a process writes it (`tmp`) or sends it (`sending`). */
  readonly held?: { readonly pid: number; readonly as: 'tmp' | 'sending' }
}

const SPOOL_FILE = /^(\d{15}-\d{6}-[0-9a-f]{12}-(\d{1,6})-(\d{1,10})\.ndjson)(?:\.(\d{1,10})\.(tmp|sending))?$/
let written = 0

/** A file that is being sent by us. */
export interface Claim {
  readonly items: Item[]
  /** It is sent: the file is deleted. */
  done(): void
  /** It is not sent: the next process may take the file. */
  release(): void
}

/** No delivery takes so long: an older claim is of a process that has ended, though another may have its id by now. */
const STALE_MS = 30 * 60_000
const PRIVATE = { mode: 0o600, flag: 'wx' } as const
const NEWLINE = Buffer.from('\n')

/**
 * A folder of batches that could not be sent, one JSON line an entry. A file is written under a temporary name and then
 * renamed, so it is whole or not there; the process that sends it renames it first, so that two processes do not send
 * the same; and it is deleted after the intake has taken it. Whatever process is killed in between, the next one finds
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
      if (!touch(path, this.clock.wall()) || !succeeds(() => renameSync(path, held))) continue
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
    succeeds(() => unlinkSync(held))
  }

  #giveBack(held: string): void {
    const path = this.#claims.get(held)
    if (path === undefined) return
    this.#claims.delete(held)
    succeeds(() => renameSync(held, path))
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
    const file = newSpoolFile(this.clock.wall(), items.length, totalBytes(items))
    return { path: join(this.dir, file), temporary: join(this.dir, heldName(file, 'tmp')), body }
  }

  /** Deletes the oldest files until there is room; what is being sent stays. */
  #makeRoom(bytes: number): void {
    const all = this.#list()
    let total = all.reduce((sum, name) => sum + name.bytes, bytes)
    let files = all.length + 1
    for (const { file, held, entries, bytes: size } of all) {
      if (total <= this.limits.spoolBytes && files <= this.limits.spoolFiles) return
      if (held !== undefined || !succeeds(() => unlinkSync(join(this.dir, file)))) continue
      total -= size
      files -= 1
      this.onLost(entries)
    }
  }

  /** Oldest first. Files that a killed process left are recovered. */
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
      succeeds(() => unlinkSync(path))
      return undefined
    }
    if (parsed === undefined || !succeeds(() => renameSync(path, join(this.dir, parsed.file)))) return undefined
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
  return succeeds(() => utimesSync(path, wall / 1_000, wall / 1_000))
}

function mtime(path: string): number {
  let ms = Number.POSITIVE_INFINITY
  succeeds(() => {
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

/** False where it fails, as where another process has done the same before. */
function succeeds(act: () => void): boolean {
  try {
    act()
    return true
  } catch {
    return false
  }
}

function newSpoolFile(wall: number, entries: number, bytes: number): string {
  written += 1
  const time = String(Math.floor(wall)).padStart(15, '0')
  const order = String(written % 1_000_000).padStart(6, '0')
  // Processes of different containers have the same ids.
  return `${time}-${order}-${randomBytes(6).toString('hex')}-${entries}-${bytes}.ndjson`
}

/** Undefined for what is none of ours. */
function parseSpoolName(name: string): SpoolName | undefined {
  const [, file, entries, bytes, pid, as] = SPOOL_FILE.exec(name) ?? []
  if (file === undefined) return undefined
  const plain = { file, entries: Number(entries), bytes: Number(bytes) }
  return pid === undefined ? plain : { ...plain, held: { pid: Number(pid), as: as === 'tmp' ? 'tmp' : 'sending' } }
}

/** The name under which this process writes or sends it. */
function heldName(file: string, as: 'tmp' | 'sending'): string {
  return `${file}.${process.pid}.${as}`
}
