import { readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { checked, loadTape } from '../local/tapes/tape'
import type { Tape } from '../local/tapes/tape-types'

/**
 * Tapes of a folder and of those in it, of one file, or of a list. By name, numbers by their value: `…-10` comes after
 * `…-2`. Throws an Error that names what is no tape.
 */
export function readTapes(tapes: string | readonly Tape[]): readonly Tape[] {
  if (typeof tapes === 'string') return fromPath(tapes)
  if (!Array.isArray(tapes)) throw new Error(`play(): no folder and no list of tapes: ${JSON.stringify(tapes)}`)
  return tapes.map((tape: Tape, index) => {
    try {
      return { ...checked(tape), name: typeof tape.name === 'string' ? tape.name : `tape ${index}` }
    } catch (cause) {
      throw new Error(`play(): entry ${index} of the list is no tape: ${reasonOf(cause)}`, { cause })
    }
  })
}

function fromPath(path: string): readonly Tape[] {
  if (isFile(path)) return [loadTape(path)]
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.json'))
  if (files.length === 0) throw new Error(`play(): no tapes in ${path}; make some with record({ folder })`)
  const byName = new Intl.Collator('en', { numeric: true })
  return files
    .map(file => ({ ...loadTape(join(path, file)), name: file.replaceAll('\\', '/').replace(/\.json$/, '') }))
    .sort((one, other) => byName.compare(one.name, other.name))
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch (cause) {
    throw new Error(`play(): cannot read ${basename(path)} (${reasonOf(cause)}); make tapes with record({ folder })`, {
      cause,
    })
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
