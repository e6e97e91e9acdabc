import { type Json, type JsonObject, shortened } from '../../json'
import {
  BACKSLASH,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
  signs,
  skipSpaces,
  startOf,
} from './ascii'
import type { Bounds } from './bounds'
import { beginsNumber, numberAt, numberEnd } from './numbers'
import { plainRun } from './plain-run'
import { TextEnd } from './text-end'

/** A list or object that has begun. It goes into the one around it when it is whole. */
interface Frame {
  readonly items: Json[] | undefined
  readonly members: JsonObject | undefined
  /** In a list, at whatever distance: its values are paid for from the common budget. */
  readonly inList: boolean
  name: string
  /** Of its elements or members, kept or not. */
  count: number
  /** Elements so far were all numbers. */
  numeric: boolean
}

/** What the next byte that is no space may be. */
type Expected = 'value' | 'first' | 'name' | 'colon' | 'next' | 'end' | 'text' | 'rest' | 'failed'

/** Bytes of a text or of what is passed over in one step. */
const BYTES_A_STEP = 1024
/** Shorter texts are looked at byte by byte here; what is longer costs less when `JSON.parse` does it. */
const SHORT_TEXT = 48
const UTF8 = 'utf8'
const SIGNS = signs()
const NO_LETTER = 0x20

/**
 * A JSON parser over bytes that can be left after any step and taken up again, and that keeps no more than its bounds
 * allow: of what is longer, deeper or more, the places are passed over and counted. Within the bounds it gives what
 * `JSON.parse` gives, and refuses what that refuses; inside what is passed over only texts and brackets are looked at.
 */
export class Parser {
  /** Something was left out. */
  bounded = false
  /** Work done: a step is a value, a name, a sign, or so many bytes of a text or of what is passed over. */
  steps = 0
  /** Values made. */
  made = 0
  #at: number
  #expected: Expected = 'value'
  readonly #frames: Frame[] = []
  #value: Json | undefined
  readonly #text: TextEnd
  #textStart = 0
  #textIs: 'value' | 'name' | 'passed' = 'value'
  /** Of what is passed over: how deep in it, and whether it is one value or all that is left of the innermost frame. */
  #passedDepth = 0
  /** The last bytes that were passed over had neither texts nor brackets. */
  #isPlain = false
  #passing: 'value' | 'frame' = 'value'
  #values: number
  #outside: number

  constructor(
    private readonly bytes: Buffer,
    private readonly bounds: Bounds,
  ) {
    this.#at = startOf(bytes)
    this.#text = new TextEnd(bytes)
    this.#values = bounds.values
    this.#outside = bounds.outside
  }

  /** Goes on for so many steps; true when there is no more to read. */
  run(steps: number): boolean {
    for (const until = this.steps + steps; this.steps < until; ) {
      if (this.#expected === 'failed' || (this.#expected === 'end' && this.#at >= this.bytes.length)) return true
      this.steps += 1
      this.#step()
    }
    return false
  }

  /** The whole value; undefined where the bytes are no JSON, or not all of it. */
  get value(): Json | undefined {
    return this.#expected === 'end' ? this.#value : undefined
  }

  /** Of an object whose end is missing, the members that are whole. */
  get begun(): JsonObject | undefined {
    return this.#frames[0]?.members
  }

  #step(): void {
    if (this.#expected === 'text') {
      this.#readText()
      return
    }
    if (this.#expected === 'rest') {
      this.#passOver()
      return
    }
    const byte = this.#skipSpaces()
    if (byte === undefined) return
    switch (this.#expected) {
      case 'first':
        if (this.#closes(byte)) this.#close()
        else this.#first(byte)
        return
      case 'value':
        this.#begin(byte)
        return
      case 'name':
        this.#beginName(byte)
        return
      case 'colon':
        this.#at += 1
        this.#expected = byte === COLON ? 'value' : 'failed'
        return
      case 'next':
        if (this.#closes(byte)) this.#close()
        else this.#comma(byte)
        return
      default:
        this.#expected = 'failed'
    }
  }

  /** The first of a list or an object costs like any other: else 2,000 members would each be 64 lists deep. */
  #first(byte: number): void {
    const frame = this.#frames.at(-1)
    if (frame !== undefined && !this.#hasRoom(frame)) {
      this.bounded = true
      this.#leaveRest(frame)
    } else if (frame?.members === undefined) this.#begin(byte)
    else this.#beginName(byte)
  }

  /** The next byte that is no space; undefined where none is found in this step. */
  #skipSpaces(): number | undefined {
    const { bytes } = this
    const stop = Math.min(bytes.length, this.#at + BYTES_A_STEP)
    const at = skipSpaces(bytes, this.#at, stop)
    this.#at = at
    if (at < stop) return bytes[at]
    if (at >= bytes.length && this.#expected !== 'end') this.#expected = 'failed'
    return undefined
  }

  #closes(byte: number): boolean {
    return byte === (this.#frames.at(-1)?.members === undefined ? CLOSE_LIST : CLOSE_OBJECT)
  }

  #comma(byte: number): void {
    const frame = this.#frames.at(-1)
    if (byte !== COMMA || frame === undefined) {
      this.#expected = 'failed'
      return
    }
    this.#at += 1
    if (this.#hasRoom(frame)) this.#expected = frame.members === undefined ? 'value' : 'name'
    else this.#leaveRest(frame)
  }

  #hasRoom({ items, members, count, inList, numeric }: Frame): boolean {
    const { bounds } = this
    if (members !== undefined) return count < bounds.members && (inList ? this.#values : this.#outside) > 0
    if (this.#values <= 0 || items === undefined) return false
    return count < (numeric ? bounds.numbers : bounds.items)
  }

  /** Passes over the rest of a frame, from behind a comma or its opening bracket. */
  #leaveRest(frame: Frame): void {
    this.bounded ||= !frame.numeric || frame.members !== undefined
    // The element behind the comma; the others are counted at theirs.
    frame.count += 1
    this.#passing = 'frame'
    this.#passedDepth = 0
    this.#expected = 'rest'
  }

  #begin(byte: number): void {
    if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      this.#open(byte)
      return
    }
    if (byte === QUOTE) {
      this.#beginText('value')
      return
    }
    const end = beginsNumber(byte) ? numberEnd(this.bytes, this.#at) : 0
    if (end > 0) {
      const value = numberAt(this.bytes, this.#at, end)
      this.#at = end
      this.#put(value)
      return
    }
    this.#word()
  }

  #word(): void {
    for (const [word, value] of WORDS) {
      const end = this.#at + word.length
      if (this.bytes.toString('latin1', this.#at, end) !== word) continue
      this.#at = end
      this.#put(value)
      return
    }
    this.#expected = 'failed'
  }

  #open(byte: number): void {
    const outer = this.#frames.at(-1)
    const isList = byte === OPEN_LIST
    this.#at += 1
    if (this.#frames.length >= this.bounds.depth) {
      this.bounded = true
      this.#passing = 'value'
      this.#passedDepth = 1
      this.#expected = 'rest'
      return
    }
    this.#frames.push({
      items: isList ? [] : undefined,
      members: isList ? undefined : {},
      inList: outer !== undefined && (outer.inList || outer.members === undefined),
      name: '',
      count: 0,
      numeric: isList,
    })
    this.#expected = 'first'
  }

  #close(): void {
    this.#at += 1
    const frame = this.#frames.pop()
    if (frame === undefined) return
    if (frame.items === undefined) this.#put(frame.members ?? null)
    else this.#put(shortened(frame.items, frame.count))
  }

  /** A value is whole. Undefined: it is no JSON. */
  #put(value: Json | undefined): void {
    if (value === undefined) {
      this.#expected = 'failed'
      return
    }
    this.made += 1
    const frame = this.#frames.at(-1)
    if (frame === undefined) {
      this.#value = value
      this.#expected = 'end'
      return
    }
    frame.count += 1
    if (frame.inList || frame.members === undefined) this.#values -= 1
    else this.#outside -= 1
    if (frame.members !== undefined) setMember(frame.members, frame.name, value)
    else {
      frame.numeric &&= typeof value === 'number'
      frame.items?.push(value)
    }
    this.#expected = 'next'
  }

  /** A value was passed over: a list keeps its place. */
  #putNothing(): void {
    const frame = this.#frames.at(-1)
    if (frame?.members === undefined) {
      this.#put(null)
      return
    }
    frame.count += 1
    Reflect.deleteProperty(frame.members, frame.name)
    this.#expected = 'next'
  }

  #beginName(byte: number): void {
    if (byte === QUOTE) this.#beginText('name')
    else this.#expected = 'failed'
  }

  #beginText(is: 'value' | 'name' | 'passed'): void {
    this.#textStart = this.#at + 1
    this.#textIs = is
    this.#text.begin(this.#textStart)
    this.#expected = 'text'
    this.#readText()
  }

  #readText(): void {
    const text = this.#text
    if (!text.search(text.at + BYTES_A_STEP)) {
      this.#expected = text.at >= this.bytes.length ? 'failed' : 'text'
      return
    }
    this.#at = text.at + 1
    if (this.#textIs === 'passed') {
      this.#expected = 'rest'
      return
    }
    const value = this.#textValue(this.#textStart, text.at)
    if (this.#textIs === 'value') {
      this.#put(value)
      return
    }
    const frame = this.#frames.at(-1)
    if (frame !== undefined) frame.name = value ?? ''
    this.#expected = value === undefined ? 'failed' : 'colon'
  }

  #textValue(start: number, end: number): string | undefined {
    const { bytes } = this
    this.steps += Math.floor((end - start) / BYTES_A_STEP)
    if (end - start > this.bounds.textBytes) {
      this.bounded = true
      return parsedText(`"${bytes.toString(UTF8, start, cutAt(bytes, start, start + this.bounds.textBytes))}"`)
    }
    const plain = !this.#text.escaped && end - start <= SHORT_TEXT && isPlain(bytes, start, end)
    return plain ? bytes.toString(UTF8, start, end) : parsedText(bytes.toString(UTF8, start - 1, end + 1))
  }

  /** Looks at texts and brackets only, and counts what is left of the frame. */
  #passOver(): void {
    const { bytes } = this
    if (this.#isPlain && this.#passPlain()) return
    const stop = Math.min(bytes.length, this.#at + BYTES_A_STEP)
    const last = this.#passing === 'frame' ? 0 : 1
    let depth = this.#passedDepth
    let commas = 0
    let at = this.#at
    let sign = 0
    let plain = true
    for (; at < stop; at += 1) {
      sign = SIGNS[bytes[at] ?? 0] ?? 0
      if (sign === 0) continue
      if (sign === 2) {
        commas += depth === 0 ? 1 : 0
        continue
      }
      plain = false
      if (sign === 3) depth += 1
      else if (sign === 1 || depth === last) break
      else depth -= 1
    }
    this.#isPlain = plain
    this.#passedDepth = depth
    this.#at = at
    this.#countCommas(commas)
    if (at === stop) this.#expected = at === bytes.length ? 'failed' : 'rest'
    else if (sign === 1) this.#beginText('passed')
    else this.#passed()
  }

  /** After many bytes without a text or a bracket more of them are likely. False where the next one is near. */
  #passPlain(): boolean {
    const { end, commas } = plainRun(this.bytes, this.#at)
    const isLong = end - this.#at >= BYTES_A_STEP
    this.#at = end
    if (this.#passedDepth === 0) this.#countCommas(commas)
    if (end === this.bytes.length) this.#expected = 'failed'
    return isLong || this.#expected === 'failed'
  }

  #countCommas(commas: number): void {
    const frame = this.#frames.at(-1)
    if (frame !== undefined && this.#passing === 'frame') frame.count += commas
  }

  #passed(): void {
    // A frame's bracket is read once more, as its own.
    this.#expected = 'next'
    if (this.#passing === 'frame') return
    this.#at += 1
    this.#putNothing()
  }
}

const WORDS: readonly (readonly [word: string, value: Json])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
]

function setMember(members: JsonObject, name: string, value: Json): void {
  if (name !== '__proto__') members[name] = value
  // As JSON.parse does: a member like any other, and nothing's prototype.
  else Object.defineProperty(members, name, { value, enumerable: true, configurable: true, writable: true })
}

/** No control characters, which JSON.parse refuses in a text. */
function isPlain(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if ((bytes[at] ?? 0) < NO_LETTER) return false
  return true
}

function parsedText(quoted: string): string | undefined {
  try {
    const value: unknown = JSON.parse(quoted)
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

/** The last place before `end` at which a text that begins at `start` can be cut: not within an escape or a letter. */
function cutAt(bytes: Uint8Array, start: number, end: number): number {
  let cut = start
  for (let at = start; at <= end; ) {
    cut = at
    if (bytes[at] !== ESCAPE) at += 1
    else at += bytes[at + 1] === LETTER_U ? ESCAPED_UNIT : ESCAPED_CHARACTER
  }
  while (cut > start && ((bytes[cut] ?? 0) & 0xc0) === 0x80) cut -= 1
  return cut
}

const ESCAPE = BACKSLASH
const LETTER_U = 0x75
/** `\u0041`, and `\n`. */
const ESCAPED_UNIT = 6
const ESCAPED_CHARACTER = 2
