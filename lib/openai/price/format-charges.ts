import type { Usage } from '../call'
import type { Charge } from './cost'
import { defaultSize } from './more-models'
import type { Quantities } from './quantities'
import { formatPrice, type Rates } from './rates'

/** A call as far as it is paid for by other things than tokens. */
interface Counted {
  readonly family: string
  readonly usage?: Usage
  readonly quantities?: Quantities
}

/** Perplexity searches so where nothing is asked for. */
const USUAL_CONTEXT = 'low'

/** The fee of a call, and what pictures, characters and seconds cost where the model is paid for by them. */
export function formatCharges(rates: Rates, counted: Counted): Charge[] {
  const { searchContext = USUAL_CONTEXT } = counted.quantities ?? {}
  const fee: Charge[] = rates.request
    ? [{ part: 'tools', what: 'request', usd: formatPrice(rates.request, searchContext) }]
    : []
  return [...fee, ...(pieceCharge(rates, counted) ?? [])]
}

/** Is the model paid for by what the call tells of beside tokens? */
export function hasFormats(rates: Rates, counted: Counted): boolean {
  return pieceCharge(rates, counted) !== undefined
}

function pieceCharge(rates: Rates, { family, usage = {}, quantities = {} }: Counted): Charge[] | undefined {
  const { images, characters, size = defaultSize(family), quality } = quantities
  const seconds = usage.seconds ?? quantities.seconds
  if (rates.image !== undefined && images !== undefined) {
    const price = formatPrice(rates.image, size === 'auto' ? defaultSize(family) : size, quality)
    return [{ part: 'output', what: 'size', usd: price === undefined ? undefined : price * images }]
  }
  if (rates.character !== undefined && characters !== undefined)
    return [{ part: 'input', what: 'characters', usd: rates.character * characters }]
  // Where tokens are told, they are what is paid for.
  if (rates.second === undefined || seconds === undefined || usage.input !== undefined) return undefined
  const price = formatPrice(rates.second, size, quality)
  const part = family === 'videos' ? 'output' : 'input'
  return [
    { part, what: 'size', usd: price === undefined ? undefined : price * Math.max(seconds, rates.leastSeconds ?? 0) },
  ]
}
