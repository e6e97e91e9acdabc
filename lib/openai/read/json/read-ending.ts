import { pause } from '../../../turns'
import type { Json } from '../../json'
import { BACKSLASH, CLOSE_OBJECT, OPEN_LIST, OPEN_OBJECT, QUOTE, signs } from './ascii'
import type { Bounds } from './bounds'
import { readJson } from './read-json'

/**
 * Of JSON whose beginning is missing: `whole`, if it is not missing after all, else what is still open at the first byte,
 * outermost first, each with its whole members or elements that stand behind.
 */
export interface Ending {
  readonly whole?: Json
  readonly levels: readonly Json[]
}

/** A list or object of which the closing bracket was met; `comma` is the first one known to stand directly in it. */
interface Closed {
  readonly close: number
  comma: number | undefined
}

/** Usage, status and choices stand no deeper. */
const MOST_LEVELS = 4
/** More brackets inside each other are no answer. */
const MOST_DEPTH = 10_000
/** Between two looks at the clock: brackets, commas and texts, of which each may be one native search. */
const STEPS_AT_ONCE = 2048
const BYTES_AT_ONCE = 16 * 1024
const SIGNS = signs()
const NOTHING: Ending = { levels: [] }

/**
 * Reads from the last byte backwards: there it is known that no text is open, which at the first byte nobody knows, and a
 * picture is passed in one native search. In slices; each byte is looked at twice at most.
 */
export async function readEnding(bytes: Buffer, bounds: Bounds): Promise<Ending> {
  const scan = new BackwardScan(bytes)
  while (!scan.run()) await pause()
  if (scan.wholeFrom !== undefined) {
    const { value } = await readJson(bytes.subarray(scan.wholeFrom, scan.end), bounds)
    return value === undefined ? NOTHING : { whole: value, levels: [] }
  }
  const levels: Json[] = []
  for (const { close, comma } of scan.open.slice(0, MOST_LEVELS)) {
    const isObject = bytes[close] === CLOSE_OBJECT
    const inside = bytes.subarray((comma ?? close - 1) + 1, close + 1)
    const { value } = await readJson(Buffer.concat([isObject ? OBJECT : LIST, inside]), bounds)
    if (value === undefined) return NOTHING
    levels.push(value)
  }
  return { levels }
}

const OBJECT = Buffer.of(OPEN_OBJECT)
const LIST = Buffer.of(OPEN_LIST)

/** Finds the brackets that are closed and were not opened. */
class BackwardScan {
  /** Outermost first. */
  open: Closed[] = []
  /** Where a whole value begins that reaches to the end. */
  wholeFrom: number | undefined
  /** Behind the last byte that is no space. */
  readonly end: number
  #at: number
  #inText = false

  constructor(private readonly bytes: Buffer) {
    let end = bytes.length
    while (end > 0 && (bytes[end - 1] ?? 0) <= 0x20) end -= 1
    this.end = end
    // Else it is cut off at its end, too: which level its brackets belong to is not known.
    this.#at = SIGNS[bytes[end - 1] ?? 0] === 4 ? end : 0
  }

  /** Goes on for a while; true when there is no more to read. */
  run(): boolean {
    const { bytes } = this
    const stop = Math.max(0, this.#at - BYTES_AT_ONCE)
    for (let steps = 0; steps < STEPS_AT_ONCE && this.#at > stop; ) {
      if (this.#inText) {
        steps += 1
        this.#passText()
        continue
      }
      this.#at -= 1
      const sign = SIGNS[bytes[this.#at] ?? 0] ?? 0
      if (sign === 0) continue
      steps += 1
      if (sign === 1) this.#inText = true
      else this.#bracket(sign)
    }
    return this.#at <= 0
  }

  #bracket(sign: number): void {
    const { open } = this
    const innermost = open.at(-1)
    if (sign === 2 && innermost !== undefined) innermost.comma = this.#at
    else if (sign === 4) open.push({ close: this.#at, comma: undefined })
    else if (sign === 3) open.pop()
    if (open.length === 0) this.wholeFrom = this.#at
    if (open.length > MOST_DEPTH) this.open = []
    if (this.open.length === 0) this.#at = 0
  }

  /** To the next quote before; over it, if it is one of the text's own. */
  #passText(): void {
    const { bytes } = this
    const at = quoteBefore(bytes, this.#at)
    let before = Math.max(0, at)
    while (before > 0 && bytes[before - 1] === ESCAPES) before -= 1
    // An even number of backslashes are escaped themselves.
    this.#inText = (at - before) % 2 === 1
    this.#at = this.#inText ? before : Math.max(0, at)
  }
}

/** Bytes looked at one by one before the search goes native, as in `TextEnd`. */
const STRIDE = 128
/** Here by names of their own: what is imported is looked up for every byte. */
const ENDS = QUOTE
const ESCAPES = BACKSLASH

/** The last quote before `end`, or -1. */
function quoteBefore(bytes: Buffer, end: number): number {
  const stop = Math.max(0, end - STRIDE)
  for (let at = end - 1; at >= stop; at -= 1) if (bytes[at] === ENDS) return at
  return stop === 0 ? -1 : bytes.lastIndexOf(QUOTE, stop - 1)
}
