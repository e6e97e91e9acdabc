import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { isObject } from '../../openai/json'
import { contentBytes } from './tape-body'
import { tapeText } from './tape-text'
import type { Tape, TapeEvent } from './tape-types'

export type { Tape }

/**
 * The project's own tapes, from `lib` and from `dist` alike: `golden` and `recorded` are recordings, `written` are made
 * from the API's documentation.
 */
export const TAPES = join(__dirname, '..', '..', '..', 'tapes')

export function requestBytes(tape: Tape): Buffer {
  return contentBytes(tape.request)
}

export function responseBytes(tape: Tape): Buffer {
  return contentBytes(tape.response)
}

/** The answer's events, or undefined where it is not a stream of them. */
export function events(tape: Tape): TapeEvent[] | undefined {
  return tape.response.events
}

/** All tapes of a folder and of those in it, by name. */
export function loadTapes(folder = TAPES): Tape[] {
  return [...tapeFiles(folder)].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, file]) => loadTape(file))
}

/** Each tape's file, by the tape's name, which is said once in all folders. */
export function tapeFiles(folder = TAPES): Map<string, string> {
  const files = withFileNamed(folder, () => readdirSync(folder, { recursive: true, encoding: 'utf8' }))
  // Those of sockets hold frames, not an exchange.
  const tapes = files.filter(file => file.endsWith('.json') && !file.startsWith('sockets'))
  return new Map(tapes.map(file => [basename(file, '.json'), join(folder, file)]))
}

/** Throws one line that names the file and what to do about it. */
export function loadTape(file: string): Tape {
  const value: unknown = withFileNamed(file, () => JSON.parse(readFileSync(file, 'utf8')))
  return withFileNamed(file, () => ({ ...checked(value), name: basename(file, '.json') }))
}

/** Writes `<folder>/<name>.json` and gives its path. */
export function saveTape(tape: Tape, folder = TAPES): string {
  const file = join(folder, `${tape.name}.json`)
  writeFileSync(file, tapeText(tape))
  return file
}

function withFileNamed<T>(file: string, act: () => T): T {
  try {
    return act()
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`tape ${file}: ${reason}; restore it, or record it anew`, { cause })
  }
}

/** Gives a tape's value back, or throws an Error that says why it is none. */
export function checked(value: unknown): Omit<Tape, 'name'> {
  if (isObject(value) && value.version !== undefined && value.version !== 1) {
    throw new Error(
      `it is of form ${JSON.stringify(value.version)}, and this version of interceptor knows form 1: update it`,
    )
  }
  if (!isTape(value)) throw new Error('a tape has source, request {method, url, headers}, response {status, headers}')
  return value
}

function isTape(value: unknown): value is Omit<Tape, 'name'> {
  if (!isObject(value)) return false
  const { source, request, response } = value
  return (
    typeof source === 'string' &&
    isObject(request) &&
    typeof request.method === 'string' &&
    typeof request.url === 'string' &&
    isObject(request.headers) &&
    isObject(response) &&
    typeof response.status === 'number' &&
    isObject(response.headers) &&
    (response.events === undefined || Array.isArray(response.events))
  )
}
