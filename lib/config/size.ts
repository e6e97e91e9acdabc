/** So much of a setting is read: more is a mistake, and 200,000 hosts took 0.5 s of the app's start. */
const MOST = {
  /** Of a text, be it a setting or an entry of a list: addresses, names, paths. */
  characters: 8_192,
  entries: 1_000,
  /** Of all entries of a list together. */
  ofEntries: 65_536,
} as const

/** What is to be said of a value that is larger than any setting; nothing is read of it. */
export function tooLarge(value: unknown): string | undefined {
  if (typeof value === 'string') return over('characters', value.length, MOST.characters)
  return Array.isArray(value) ? listTooLarge(value) : undefined
}

/** The same of a list that is written as one text. */
export function writtenListTooLarge(value: string): string | undefined {
  return over('characters', value.length, MOST.ofEntries) ?? listTooLarge(value.split(','))
}

function listTooLarge(list: readonly unknown[]): string | undefined {
  const entries = over('entries', list.length, MOST.entries)
  if (entries !== undefined) return entries
  const lengths = Array.from({ length: list.length }, (_, i) => lengthOf(list[i]))
  return over(
    'characters',
    lengths.reduce((sum, length) => sum + length, 0),
    MOST.ofEntries,
  )
}

function lengthOf(entry: unknown): number {
  return typeof entry === 'string' ? entry.length : 0
}

function over(what: string, has: number, most: number): string | undefined {
  return has > most ? `it has ${has} ${what}, and at most ${most} are read` : undefined
}
