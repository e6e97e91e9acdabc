/** Digits, alone or in groups by single spaces or hyphens. */
const CHAIN = /\d+(?:[ -]\d+)*/g
const SHORTEST = 13
const LONGEST = 19
/** First digits of the networks in use: without it a tenth of all millisecond timestamps would be cards. */
const ISSUER = /^(?:4|5[0-8]|6|2[2-7]|3[04-9])/

/** Card numbers: 13 to 19 digits of a known network, whole groups, with a Luhn check digit that is right. */
export function cards(text: string): string {
  return text.replace(CHAIN, chain => (chain.length < SHORTEST ? chain : cleanChain(chain)))
}

function cleanChain(chain: string): string {
  const parts = chain.split(/([ -])/)
  let clean = ''
  for (let i = 0; i < parts.length; ) {
    const end = cardEnd(parts, i)
    clean += end === undefined ? (parts[i] ?? '') + (parts[i + 1] ?? '') : `[redacted card]${parts[end + 1] ?? ''}`
    i = (end ?? i) + 2
  }
  return clean
}

/** The last part (every second one is a separator) of the longest card that begins with part `start`. */
function cardEnd(parts: readonly string[], start: number): number | undefined {
  let digits = ''
  let found: number | undefined
  for (let end = start; end < parts.length; end += 2) {
    digits += parts[end] ?? ''
    if (digits.length > LONGEST) break
    if (digits.length >= SHORTEST && ISSUER.test(digits) && hasCheckDigit(digits)) found = end
  }
  return found
}

function hasCheckDigit(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i])
    const doubled = i % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}
