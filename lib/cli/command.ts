import type { Command } from 'commander'

/** Puts one command into the program. What it needs is loaded when it is asked for. */
export type AddCommand = (program: Command, io: Io) => void

/** Where a command writes, and what it says it ends with. */
export interface Io {
  /** A text and a line break, to standard output. */
  print(text: string): void
  /** A line of ours, to standard error. */
  say(line: string): void
  /** The exit code; 0 where nobody sets it. */
  end(code: number): void
}

/** What was asked cannot be done: a line on standard error, and exit code 2. */
export class Misuse extends Error {}
