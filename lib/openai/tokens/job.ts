import type { Encoding } from './encodings'

/** What the worker is asked: tokens of each text. */
export interface CountJob {
  readonly id: number
  readonly encoding: Encoding
  readonly texts: readonly string[]
}

export interface Done {
  readonly id: number
  /** One for each text. */
  readonly counts: readonly number[]
}
