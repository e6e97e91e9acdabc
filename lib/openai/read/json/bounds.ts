/** How much of a body is made into values. */
export interface Bounds {
  /** Values inside lists, all together: messages, choices, schemas and what is in them. */
  readonly values: number
  /** Values that are in no list, apart: usage stands at the end of an answer, behind whatever list is too long. */
  readonly outside: number
  /** Lists and objects inside each other. */
  readonly depth: number
  /** Members of one object. */
  readonly members: number
  /** Elements of one list; of what is left out the number is kept (`lengthOf`). */
  readonly items: number
  /** The same for a list that begins with so many numbers: vectors, token ids, log probabilities. */
  readonly numbers: number
  /** Bytes of one text, escapes and all. */
  readonly textBytes: number
}

/**
 * Real bodies stay far below: 500 messages with 100 tools make about 10,000 values. What a value costs after it was read
 * (facts, filters, the log's JSON) is some 0.2 µs each time it is walked, so that any walk over all of them is 4 ms.
 */
const JSON_BOUNDS: Bounds = {
  values: 20_000,
  outside: 2_000,
  depth: 64,
  members: 2_000,
  items: 2_000,
  numbers: 1_000,
  textBytes: 1_048_576,
}

export const REQUEST_BOUNDS: Bounds = JSON_BOUNDS
/** An answer's long lists of numbers are vectors, of which nobody wants more than the length. */
export const RESPONSE_BOUNDS: Bounds = { ...JSON_BOUNDS, numbers: 16 }
