/** A run of word characters (in Python's sense: letters, digits, `_`) and apostrophes, or one mark. */
const PIECE = /[\p{L}\p{N}_']+|[.,!?;~@#$%^&*()+/-]/gu

/**
 * Tokens of a text as the Python integration estimates them without a tokenizer, to the digit:
 * `round((1.5 · characters/4 + 0.5 · 0.75 · pieces) / 2)`, which is 3·(characters + pieces)/16, characters in code
 * points and halves rounded to even.
 */
export function roughly(text: string): number {
  let pieces = 0
  PIECE.lastIndex = 0
  while (PIECE.test(text)) pieces++
  return sixteenths(3 * (codePoints(text) + pieces))
}

function codePoints(text: string): number {
  let points = 0
  for (const _ of text) points++
  return points
}

function sixteenths(n: number): number {
  const whole = Math.floor(n / 16)
  const rest = n % 16
  if (rest === 8) return whole + (whole % 2)
  return rest > 8 ? whole + 1 : whole
}
