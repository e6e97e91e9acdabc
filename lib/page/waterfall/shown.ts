import type { Group } from './groups'

/** As many lines as are drawn at once. */
const MOST_LANES = 400

/** A group as it is drawn. */
export interface ShownGroup extends Group {
  /** Lanes of it that are not drawn: its last ones. */
  readonly cut: number
}

/** The newest groups that can be drawn, and how many are left out. */
export function shownGroups(groups: readonly Group[]): {
  readonly shown: readonly ShownGroup[]
  readonly left: number
} {
  let lanes = 0
  let end = 0
  for (const group of groups) {
    lanes += group.lanes.length
    if (lanes > MOST_LANES && end > 0) break
    end += 1
  }
  const shown = groups.slice(0, end).map(group => ({
    ...group,
    lanes: group.lanes.slice(0, MOST_LANES),
    cut: Math.max(0, group.lanes.length - MOST_LANES),
  }))
  return { shown, left: groups.length - end }
}
