const MOST = 500
const LONGEST = 200

/**
 * A pure function of a text, with the answers that it gave kept: the same names of headers come with every call. What
 * is on the wire may be new each time, so they are bounded.
 */
export function remembered<T>(answer: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>()
  return text => {
    const before = known.get(text)
    if (before !== undefined) return before
    const made = answer(text)
    if (text.length > LONGEST) return made
    if (known.size >= MOST) known.clear()
    known.set(text, made)
    return made
  }
}
