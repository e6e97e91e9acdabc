import type { WriteStream } from 'node:tty'

/** Kept for a reader that is slow; what is beyond is not written, and counted. */
const MOST_WAITING_BYTES = 8 * 1_048_576

export interface Output {
  write(text: string): void
  /** Texts that were not written: nobody reads as fast, or at all. */
  readonly left: number
}

/** Writes to standard output or error as long as somebody reads it. */
export function outputTo(stream: NodeJS.WriteStream | WriteStream): Output {
  let left = 0
  let isBroken = false
  stream.on('error', () => {
    isBroken = true
  })
  return {
    write(text) {
      if (isBroken || stream.writableLength > MOST_WAITING_BYTES) left += 1
      else stream.write(text)
    },
    get left() {
      return left
    },
  }
}
