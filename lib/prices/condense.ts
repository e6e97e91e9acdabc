import { field, isObject, type Json, type JsonObject, list, num, str } from '../openai/json'
import { isAmount } from '../openai/price/amount'
import type { RateKey } from '../openai/price/rates'

/** The names that `@pydantic/genai-prices` has for our rates, and how many of its units make one of ours. */
const NAMES: readonly (readonly [theirs: string, ours: RateKey, units: number])[] = [
  ['input_mtok', 'input', 1],
  ['cache_read_mtok', 'cachedInput', 1],
  ['cache_write_mtok', 'cacheWriteInput', 1],
  ['cache_write_1h_mtok', 'longCacheWriteInput', 1],
  ['input_audio_mtok', 'audioInput', 1],
  ['cache_audio_read_mtok', 'cachedAudioInput', 1],
  ['input_image_mtok', 'imageInput', 1],
  ['cache_image_read_mtok', 'cachedImageInput', 1],
  ['output_mtok', 'output', 1],
  ['output_reasoning_mtok', 'reasoningOutput', 1],
  ['output_audio_mtok', 'audioOutput', 1],
  ['output_image_mtok', 'imageOutput', 1],
  ['input_audio_hours', 'second', 3_600],
  ['requests_kcount', 'request', 1_000],
  ['web_searches_kcount', 'webSearch', 1_000],
  ['storage_searches_kcount', 'fileSearch', 1_000],
]

/**
 * The price data of `@pydantic/genai-prices` as our price list has it: a text a provider, by its id. Its first line is
 * `{ "base", "name"?, "else"? }`: which base URLs are the provider's, by which other names it goes, whose models it also
 * has. Each further line is a model: `[names, rates]`, and after them what other rates hold when: `["2026-08-21", rates]`
 * from a day on, `["00:30-16:30", rates]` at hours (UTC). Throws where the data is of another shape.
 */
export function condense(data: Json): Record<string, string> {
  if (!Array.isArray(data) || data.length === 0) throw new Error('the price data is not a list of providers')
  return Object.fromEntries(
    data.map(provider => {
      const models = list(field(provider, 'models')).map(modelLine)
      return [text(field(provider, 'id')), [JSON.stringify(headOf(provider)), ...models].join('\n')]
    }),
  )
}

function headOf(provider: Json): JsonObject {
  const match = field(provider, 'provider_match')
  const others = list(field(provider, 'fallback_model_providers'))
  return {
    base: text(field(provider, 'api_pattern')),
    ...(match === undefined ? {} : { name: namesOf(match) }),
    ...(others.length === 0 ? {} : { else: others.map(text) }),
  }
}

function modelLine(model: Json): string {
  const prices = field(model, 'prices')
  const [first, ...later] = Array.isArray(prices) ? prices : [{ prices: prices ?? null }]
  const whenever = later.map(each => [whenOf(field(each, 'constraint')), ratesOf(field(each, 'prices'))])
  return JSON.stringify([namesOf(field(model, 'match')), ratesOf(field(first, 'prices')), ...whenever])
}

function whenOf(constraint: Json | undefined): string {
  const from = str(field(constraint, 'start_date'))
  if (from !== undefined) return from
  const [start, end] = ['start_time', 'end_time'].map(name => text(field(constraint, name)).slice(0, 5))
  return `${start}-${end}`
}

function ratesOf(prices: Json | undefined): JsonObject {
  const rates: JsonObject = {}
  for (const [theirs, ours, units] of NAMES) {
    const price = field(prices, theirs)
    if (price !== undefined && price !== null) rates[ours] = rateOf(price, units)
  }
  return rates
}

function rateOf(price: Json, units: number): Json {
  if (!isObject(price)) return amount(price, units)
  const tiers = list(price.tiers).map(tier => ({
    start: threshold(field(tier, 'start')),
    price: amount(field(tier, 'price'), units),
  }))
  return { base: amount(price.base, units), tiers }
}

/** `271999` stands for "more than 272K" as the makers say it: exactly at it is not above. */
function threshold(start: Json | undefined): number {
  const tokens = amount(start, 1)
  return tokens % 1000 === 999 ? tokens + 1 : tokens
}

function amount(price: Json | undefined, units: number): number {
  const value = num(price)
  if (!isAmount(value)) throw new Error(`the price data has ${JSON.stringify(price)} for a price`)
  return Number((value / units).toPrecision(12))
}

/**
 * Which names match, as one line: any of what spaces part; `a*`, `*a`, `*a*` begin with, end in and contain; `/a/` is an
 * expression; what `&` joins must all match.
 */
function namesOf(match: Json | undefined): string {
  const any = field(match, 'or')
  return any === undefined ? allOf(match) : list(any).map(allOf).join(' ')
}

function allOf(match: Json | undefined): string {
  const all = field(match, 'and')
  return all === undefined ? nameOf(match) : list(all).map(nameOf).join('&')
}

function nameOf(match: Json | undefined): string {
  if (!isObject(match)) throw new Error(`the price data has ${JSON.stringify(match)} for a match`)
  const { equals, starts_with: start, ends_with: end, contains, regex } = match
  if (regex !== undefined) return `/${plain(regex, /[ &]/)}/`
  if (start !== undefined) return `${plain(start)}*`
  if (end !== undefined) return `*${plain(end)}`
  return contains === undefined ? plain(equals) : `*${plain(contains)}*`
}

/** Without what means something in the line. */
function plain(value: Json | undefined, marks = /[ &*]|^\//): string {
  const name = text(value)
  if (marks.test(name)) throw new Error(`the price data has a name that cannot be written down: ${name}`)
  return marks.test('*') ? name.toLowerCase() : name
}

function text(value: Json | undefined): string {
  const found = str(value)
  if (found === undefined || found === '') throw new Error(`the price data has ${JSON.stringify(value)} for a name`)
  return found
}
