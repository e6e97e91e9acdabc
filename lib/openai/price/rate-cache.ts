import type { Api } from '../call'
import { ratesAt, rowOf } from './built-in'
import { moreRates } from './more-models'
import { type Seller, sellerOf } from './place'
import type { Rates } from './rates'

/** Names on the wire may be without end. */
const MOST_KEPT = 500

/** Finding a model in the list takes up to 50 µs, so what was found is kept. */
export class RateCache {
  readonly #rates = new Kept<(at: number) => Rates | undefined>()
  readonly #sellers = new Kept<Seller>()

  /** Those of the list, and what we know better. Some change with the day or the hour. */
  rates(provider: string, model: string, at: number): Rates | undefined {
    return this.#rates.of(`${provider}\n${model}`, () => {
      const more = moreRates(provider, model)
      if (more !== undefined) return () => more
      const row = rowOf(provider, model)
      return time => row && ratesAt(row, time)
    })(at)
  }

  seller(api: Api, host: string, model: string): Seller {
    const key = [api.type, api.base, api.provider, host, model].join('\n')
    return this.#sellers.of(key, () => sellerOf(api, host, model))
  }
}

class Kept<V> {
  readonly #values = new Map<string, V>()

  of(key: string, make: () => V): V {
    const known = this.#values.get(key)
    if (known !== undefined) return known
    if (this.#values.size >= MOST_KEPT) this.#values.clear()
    const made = make()
    this.#values.set(key, made)
    return made
  }
}
