/** A text in parts: what may be shown as it is, and characters that would hide, move or turn others, by their names. */
export interface VisiblePart {
  readonly text: string
  readonly mark: boolean
}

/** Control, format (bidi marks, zero width), separators, halves of pairs, private use: all but line breaks and tabs. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu
const PLAIN = /[\n\t]/
/** Zero width joiner and non-joiner belong into emoji and the scripts that join letters. */
const JOINER = /[\u200c\u200d]/
const JOINED =
  /(?:[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}]|\ufe0f)$/u

export function visibleParts(text: string): readonly VisiblePart[] {
  const parts: VisiblePart[] = []
  let from = 0
  for (const { 0: character, index } of text.matchAll(HIDDEN)) {
    if (PLAIN.test(character) || isCarriageReturn(text, index) || isJoining(text, character, index)) continue
    if (index > from) parts.push({ text: text.slice(from, index), mark: false })
    parts.push({ text: nameOf(character), mark: true })
    from = index + character.length
  }
  if (from < text.length) parts.push({ text: text.slice(from), mark: false })
  return parts
}

/** For one line and for attributes, where no part can be set apart. */
export function visibleText(text: string): string {
  return visibleParts(text)
    .map(part => (part.mark ? `‹${part.text}›` : part.text))
    .join('')
}

function isCarriageReturn(text: string, index: number): boolean {
  return text[index] === '\r' && text[index + 1] === '\n'
}

function isJoining(text: string, character: string, index: number): boolean {
  return JOINER.test(character) && JOINED.test(text.slice(Math.max(0, index - 2), index))
}

function nameOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}
