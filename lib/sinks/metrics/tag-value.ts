/** What the agent keeps of a tag; anything else it would rewrite, so two tags could become one. */
const UNSAFE = /[^\p{L}\p{N}_\-:./]/gu
const SAFE_ASCII = /^[\w\-:./]*$/

/** A whole tag, name and colon included, in characters: https://docs.datadoghq.com/getting_started/tagging/ */
const LONGEST_TAG = 200

/**
 * A value as a tag can carry it: whatever else becomes `_`, so that a hostile model name or header can neither end a
 * tag, a metric or a datagram, nor begin one. Cut to what fits beside the tag's name; undefined if nothing is left.
 */
export function tagValue(name: string, value: string | undefined, longest = LONGEST_TAG): string | undefined {
  const room = longest - name.length - 1
  if (value === undefined || room <= 0) return undefined
  const safe = SAFE_ASCII.test(value)
    ? value
    : value
        .slice(0, 4 * room)
        .trim()
        .replace(UNSAFE, '_')
  const cut = safe.length > room ? Array.from(safe).slice(0, room).join('') : safe
  // An agent drops a tag's final colon, and with it the difference to no value.
  const kept = cut.replace(/:+$/, '')
  return kept === '' ? undefined : kept
}

/** A name that the user chose for a tag. No colon: the first one in a tag ends its name. */
export function tagName(name: string): string | undefined {
  const safe = name.trim().slice(0, 100).replace(UNSAFE, '_').replaceAll(':', '_')
  return /^\p{L}/u.test(safe) ? safe : undefined
}
