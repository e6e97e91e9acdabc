import type { Group } from './groups'

/** As many lines as are drawn at once. */
const MOST_LANES = 400

/** The newest groups that can be drawn, and how many are left out. */
export function shownGroups(groups: readonly Group[]): { readonly shown: readonly Group[]; readonly left: number } {
  let lanes = 0
  let end = 0
  for (const group of groups) {
    lanes += group.lanes.length
    if (lanes > MOST_LANES && end > 0) break
    end += 1
  }
  const shown = groups.slice(0, end).map(group => ({ ...group, lanes: group.lanes.slice(0, MOST_LANES) }))
  return { shown, left: groups.length - end }
}
