import { sayOnce } from '../../say'
import type { Tier } from './tiers'

/** Names on the wire may be without end. */
const MOST_SAID = 20
const LONGEST = 200
/** What no price could help with: the answer does not tell how much of it there was. */
const NOT_A_PRICE: ReadonlySet<string> = new Set(['usage', 'background', 'estimate'])
const announced = new Set<string>()

interface Said {
  readonly model?: string
  readonly tier?: Tier
}

/** Says once what of a model has no known price. */
export function sayUnpriced({ model = '', tier }: Said, missing: readonly string[]): void {
  for (const part of missing) {
    if (NOT_A_PRICE.has(part)) continue
    const what = nameOf(part, model, tier).slice(0, LONGEST)
    if (announced.size >= MOST_SAID || announced.has(what)) continue
    announced.add(what)
    sayOnce(`price.${what}`, `no price is known for ${JSON.stringify(what)}; add it to the file in INTERCEPTOR_PRICES`)
  }
}

function nameOf(part: string, model: string, tier: Tier | undefined): string {
  if (part === 'model') return `model ${model}`
  return `${part === 'service_tier' ? `service tier ${tier?.name}` : part} of ${model}`
}
