/**
 * How a prompt or output is shown on a span: newlines and tabs as two characters each, then cut to `limit` code points
 * with `...` after what is longer.
 */
export function spanText(text: string, limit: number): string {
  const escaped = text.slice(0, charsShown(limit)).replaceAll('\n', '\\n').replaceAll('\t', '\\t')
  let end = 0
  for (let points = 0; points < limit && end < escaped.length; points += 1) {
    end += (escaped.codePointAt(end) ?? 0) > 0xffff ? 2 : 1
  }
  return end < escaped.length ? `${escaped.slice(0, end)}...` : escaped
}

/** Of a text so much is looked at: escaping only lengthens, and a code point has at most two units. */
export function charsShown(limit: number): number {
  return 2 * (limit + 1)
}
