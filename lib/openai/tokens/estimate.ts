import type { Call, Estimate } from '../call'
import type { Countable } from './countable'

export type Side = 'input' | 'output'

/** One side of a call, counted. */
export interface SideCount {
  readonly tokens: number
  /** What is not in it. */
  readonly leftOut: ReadonlySet<string>
  /** Why it is not exact for what is in it. */
  readonly rough?: string
}

export interface Sides {
  readonly input?: SideCount | undefined
  readonly output?: SideCount | undefined
}

/** What is told of a count: one part that is left out makes it `partial`, however well the rest is counted. */
export function estimated(sides: Sides): NonNullable<Call['estimated']> {
  const counts = [sides.input, sides.output].filter(side => side !== undefined)
  const leftOut = counts.flatMap(side => Array.from(side.leftOut, what => `${what} left out`))
  const rough = counts.flatMap(side => side.rough ?? [])
  const note = [...new Set([...leftOut, ...rough])].join(', ')
  return {
    prompt: sides.input !== undefined,
    completion: sides.output !== undefined,
    estimate: estimateOf(leftOut.length > 0, rough.length > 0),
    ...(note === '' ? {} : { note }),
  }
}

function estimateOf(isPartial: boolean, isRough: boolean): Estimate {
  if (isPartial) return 'partial'
  return isRough ? 'rough' : 'counted'
}

/** The sides of which a part is not counted. */
export function partialSides({ input, output }: Sides): Side[] {
  const isPartial = (side: SideCount | undefined) => (side?.leftOut.size ?? 0) > 0
  return [...(isPartial(input) ? (['input'] as const) : []), ...(isPartial(output) ? (['output'] as const) : [])]
}

export function countOf({ leftOut }: Countable, tokens: number, rough?: string): SideCount {
  return { tokens, leftOut, ...(rough === undefined ? {} : { rough }) }
}
