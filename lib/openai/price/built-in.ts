import type { Api } from '../call'
import type { Rate, RateKey, Rates } from './rates'

/** Loaded at the first price that is asked: 481 KB of data, about 0.1 s. */
const load: () => typeof import('@pydantic/genai-prices') = () => require('@pydantic/genai-prices')

/** The names that `@pydantic/genai-prices` has for our rates, and how many of its units make one of ours. */
const NAMES: Readonly<Record<string, readonly [rate: RateKey, units: number]>> = {
  input_mtok: ['input', 1],
  cache_read_mtok: ['cachedInput', 1],
  cache_write_mtok: ['cacheWriteInput', 1],
  input_audio_mtok: ['audioInput', 1],
  input_image_mtok: ['imageInput', 1],
  output_mtok: ['output', 1],
  output_audio_mtok: ['audioOutput', 1],
  output_image_mtok: ['imageOutput', 1],
  input_audio_hours: ['second', 3_600],
  requests_kcount: ['request', 1_000],
}

/** Rates of a provider's model at a time (epoch milliseconds): some prices are dated or follow the time of day. */
export function builtInRates(provider: string, model: string, at: number): Rates | undefined {
  const found = load().calcPrice({}, model, { providerId: provider, timestamp: new Date(at) })
  if (found === null) return undefined
  const rates: Partial<Record<RateKey, Rate>> = {}
  for (const [name, price] of Object.entries(found.model_price)) {
    const [rate, units] = NAMES[name] ?? []
    if (rate !== undefined && units !== undefined && price !== undefined) rates[rate] = scaled(price, units)
  }
  return rates
}

function scaled(price: Rate, units: number): Rate {
  if (typeof price === 'number') return price / units
  return {
    base: price.base / units,
    tiers: price.tiers.map(({ start, price: high }) => ({ start, price: high / units })),
  }
}

const OPENAI_HOST = /(^|\.)api\.openai\.com$/i

/** The price source's id of whose host it is; undefined for a gateway or a server that it does not know. */
export function providerOf(api: Api, host: string): string | undefined {
  if (api.type === 'azure') return 'azure'
  if (OPENAI_HOST.test(host)) return 'openai'
  const { findProvider } = load()
  const named = api.provider === undefined ? undefined : findProvider({ providerId: api.provider })
  return (named ?? findProvider({ providerApiUrl: api.base }))?.id
}
