import { accessSync, constants, createReadStream, statSync } from 'node:fs'
import { callFromJson } from '../openai/call-json'
import { type CallEnded, eventFromJson, SESSION_VERSION, type SessionEvent } from './event'

/** What a file holds besides its events. */
export interface SavedRemarks {
  /** Lines that are no event: cut off, or another's. */
  readonly unread: number
  /** The last line is cut off: the session was killed while it wrote, or still writes. */
  readonly isCut: boolean
  /** The session's end was told, or it is a file of calls, which has none. */
  readonly isWhole: boolean
}

/** A longer line is no event of ours. */
const LONGEST_LINE = 64 * 1_048_576

/**
 * Reads the events of a saved session one after the other, or the calls of an `INTERCEPTOR_FILE`. Throws one line for what
 * cannot be read at all: no such file, no session, one of a newer version.
 */
export async function readSaved(path: string, take: (event: SessionEvent) => void): Promise<SavedRemarks> {
  const unreadable = notAFile(path)
  if (unreadable !== undefined) throw new Error(`${path} cannot be read: ${unreadable}`)
  let number = 0
  let unread = 0
  let isWhole = false
  for await (const { text, isCut } of linesOf(path)) {
    number += 1
    const event = eventOf(text, number)
    if (event === 'newer version')
      throw new Error(
        `${path} is of a newer version of interceptor (this one reads version ${SESSION_VERSION}): update it`,
      )
    if (typeof event !== 'string') {
      take(event)
      if (event.event === 'end' || (number === 1 && isCallAlone(event))) isWhole = true
    } else if (number === 1) throw new Error(`${path} is no saved session: its first line is none of ours`)
    else if (isCut) return { unread, isCut, isWhole }
    else if (event === 'no event') unread += 1
  }
  if (number === 0) throw new Error(`${path} is empty: no session was saved in it`)
  return { unread, isCut: false, isWhole }
}

function eventOf(text: string, number: number): SessionEvent | 'no event' | 'unknown event' | 'newer version' {
  const json = parsed(text)
  const event = eventFromJson(json)
  if (event !== 'no event') return event
  const call = callFromJson(json)
  return call === undefined
    ? event
    : ({ event: 'call', id: `line.${number}`, process: NOBODY, call } satisfies CallEnded)
}

/** A line of an `INTERCEPTOR_FILE`. */
function isCallAlone(event: SessionEvent): boolean {
  return event.event === 'call' && event.process === NOBODY
}

function notAFile(path: string): string | undefined {
  try {
    accessSync(path, constants.R_OK)
    return statSync(path).isDirectory() ? 'it is a folder' : undefined
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
    if (code === 'ENOENT') return 'there is no such file'
    return code === 'EACCES' ? 'this user may not' : String(code)
  }
}

const NOBODY = { pid: 0, thread: 0 }

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Node's readline would keep a line of any length. */
async function* linesOf(path: string): AsyncGenerator<{ text: string; isCut: boolean }> {
  let rest: Buffer[] = []
  let length = 0
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let from = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      const text = Buffer.concat([...rest, chunk.subarray(from, end)]).toString()
      rest = []
      length = 0
      from = end + 1
      if (text.trim() !== '') yield { text, isCut: false }
    }
    length += chunk.length - from
    if (length > LONGEST_LINE) throw new Error(`${path} is no saved session: it has a line of more than 64 MiB`)
    rest.push(chunk.subarray(from))
  }
  const text = Buffer.concat(rest).toString()
  if (text.trim() !== '') yield { text, isCut: true }
}
