import { readFileSync } from 'node:fs'
import { isObject, type Json, type JsonObject, list } from '../json'
import { isAmount, MOST_DOLLARS } from './amount'
import { jsonErrorAt } from './json-error'
import { type FormatRate, RATE_KEYS, type Rate, type Rates } from './rates'

/** Rates of a model from the user's file, with factors for service tiers if given. */
export interface OwnRates {
  readonly rates: Rates
  readonly tiers: Readonly<Record<string, number>>
}

/**
 * The user's prices, from a JSON file:
 *
 *     {
 *       "models": {
 *         "ft:gpt-4o-mini-2024-07-18:acme::a1b2": { "input": 0.3, "cachedInput": 0.15, "output": 1.2 },
 *         "llama-*": { "input": 0.05, "output": 0.08, "tiers": { "flex": 0.5 } },
 *         "painter": { "image": { "1024x1024": 0.04, "hd 1024x1024": 0.08 } },
 *         "speaker": { "character": 0.000015 }
 *       },
 *       "providers": { "llm.internal:8443": { "gpt-4o": { "input": 2, "output": 8 } } }
 *     }
 *
 * Rates are those of `Rates`: tokens in US dollars per million, all else (`request`, `image`, `character`, `second`,
 * `webSearch`, `fileSearch`, `container`) in US dollars for one. A rate of tokens may be
 * `{ "base": 1, "tiers": [{ "start": 200000, "price": 2 }] }`, one of pictures or seconds a table by format. A name that ends in `*` is a prefix; the exact name goes first, then the longest prefix. A provider is a host, with or without its port,
 * or a provider's name; its models go before `models`.
 */
export interface OwnPrices {
  find(places: readonly (string | undefined)[], model: string): OwnRates | undefined
}

/** Throws an Error with one line that says where in the file the trouble is. */
export function readOwnPrices(file: string): OwnPrices {
  const root = object(parse(file), 'the file')
  refuseUnknown(root, ['models', 'providers'], 'the file')
  const models = modelTable(root.models ?? {}, 'models')
  const providers = new Map<string, ModelTable>()
  for (const [name, table] of Object.entries(object(root.providers ?? {}, 'providers'))) {
    providers.set(name.toLowerCase(), modelTable(table, `providers[${JSON.stringify(name)}]`))
  }
  return {
    find: (places, model) => {
      const tables = places.map(place => place && providers.get(place.toLowerCase()))
      for (const table of [...tables, models]) {
        const found = table && lookUp(table, model)
        if (found) return found
      }
      return undefined
    },
  }
}

type ModelTable = ReadonlyMap<string, OwnRates>

function lookUp(table: ModelTable, model: string): OwnRates | undefined {
  const exact = table.get(model)
  if (exact) return exact
  const prefixes = [...table.keys()].filter(name => name.endsWith('*') && model.startsWith(name.slice(0, -1)))
  return table.get(prefixes.sort((a, b) => b.length - a.length)[0] ?? '')
}

function modelTable(value: Json, where: string): ModelTable {
  return new Map(
    Object.entries(object(value, where)).map(([name, rates]) => [
      name,
      ownRates(rates, `${where}[${JSON.stringify(name)}]`),
    ]),
  )
}

function ownRates(value: Json, where: string): OwnRates {
  const { tiers = {}, ...given } = object(value, where)
  refuseUnknown(given, RATE_KEYS, where)
  const read = Object.entries(given).map(([key, rate]) => [key, readerOf(key)(rate, `${where}.${key}`)])
  const factors = Object.entries(object(tiers, `${where}.tiers`))
  return {
    rates: Object.fromEntries(read),
    tiers: Object.fromEntries(factors.map(([tier, n]) => [tier, amountOf(n, `${where}.tiers.${tier}`)])),
  }
}

const FORMATS: readonly string[] = ['image', 'second']
const UNITS: readonly string[] = ['request', 'character', 'webSearch', 'fileSearch', 'container']

function readerOf(key: string): (value: Json, where: string) => Rate | FormatRate {
  if (FORMATS.includes(key)) return formatsOf
  return UNITS.includes(key) ? amountOf : rateOf
}

function formatsOf(value: Json, where: string): FormatRate {
  if (!isObject(value)) return amountOf(value, where)
  return Object.fromEntries(
    Object.entries(value).map(([format, price]) => [format, amountOf(price, `${where}[${JSON.stringify(format)}]`)]),
  )
}

function rateOf(value: Json, where: string): Rate {
  if (!isObject(value)) return amountOf(value, where)
  const tiers = list(value.tiers).map((tier, i) => {
    const { start = null, price = null } = object(tier, `${where}.tiers[${i}]`)
    return {
      start: amountOf(start, `${where}.tiers[${i}].start`),
      price: amountOf(price, `${where}.tiers[${i}].price`),
    }
  })
  return { base: amountOf(value.base ?? null, `${where}.base`), tiers: tiers.sort((a, b) => a.start - b.start) }
}

function amountOf(value: Json, where: string): number {
  if (isAmount(value)) return value
  throw new Error(`${where} is not a number from 0 to ${MOST_DOLLARS}`)
}

function object(value: Json, where: string): JsonObject {
  if (isObject(value)) return value
  throw new Error(`${where} is not an object`)
}

function refuseUnknown(value: JsonObject, known: readonly string[], where: string): void {
  const strange = Object.keys(value).find(key => !known.includes(key))
  if (strange !== undefined)
    throw new Error(`${where} has ${JSON.stringify(strange)}, which is none of ${known.join(', ')}`)
}

function parse(file: string): Json {
  const text = readFileSync(file, 'utf8')
  try {
    return JSON.parse(text)
  } catch {
    const before = text.slice(0, jsonErrorAt(text) ?? text.length).split('\n')
    throw new Error(`not JSON from line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`)
  }
}
