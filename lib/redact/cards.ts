/**
 * A number in one piece or in the groups that cards are printed in, with one kind of separator: a space (also of a URL),
 * a dot or a hyphen.
 */
const CARD_NUMBER =
  /(?<![\d+])(?:\d{13,19}(?!\d)|\d{4}([ .\u00A0\u2013-]|%20|\+| {2})(?:\d{4}\1\d{4}\1\d{1,4}(?:\1\d{1,3})?|\d{6}\1\d{4,5})(?!\d))/g

/** The first digits of the networks in use by the lengths that they issue: else every tenth long number were a card. */
const NETWORKS: readonly (readonly [first: RegExp, lengths: readonly number[]])[] = [
  [/^4/, [13, 16, 19]],
  [/^(?:5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720))/, [16]],
  [/^3[47]/, [15]],
  [/^(?:6011|64[4-9]|65)/, [16, 19]],
  [/^(?:30[0-5]|36|38|39)/, [14, 16]],
  [/^35(?:2[89]|[3-8])/, [16]],
  [/^62/, [16, 17, 18, 19]],
  [/^(?:50|5[6-8]|63|67)/, [13, 15, 16, 18, 19]],
]

/** Card numbers: of a known network, with a Luhn check digit that is right. */
export function cards(text: string): string {
  let clean = ''
  let from = 0
  CARD_NUMBER.lastIndex = 0
  for (let found = CARD_NUMBER.exec(text); found !== null; found = CARD_NUMBER.exec(text)) {
    const length = cardLength(found[0], found[1])
    if (length === undefined) {
      // The next group may begin a card.
      CARD_NUMBER.lastIndex = found.index + (found[1] === undefined ? found[0].length : 4)
      continue
    }
    clean += `${text.slice(from, found.index)}[redacted card]`
    from = found.index + length
    CARD_NUMBER.lastIndex = from
  }
  return from === 0 ? text : clean + text.slice(from)
}

/** How much of a number is a card: all of it, or all but the last group. */
function cardLength(number: string, separator: string | undefined): number | undefined {
  if (separator === undefined) return isCard(number) ? number.length : undefined
  const last = number.lastIndexOf(separator)
  return [number.length, last].find(length => isCard(number.slice(0, length).replaceAll(separator, '')))
}

function isCard(digits: string): boolean {
  const known = NETWORKS.some(([first, lengths]) => lengths.includes(digits.length) && first.test(digits))
  return known && !/^(\d)\1+$/.test(digits) && hasCheckDigit(digits)
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
