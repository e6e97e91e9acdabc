import { MINUS, NINE, ZERO } from './ascii'

/** Digits, sign, point, exponent. */
const OF_NUMBER = new Uint8Array(256)
for (const byte of Buffer.from('0123456789+-.eE')) OF_NUMBER[byte] = 1

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
/** JSON knows no longest number. What has more digits than this is none for us. */
const MOST_DIGITS = 65_536

/** Where the number that begins at `from` ends, or stops being one that we read. */
export function numberEnd(bytes: Uint8Array, from: number): number {
  const stop = Math.min(bytes.length, from + MOST_DIGITS)
  let at = from
  while (at < stop && OF_NUMBER[bytes[at] ?? 0] === 1) at += 1
  return at
}

/** Undefined where the bytes are no number by JSON's grammar. */
export function numberAt(bytes: Buffer, from: number, end: number): number | undefined {
  if (end - from === 1) {
    const byte = bytes[from] ?? 0
    return byte >= ZERO && byte <= NINE ? byte - ZERO : undefined
  }
  const text = bytes.toString('latin1', from, end)
  return NUMBER.test(text) ? Number(text) : undefined
}

export function beginsNumber(byte: number): boolean {
  return (byte >= ZERO && byte <= NINE) || byte === MINUS
}
