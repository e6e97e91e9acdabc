import type { Config } from '../../config'
import { tally } from '../../counters'
import { say, sayOnce } from '../../say'
import type { Api, Usage } from '../call'
import { builtInRates, providerOf } from './built-in'
import { type OwnPrices, type OwnRates, readOwnPrices } from './own'
import { amount, type Rates } from './rates'
import { spends } from './spends'
import { tierFactor } from './tiers'

export interface PriceInput {
  readonly api: Api
  /** Of the URL, with the port if it has one. */
  readonly host: string
  /** As answered, else as asked for. */
  readonly model?: string
  readonly usage: Usage
  /** As answered: what was asked for may not have been given. */
  readonly serviceTier?: string
  readonly operation: string
  /** Epoch milliseconds: prices change. */
  readonly at: number
}

export interface Pricer {
  /** US dollars of a call; undefined where any part of it has no known price, which is said once. Never throws. */
  cost(input: PriceInput): number | undefined
}

/** Models that OpenAI publishes and does not serve: at a gateway they are somebody's own. */
const OPEN_WEIGHTS = /^gpt-oss/

/** Prices by the user's file, then by the built-in list. The list is loaded at the first price that needs it. */
export function createPricer({ prices }: Pick<Config, 'prices'>): Pricer {
  const own = prices === undefined ? undefined : ownPrices(prices)
  const source = new RateCache()
  return {
    cost(input) {
      const { model, usage, operation } = input
      if (model === undefined || !spends(operation) || !isBilled(usage)) return undefined
      try {
        return dollars(input, model, ratesFor(input, model, own, source))
      } catch {
        tally('swallowed.price')
        return undefined
      }
    },
  }
}

function dollars({ usage, serviceTier }: PriceInput, model: string, found: Found): number | undefined {
  const { rates, provider, tiers = {} } = found
  if (rates === undefined) return unpriced(`model ${model}`)
  // The tier is a word of the server's: `constructor` is none of ours.
  const own = serviceTier !== undefined && Object.hasOwn(tiers, serviceTier) ? tiers[serviceTier] : undefined
  const factor = own ?? tierFactor(serviceTier, provider, model)
  if (factor === undefined) return unpriced(`service tier ${serviceTier} of ${model}`)
  const usual = amount(rates, usage)
  return usual === undefined ? unpriced(`part of the tokens of ${model}`) : exact(usual * factor)
}

interface Found {
  readonly rates: Rates | undefined
  readonly provider: string
  readonly tiers?: OwnRates['tiers']
}

function ratesFor({ api, host, at }: PriceInput, model: string, own: OwnPrices | undefined, source: RateCache): Found {
  const provider = source.provider(api, host)
  const mine = own?.find([host, host.replace(/:\d+$/, ''), api.provider, provider], model)
  if (mine) return { ...mine, provider: provider ?? 'openai' }
  if (provider !== undefined) return { rates: source.rates(provider, model, at), provider }
  const name = model.replace(/^openai\//, '')
  return { rates: OPEN_WEIGHTS.test(name) ? undefined : source.rates('openai', name, at), provider: 'openai' }
}

function isBilled({ input, output, seconds }: Usage): boolean {
  return input !== undefined || output !== undefined || seconds !== undefined
}

/** Without the noise of binary fractions. */
function exact(dollars: number): number {
  return Number(dollars.toPrecision(12))
}

/** Names on the wire may be without end. */
const MOST_SAID = 20
const announced = new Set<string>()

function unpriced(what: string): undefined {
  if (announced.size >= MOST_SAID || announced.has(what)) return
  announced.add(what)
  sayOnce(
    `price.${what}`,
    `no price is known for ${JSON.stringify(what.slice(0, 200))}; add it to the file in INTERCEPTOR_PRICES`,
  )
}

function ownPrices(file: string): OwnPrices | undefined {
  try {
    return readOwnPrices(file)
  } catch (cause) {
    say(`INTERCEPTOR_PRICES: ${file}: ${cause instanceof Error ? cause.message : cause}; built-in prices are used`)
    return undefined
  }
}

const MINUTE_MS = 60_000
/** Names on the wire may be without end. */
const MOST_PRICES = 500

/** Looking a price up takes 0.2 ms, so what was found is kept for a minute. */
class RateCache {
  readonly #rates = new Map<string, { minute: number; rates: Rates | undefined }>()
  readonly #providers = new Map<string, string | undefined>()

  rates(provider: string, model: string, at: number): Rates | undefined {
    const key = `${provider}\n${model}`
    const minute = Math.floor(at / MINUTE_MS)
    const known = this.#rates.get(key)
    if (known?.minute === minute) return known.rates
    const rates = builtInRates(provider, model, at)
    remember(this.#rates, key, { minute, rates })
    return rates
  }

  provider(api: Api, host: string): string | undefined {
    const key = `${api.type}\n${api.base}\n${api.provider}`
    if (!this.#providers.has(key)) remember(this.#providers, key, providerOf(api, host))
    return this.#providers.get(key)
  }
}

function remember<V>(map: Map<string, V>, key: string, value: V): void {
  if (map.size >= MOST_PRICES) map.clear()
  map.set(key, value)
}
