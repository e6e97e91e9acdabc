/** Rows of a long list that are in view, some more on both sides. */
export interface ShownRows {
  readonly first: number
  /** Behind the last one. */
  readonly end: number
}

const BEYOND = 10

export function shownRows(scrolled: number, height: number, rowHeight: number, count: number): ShownRows {
  const first = Math.max(0, Math.min(count, Math.floor(scrolled / rowHeight)) - BEYOND)
  return { first, end: Math.min(count, Math.ceil((scrolled + height) / rowHeight) + BEYOND) }
}

/** Where to scroll so that a row is whole in view; where it is already, nowhere. */
export function scrolledTo(row: number, scrolled: number, height: number, rowHeight: number): number {
  const top = row * rowHeight
  if (top < scrolled) return top
  return top + rowHeight > scrolled + height ? top + rowHeight - height : scrolled
}
