/** The known name that a misspelt one was most likely meant to be; none where more than half of it would be wrong. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const wanted = stem(name)
  const ranked = known.map(each => ({ each, far: distance(wanted, stem(each)) })).sort((a, b) => a.far - b.far)
  const best = ranked[0]
  return best !== undefined && best.far <= Math.max(2, wanted.length / 3) ? best.each : undefined
}

/** Of a longer name only so much is looked at: the work is bounded, and no name of ours is as long. */
const LONGEST_NAME = 60

/** `INTERCEPTOR_SPAN_CHAR_LIMIT` and `DD_OPENAI_SPAN_CHAR_LIMIT` differ in nothing that is often mistaken. */
function stem(name: string): string {
  return name
    .slice(0, LONGEST_NAME)
    .toUpperCase()
    .replace(/^(?:INTERCEPTOR|DD_OPENAI|DD)_/, '')
    .replaceAll('_', '')
}

/** Letters to add, drop or replace. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
