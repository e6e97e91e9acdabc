import { isObject, type Json } from '../json'
import { OPEN_LIST, OPEN_OBJECT } from './json/ascii'
import { parseJson } from './payload'

/** One event that carries data. */
export interface SseEvent {
  event?: string
  /** Of a large event only its beginning: it stays `bytes`, to be read in slices. */
  data: string
  bytes?: Buffer
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
/** What is longer is not made a text here. */
const MOST_TEXT_BYTES = 16 * 1024
const MOST_LOOKED_AT = 2048
const NO_BYTES = Buffer.alloc(0)
const NEWLINE = Buffer.from('\n')
/** So many lines of an event are joined at a time. */
const LINES_OF_A_BLOCK = 1024
/** A kept end without an empty line in so many lines is no stream that we read. */
const MOST_LINES = 16 * 1024

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
  /** Lines of data, and those before them in blocks of many: one event may be 100,000 lines. */
  private data: Uint8Array[] = []
  private blocks: Uint8Array[] = []
  /** So many of `data` are copies. */
  private owned = 0
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
      if (i > from) this.keep(chunk.subarray(from, i))
      this.endLine(this.offset + i + 1, events)
      if (byte === CR && chunk[i + 1] === LF) i += 1
      else if (byte === CR && i + 1 === chunk.length) this.afterCr = true
      from = i + 1
    }
    // The rest is copied: the caller may reuse its chunk.
    if (!this.done) this.keep(new Uint8Array(chunk.subarray(from)))
    for (; this.owned < this.data.length; this.owned += 1) {
      this.data[this.owned] = new Uint8Array(this.data[this.owned] ?? NO_BYTES)
    }
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
    const { data, bytes } = eventOf(this.joined(), this.offset)
    // A large one is taken if it looks whole: whether it is JSON is found out in slices.
    const isWhole = bytes === undefined ? isObject(parseJson(data)) : data[0] === '{' && bytes.at(-1) === CLOSE_OBJECT
    if (data.startsWith(DONE) || isWhole) this.dispatch(this.offset, events)
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
    if (!this.tooBig) this.readLine(bytes)
  }

  private readLine(bytes: Uint8Array): void {
    const isData = startsWith(bytes, DATA)
    if (!isData && !startsWith(bytes, EVENT)) return
    const colon = isData ? DATA.length : EVENT.length
    // Without a colon it is a field without a value; with another letter there it is another field.
    if (bytes.length > colon && bytes[colon] !== COLON) return
    const value = bytes.subarray(bytes[colon + 1] === SPACE ? colon + 2 : colon + 1)
    if (isData) {
      this.data.push(value)
      this.dataBytes += bytes.length
      if (this.data.length === LINES_OF_A_BLOCK) this.block()
    } else {
      this.event = utf8(value.subarray(0, MOST_NAME_BYTES))
    }
  }

  private dispatch(end: number, events: SseEvent[]): void {
    this.atStart = false
    if (this.tooBig) {
      this.oversized += 1
    } else if (this.blocks.length > 0 || this.data.some(line => line.length > 0)) {
      const event = eventOf(this.joined(), end)
      events.push(this.event === '' ? event : { event: this.event, ...event })
      this.done = event.data.startsWith(DONE)
    }
    this.event = ''
    this.data = []
    this.blocks = []
    this.owned = 0
    this.dataBytes = 0
    this.tooBig = false
  }

  private block(): void {
    this.blocks.push(joinedLines(this.data))
    this.data = []
    this.owned = 0
  }

  private joined(): Buffer {
    return joinedLines(this.blocks.length === 0 ? this.data : [...this.blocks, ...this.data])
  }
}

const DATA = Buffer.from('data')
const EVENT = Buffer.from('event')
const COLON = 0x3a
const SPACE = 0x20
const CLOSE_OBJECT = 0x7d
const MOST_NAME_BYTES = 1024

function startsWith(bytes: Uint8Array, name: Uint8Array): boolean {
  for (let i = 0; i < name.length; i += 1) if (bytes[i] !== name[i]) return false
  return true
}

function joinedLines(lines: readonly Uint8Array[]): Buffer {
  const [first = NO_BYTES] = lines
  if (lines.length > 1) return Buffer.concat(lines.flatMap((line, i) => (i === 0 ? [line] : [NEWLINE, line])))
  return Buffer.from(first.buffer, first.byteOffset, first.byteLength)
}

function eventOf(data: Buffer, end: number): SseEvent {
  return data.length <= MOST_TEXT_BYTES
    ? { data: data.toString(), end }
    : { data: data.toString('utf8', 0, MOST_LOOKED_AT), bytes: data, end }
}

/** All events of a body, or of the kept head of one: what the end cuts off is left out. */
export function parseEvents(bytes: Uint8Array): SseEvent[] {
  return eventsOf(new SseParser(), bytes)
}

/** The events of a body's kept end. */
export function parseTail(bytes: Buffer): SseEvent[] {
  const start = tailStart(bytes)
  return eventsOf(new SseParser(start), bytes.subarray(start))
}

/** Sent so that nobody takes the stream for dead: it says nothing, and is none of its events. */
export function isHeartbeat({ event, data }: SseEvent): boolean {
  return HEARTBEATS.has(event ?? '') || HEARTBEAT.test(data)
}

const HEARTBEATS: ReadonlySet<string> = new Set(['ping', 'heartbeat', 'keepalive', 'keep-alive'])
const HEARTBEAT =
  /^\s*(?:null|\{\s*\}|"?(?:ping|heartbeat|keep-?alive)"?|\{\s*"type"\s*:\s*"(?:ping|heartbeat|keep-?alive)".{0,200})?\s*$/

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
export function eventValue({ event, data }: SseEvent, value = parseJson(data)): Json | undefined {
  // A proxy's last words are often no JSON.
  if (event === 'error' && !isObject(value)) return { type: 'error', error: value ?? data }
  if (value === undefined || !isObject(value)) return value
  if (event?.startsWith('thread.')) return { event, data: value }
  if (event === 'error' || value.type === 'error' || value.object === 'error') {
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
  // Nearly every other answer: JSON.
  if (bytes[start] === OPEN_OBJECT || bytes[start] === OPEN_LIST) return false
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
export function tailStart(bytes: Buffer): number {
  let lineStart = -1
  let [lf, cr] = [-1, -1]
  for (let at = 0, lines = 0; lines < MOST_LINES; lines += 1) {
    if (lf < at) lf = next(bytes, LF, at)
    if (cr < at) cr = next(bytes, CR, at)
    const end = Math.min(lf, cr)
    if (end === bytes.length) break
    at = cr < lf && bytes[end + 1] === LF ? end + 2 : end + 1
    if (end === lineStart) return at
    lineStart = at
  }
  return bytes.length
}

function next(bytes: Buffer, byte: number, from: number): number {
  const found = bytes.indexOf(byte, from)
  return found < 0 ? bytes.length : found
}

function startsWithBom(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
}

function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}
