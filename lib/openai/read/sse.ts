import { isObject, type Json } from '../json'
import { parseJson } from './payload'

/** One event that carries data. */
export interface SseEvent {
  event?: string
  data: string
  /**
   * Byte offset in the input just past the byte that completed the event. With CRLF that is the CR of its empty line,
   * since nothing has to be waited for: `end - 1` is the byte whose arrival is the event's.
   */
  end: number
}

const LF = 0x0a
const CR = 0x0d
const DONE = '[DONE]'
/** An event larger than this is left out; the ones after it are read. */
const MOST_EVENT_BYTES = 16 * 1024 * 1024
const MOST_LOOKED_AT = 2048
const NO_BYTES = Buffer.alloc(0)

/**
 * Server-sent events by the WHATWG rules (https://html.spec.whatwg.org/multipage/server-sent-events.html), in pieces
 * cut anywhere: lines end in LF, CR or CRLF, all of which are single bytes in UTF-8, so a line is decoded only when it
 * is whole. `id` and `retry` say nothing to an observer and are skipped.
 *
 * `data: [DONE]` is given as the last event; whatever follows it is ignored.
 */
export class SseParser {
  done = false
  /** Events left out for their size. */
  oversized = 0
  private offset: number
  /** Pieces of the line that has begun. */
  private line: Uint8Array[] = []
  private lineBytes = 0
  private afterCr = false
  private atStart: boolean
  private event = ''
  private data: string[] = []
  private dataBytes = 0
  private tooBig = false

  /** `start` is where the first piece lies in the caller's input; only an input read from 0 may begin with a BOM. */
  constructor(
    start = 0,
    private readonly mostEventBytes = MOST_EVENT_BYTES,
  ) {
    this.offset = start
    this.atStart = start === 0
  }

  push(chunk: Uint8Array): SseEvent[] {
    const events: SseEvent[] = []
    let from = 0
    if (this.afterCr && chunk.length > 0) {
      this.afterCr = false
      if (chunk[0] === LF) from = 1
    }
    for (let i = from; i < chunk.length && !this.done; i += 1) {
      const byte = chunk[i]
      if (byte !== LF && byte !== CR) continue
      this.keep(chunk.subarray(from, i))
      this.endLine(this.offset + i + 1, events)
      if (byte === CR && chunk[i + 1] === LF) i += 1
      else if (byte === CR && i + 1 === chunk.length) this.afterCr = true
      from = i + 1
    }
    // The rest is copied: the caller may reuse its chunk.
    if (!this.done) this.keep(new Uint8Array(chunk.subarray(from)))
    this.offset += chunk.length
    return events
  }

  /**
   * What the end of the input leaves. WHATWG drops a record without its empty line; we read it if its data is a whole
   * JSON object (or `[DONE]`): the server meant to send it and nobody else is misled by our reading it.
   */
  end(): SseEvent[] {
    const events: SseEvent[] = []
    if (this.done) return events
    if (this.lineBytes > 0) this.endLine(this.offset, events)
    const data = this.data.join('\n')
    if (data.startsWith(DONE) || isObject(parseJson(data))) this.dispatch(this.offset, events)
    return events
  }

  private keep(piece: Uint8Array): void {
    if (piece.length === 0) return
    this.lineBytes += piece.length
    if (this.lineBytes + this.dataBytes > this.mostEventBytes) {
      this.tooBig = true
      this.line = []
    } else {
      this.line.push(piece)
    }
  }

  private endLine(end: number, events: SseEvent[]): void {
    if (this.lineBytes === 0) {
      this.dispatch(end, events)
      return
    }
    let bytes = this.line.length === 1 ? (this.line[0] ?? NO_BYTES) : Buffer.concat(this.line)
    this.line = []
    this.lineBytes = 0
    if (this.atStart) {
      this.atStart = false
      if (startsWithBom(bytes)) bytes = bytes.subarray(3)
      // A BOM alone on its line is an empty line.
      if (bytes.length === 0) return
    }
    if (!this.tooBig) this.readLine(utf8(bytes), bytes.length)
  }

  private readLine(line: string, bytes: number): void {
    const colon = line.indexOf(':')
    if (colon === 0) return
    const name = colon < 0 ? line : line.slice(0, colon)
    if (name !== 'data' && name !== 'event') return
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (name === 'event') {
      this.event = value
      return
    }
    this.data.push(value)
    this.dataBytes += bytes
  }

  private dispatch(end: number, events: SseEvent[]): void {
    this.atStart = false
    if (this.tooBig) {
      this.oversized += 1
    } else if (this.data.some(line => line !== '')) {
      const data = this.data.length === 1 ? (this.data[0] ?? '') : this.data.join('\n')
      events.push(this.event === '' ? { data, end } : { event: this.event, data, end })
      this.done = data.startsWith(DONE)
    }
    this.event = ''
    this.data = []
    this.dataBytes = 0
    this.tooBig = false
  }
}

/** All events of a body, or of the kept head of one: what the end cuts off is left out. */
export function parseEvents(bytes: Uint8Array): SseEvent[] {
  return eventsOf(new SseParser(), bytes)
}

/** The events of a body's kept end. */
export function parseTail(bytes: Uint8Array): SseEvent[] {
  const start = tailStart(bytes)
  return eventsOf(new SseParser(start), bytes.subarray(start))
}

/** `data: [DONE]`, which ends a stream and is none of its events. */
export function isDone(event: SseEvent): boolean {
  return event.data.startsWith(DONE)
}

/**
 * An event as readers take it: its parsed data, or undefined if that is not JSON.
 * - Assistants' events (`event: thread.…`) tell their kind only by name: `{ event, data }`.
 * - Errors in any form (`event: error`, `type: error`): `{ type: 'error', error }`.
 * - Other named events whose data is an object without a `type` get their name as `type`.
 */
export function eventValue({ event, data }: SseEvent): Json | undefined {
  const value = parseJson(data)
  // A proxy's last words are often no JSON.
  if (event === 'error' && !isObject(value)) return { type: 'error', error: value ?? data }
  if (value === undefined || !isObject(value)) return value
  if (event?.startsWith('thread.')) return { event, data: value }
  if (event === 'error' || value.type === 'error') {
    return { type: 'error', error: isObject(value.error) || typeof value.error === 'string' ? value.error : value }
  }
  return event === undefined || typeof value.type === 'string' ? value : { ...value, type: event }
}

/**
 * Do these first bytes of a body begin a stream of events, whatever its type says? Only if a `data:` with JSON comes
 * after nothing but other fields, comments and empty lines: a transcript may well begin with `data: the new oil`.
 */
export function looksLikeEvents(bytes: Uint8Array): boolean {
  const start = startsWithBom(bytes) ? 3 : 0
  const lines = utf8(bytes.subarray(start, start + MOST_LOOKED_AT)).split(/\r\n|\r|\n/)
  if (bytes.length > start + MOST_LOOKED_AT)
    lines[lines.length - 1] = lines.at(-1)?.match(/^(?:data:\s*[{[]|:)/)?.[0] ?? ''
  let comments = false
  for (const line of lines) {
    if (/^data:\s*(?:[{[]|$)/.test(line)) return true
    if (/^:/.test(line)) comments = true
    else if (!/^(?:$|event:|id:|retry:)/.test(line)) return false
  }
  return comments
}

function eventsOf(parser: SseParser, bytes: Uint8Array): SseEvent[] {
  const events = parser.push(bytes)
  // Not a spread: a body holds more events than a call takes arguments.
  for (const event of parser.end()) events.push(event)
  return events
}

/** A body's kept end begins in the middle of an event: reading starts after the first empty line, or not at all. */
export function tailStart(bytes: Uint8Array): number {
  let lineStart = -1
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i]
    if (byte !== LF && byte !== CR) continue
    const end = byte === CR && bytes[i + 1] === LF ? i + 2 : i + 1
    if (i === lineStart) return end
    lineStart = end
    i = end - 1
  }
  return bytes.length
}

function startsWithBom(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
}

function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}
