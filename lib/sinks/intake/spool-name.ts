import { randomBytes } from 'node:crypto'

/**
 * A spool file's name says all that is to be known of it without reading: when and in which order it was written, by
 * whom, and how much it holds. Names sort by age.
 */
export interface SpoolName {
  /** Without what was appended to it. */
  readonly file: string
  readonly entries: number
  readonly bytes: number
  /** Present while a process writes it (`tmp`) or sends it (`sending`). */
  readonly held?: { readonly pid: number; readonly as: 'tmp' | 'sending' }
}

const NAME = /^(\d{15}-\d{6}-[0-9a-f]{12}-(\d{1,6})-(\d{1,10})\.ndjson)(?:\.(\d{1,10})\.(tmp|sending))?$/
let written = 0

export function newSpoolFile(wall: number, entries: number, bytes: number): string {
  written += 1
  const time = String(Math.floor(wall)).padStart(15, '0')
  const order = String(written % 1_000_000).padStart(6, '0')
  // Processes of different containers have the same ids.
  return `${time}-${order}-${randomBytes(6).toString('hex')}-${entries}-${bytes}.ndjson`
}

/** Undefined for what is none of ours. */
export function parseSpoolName(name: string): SpoolName | undefined {
  const [, file, entries, bytes, pid, as] = NAME.exec(name) ?? []
  if (file === undefined) return undefined
  const plain = { file, entries: Number(entries), bytes: Number(bytes) }
  return pid === undefined ? plain : { ...plain, held: { pid: Number(pid), as: as === 'tmp' ? 'tmp' : 'sending' } }
}

/** The name under which this process writes or sends it. */
export function heldName(file: string, as: 'tmp' | 'sending'): string {
  return `${file}.${process.pid}.${as}`
}
