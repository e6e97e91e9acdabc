/** Who says what a call cost: its answer, our list, or the user's own prices. */
export type CostSource = 'told' | 'list' | 'yours'

/** What is paid for: the prompt, what of it came from the cache, the answer, and fees beside tokens. */
export type CostPart = 'input' | 'cached' | 'output' | 'tools'

/** What a call cost, in US dollars. */
export interface Cost {
  /** Absent where any part has no known price: it would be too low. */
  readonly usd?: number
  readonly source?: CostSource
  /** Those that are known; where all are, they add up to `usd`. Absent is not zero. */
  readonly parts: Readonly<Partial<Record<CostPart, number>>>
  /** What has no known price: `model`, `service_tier`, `input_audio`, `web_search` … */
  readonly missing: readonly string[]
}

/** What something costs, or undefined where that is not known, and then what it is. */
export interface Charge {
  readonly part: CostPart
  readonly usd: number | undefined
  readonly what: string
}

/** All charges of a call as one. */
export function costOf(charges: readonly Charge[], source: CostSource): Cost {
  const parts: Partial<Record<CostPart, number>> = {}
  const missing = new Set<string>()
  for (const { part, usd, what } of charges) {
    if (usd === undefined) missing.add(what)
    else parts[part] = exact((parts[part] ?? 0) + usd)
  }
  if (missing.size > 0) return { source, parts, missing: [...missing] }
  return { usd: exact(charges.reduce((sum, { usd = 0 }) => sum + usd, 0)), source, parts, missing: [] }
}

/** Nothing is known of it but what is unknown. */
export function unpriced(...missing: string[]): Cost {
  return { parts: {}, missing }
}

/** Without the noise of binary fractions. */
export function exact(dollars: number): number {
  return Number(dollars.toPrecision(12))
}
