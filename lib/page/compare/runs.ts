import type { TurnDifference } from './comparison'

/** Turns that stand together: as many as are the same one after the other, or one that differs. */
export interface Run {
  readonly same: boolean
  readonly turns: readonly TurnDifference[]
}

export function runsOf(turns: readonly TurnDifference[]): readonly Run[] {
  const runs: { same: boolean; turns: TurnDifference[] }[] = []
  for (const turn of turns) {
    const same = turn.pieces.every(piece => piece.in === 'both')
    const last = runs.at(-1)
    if (same && last?.same === true) last.turns.push(turn)
    else runs.push({ same, turns: [turn] })
  }
  return runs
}
