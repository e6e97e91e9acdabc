import { sayOnce } from '../../say'
import { listNamed } from './list-age'
import { listInUse } from './list-in-use'
import type { Tier } from './tiers'

/** Names on the wire may be without end. */
const MOST_SAID = 20
const LONGEST = 200
/** What no price could help with: the answer does not tell how much of it there was. */
const NOT_A_PRICE: ReadonlySet<string> = new Set(['usage', 'background', 'estimate', 'tools'])
const announced = new Set<string>()

interface Said {
  readonly model?: string
  readonly tier?: Tier
}

/** Says once what of a model has no known price. Of a call without a model nothing: no price could be added. */
export function sayUnpriced({ model, tier }: Said, missing: readonly string[]): void {
  if (model === undefined || model === '') return
  for (const part of missing) {
    if (NOT_A_PRICE.has(part)) continue
    sayPriceless(nameOf(part, model, tier), () => '; add it to the file in INTERCEPTOR_PRICES')
  }
}

/** Says once that a model is not in the list, though its provider is; so it is not said again by `sayUnpriced`. */
export function sayNewModel(model: string): void {
  sayPriceless(
    nameOf('model', model, undefined),
    () =>
      `: it is not in ${listNamed(listInUse(), Date.now())}; npx interceptor prices --update fetches a newer one, ` +
      'or add the model to the file in INTERCEPTOR_PRICES',
  )
}

function sayPriceless(name: string, remedy: () => string): void {
  const what = name.slice(0, LONGEST)
  if (announced.size >= MOST_SAID || announced.has(what)) return
  announced.add(what)
  sayOnce(`price.${what}`, `no price is known for ${JSON.stringify(what)}${remedy()}`)
}

function nameOf(part: string, model: string, tier: Tier | undefined): string {
  if (part === 'model') return `model ${model}`
  return `${part === 'service_tier' ? `service tier ${tier?.name}` : part} of ${model}`
}
