import type { Config } from '../../config'
import { tally } from '../../counters'
import { say } from '../../say'
import type { Api, Usage } from '../call'
import { type Charge, type Cost, costOf, unpriced } from './cost'
import { formatCharges, hasFormats } from './format-charges'
import { useListOf } from './list-in-use'
import { type OwnPrices, type OwnRates, readOwnPrices } from './own'
import { sellsItsOwn } from './place'
import type { Quantities } from './quantities'
import { RateCache } from './rate-cache'
import { type Rates, tokenCharges } from './rates'
import { paidLater, spends } from './spends'
import { regionFactor, type Tier, tierFactor } from './tiers'
import { Containers, toolCharges } from './tool-charges'
import type { ToolUse } from './tool-use'
import { sayNewModel, sayUnpriced } from './unpriced'

export type { Cost } from './cost'

export interface PriceInput {
  readonly api: Api
  /** Of the URL, with the port if it has one. */
  readonly host: string
  /** As answered, else as asked for. */
  readonly model?: string
  readonly usage?: Usage
  readonly tier?: Tier
  readonly operation: string
  readonly family: string
  /** Epoch milliseconds: prices change. */
  readonly at: number
  /** What is paid for that is no token. */
  readonly quantities?: Quantities
  readonly tools?: readonly ToolUse[]
  /** Sides of which not all tokens are counted: what they cost is not known. */
  readonly partial?: readonly ('input' | 'output')[]
  /** What the server said that it cost. */
  readonly told?: Cost
}

export interface Pricer {
  /**
   * What a call cost. Undefined where it spends nothing of its own; without `usd` where a part of it has no known price,
   * which is said once. Never throws.
   */
  cost(input: PriceInput): Cost | undefined
}

/** Models that OpenAI publishes and does not serve: at a gateway they are somebody's own. */
const OPEN_WEIGHTS = /^gpt-oss/

type PriceFiles = Pick<Config, 'prices'> & Partial<Pick<Config, 'priceList'>>

/** By what the server says, by the user's file, then by the price list, which is loaded when it is first needed. */
export function createPricer({ prices, priceList }: PriceFiles): Pricer {
  useListOf(priceList)
  const own = prices === undefined ? undefined : ownPrices(prices)
  const list = new RateCache()
  const containers = new Containers()
  return {
    cost(input) {
      const later = paidLater(input.operation)
      if (later !== undefined) return unpriced(later)
      if (!spends(input.operation)) return undefined
      if (input.told !== undefined) return input.told
      try {
        const cost = listed(input, own, list, containers)
        const { partial = [] } = input
        sayUnpriced(
          input,
          cost.missing.filter(what => !partial.some(side => side === what)),
        )
        return cost
      } catch {
        tally('swallowed.price')
        return undefined
      }
    },
  }
}

function listed(input: PriceInput, own: OwnPrices | undefined, list: RateCache, containers: Containers): Cost {
  const { model, tools = [], at } = input
  if (model === undefined && tools.length === 0) return unpriced('model')
  const found = ratesFor(input, model ?? '', own, list)
  const { rates, provider } = found
  const tool = toolCharges(tools, {
    provider,
    model: found.model,
    rates,
    at,
    ratesOf: other => own?.find([], other)?.rates ?? (provider ? list.rates(provider, other, at) : undefined),
    isNewContainer: (id, when) => containers.isNew(id, when),
  })
  if (model === undefined) return costOf(tool, found.source)
  if (rates === undefined) {
    if (provider !== undefined) newModel(model)
    return costOf([unknown('model'), ...tool], 'list')
  }
  const charges = [...counted(tokensAt(found, input, rates), input, rates), ...formatCharges(rates, input), ...tool]
  return costOf(isTold(rates, input) ? charges : [unknown('usage'), ...charges], found.source)
}

/** Its maker is in the list, and it is not: likely it is newer. */
function newModel(model: string): void {
  tally('price.model_unknown')
  sayNewModel(model)
}

function unknown(what: string): Charge {
  return { part: 'input', what, usd: undefined }
}

/** A side that is counted in part has no cost, unless its tokens are free. */
function counted(charges: readonly Charge[], { partial = [] }: PriceInput, rates: Rates): Charge[] {
  const unknown = partial.filter(side => rates[side] !== 0)
  const known = charges.filter(({ part }) => !unknown.some(side => side === part))
  return [...known, ...unknown.map(side => ({ part: side, what: side, usd: undefined }))]
}

/** Does the call tell how much there is to pay for? */
function isTold(rates: Rates, input: PriceInput): boolean {
  const { usage } = input
  if (usage?.input !== undefined || usage?.output !== undefined || hasFormats(rates, input)) return true
  const prices = Object.values(rates)
  return prices.length > 0 && prices.every(price => price === 0)
}

function tokensAt(found: Found, { usage = {}, tier, host }: PriceInput, rates: Rates): Charge[] {
  const { provider = 'openai', model, tiers = {} } = found
  const own = tier && Object.hasOwn(tiers, tier.name) ? tiers[tier.name] : undefined
  const factor = own ?? tierFactor(tier, provider, model)
  if (factor === undefined) return [unknown('service_tier')]
  return tokenCharges(rates, usage, factor * (found.source === 'list' ? regionFactor(host, model) : 1))
}

interface Found {
  readonly rates: Rates | undefined
  readonly provider: string | undefined
  readonly model: string
  readonly source: 'list' | 'yours'
  readonly tiers?: OwnRates['tiers']
}

function ratesFor({ api, host, at }: PriceInput, asked: string, own: OwnPrices | undefined, list: RateCache): Found {
  const { provider, model } = list.seller(api, host, asked)
  const mine = own?.find([host, host.replace(/:\d+$/, ''), api.provider, provider], asked)
  if (mine) return { ...mine, provider: provider ?? 'openai', model, source: 'yours' }
  if (provider !== undefined) return { rates: list.rates(provider, model, at), provider, model, source: 'list' }
  const name = model.replace(/^openai\//, '')
  const rates = OPEN_WEIGHTS.test(name) || sellsItsOwn(api) ? undefined : list.rates('openai', name, at)
  return { rates, provider: rates && 'openai', model: name, source: 'list' }
}

function ownPrices(file: string): OwnPrices | undefined {
  try {
    return readOwnPrices(file)
  } catch (cause) {
    say(`INTERCEPTOR_PRICES: ${file}: ${cause instanceof Error ? cause.message : cause}; built-in prices are used`)
    return undefined
  }
}
