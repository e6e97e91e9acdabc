/** A column of a table that has to fit: the highest number is left out first, one without a number never. */
export interface Fitted {
  readonly dispensable?: number
}

/** Between two columns. */
export const GAP = '  '

/** Those that fit into so many columns of a terminal; where not even those that must stay do, these. */
export function fitting<T extends Fitted>(
  columns: readonly T[],
  widthOf: (column: T) => number,
  room: number,
): readonly T[] {
  let left = columns
  while (spaceOf(left, widthOf) > room) {
    const most = Math.max(...left.map(({ dispensable = 0 }) => dispensable))
    if (most === 0) break
    left = left.filter(({ dispensable = 0 }) => dispensable !== most)
  }
  return left
}

export function spaceOf<T>(columns: readonly T[], widthOf: (column: T) => number): number {
  return columns.reduce((total, column) => total + widthOf(column) + GAP.length, -GAP.length)
}
