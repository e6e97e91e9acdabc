import { BACKSLASH, QUOTE } from './ascii'

/** Bytes looked at one by one before the search goes native: a native call costs as much as 60 of them. */
const STRIDE = 128
/** Here by a name of their own: what is imported is looked up for every byte. */
const ENDS = QUOTE
const ESCAPES = BACKSLASH

/**
 * Finds where a JSON text ends, in pieces: a text of ten megabytes is not one stretch. Long plain texts are passed at the
 * speed of memory, texts of nothing but escapes at a nanosecond or two a byte.
 */
export class TextEnd {
  /** Where the search stands. */
  at = 0
  /** A backslash was met: the text is not its bytes. */
  escaped = false
  #quote = -1
  #backslash = -1

  constructor(private readonly bytes: Buffer) {}

  /** Begins at the byte after the opening quote. */
  begin(at: number): void {
    this.at = at
    this.escaped = false
  }

  /** True when `at` is the closing quote; false when `until` was passed before. At the input's end `at` is its length. */
  search(until: number): boolean {
    const { bytes } = this
    const stop = Math.min(until, bytes.length)
    while (this.at < stop) {
      if (this.#stride(Math.min(this.at + STRIDE, stop))) return true
      if (this.at < stop) this.#leap(stop)
    }
    return false
  }

  #stride(end: number): boolean {
    const { bytes } = this
    let at = this.at
    for (; at < end; at += 1) {
      const byte = bytes[at]
      if (byte === ENDS) {
        this.at = at
        return true
      }
      if (byte === ESCAPES) {
        this.escaped = true
        at += 1
      }
    }
    this.at = at
    return false
  }

  /** To the next byte that matters. */
  #leap(stop: number): void {
    const { bytes } = this
    if (this.#quote < this.at) this.#quote = next(bytes, QUOTE, this.at)
    if (this.#backslash < this.at) this.#backslash = next(bytes, BACKSLASH, this.at)
    this.at = Math.min(this.#quote, this.#backslash, stop)
  }
}

function next(bytes: Buffer, byte: number, from: number): number {
  const found = bytes.indexOf(byte, from)
  return found < 0 ? bytes.length : found
}
