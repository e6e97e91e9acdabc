import { listNamed } from '../openai/price/list-age'
import { listInUse, useListOf } from '../openai/price/list-in-use'
import { RateCache } from '../openai/price/rate-cache'
import type { FormatRate, Rate, Rates } from '../openai/price/rates'

export interface ShownPrices {
  readonly lines: readonly string[]
  /** False for a model that is not in the list. */
  readonly isKnown: boolean
}

/** Which list is used, and what it has of a model now, a line each provider that sells it; OpenAI first. */
export function shownPrices(file: string | undefined, model: string | undefined, now = Date.now()): ShownPrices {
  useListOf(file)
  const list = listInUse()
  const named = `${listNamed(list, now)}, from ${list.source}`
  if (model === undefined) return { lines: [named], isKnown: true }
  const rates = new RateCache()
  const ids = ['openai', ...Object.keys(list.providers).filter(id => id !== 'openai')]
  const found = ids.flatMap(id => {
    const of = rates.rates(id, model, now)
    return of === undefined ? [] : [`  ${id}: ${ratesShown(of)}`]
  })
  if (found.length > 0) return { lines: [named, `${model}, in US dollars:`, ...found], isKnown: true }
  const remedy =
    'npx interceptor prices --update fetches a newer one, or add the model to the file in INTERCEPTOR_PRICES'
  return { lines: [`${model} is not in ${named}; ${remedy}`], isKnown: false }
}

/** What is not paid for by the million tokens, and what of it one is. */
const UNITS: Readonly<Record<string, string>> = {
  request: 'call',
  character: 'character',
  webSearch: 'web search',
  fileSearch: 'file search',
  container: 'container',
  image: 'picture',
  second: 'second',
}

/** `input 2.5, output 10 a million tokens; 0.01 a web search`. */
function ratesShown({ leastSeconds, ...rates }: Rates): string {
  const all = Object.entries(rates)
  const tokens = all.filter(([key]) => !Object.hasOwn(UNITS, key)).map(([key, rate]) => `${key} ${rateShown(rate)}`)
  const units = all
    .filter(([key]) => Object.hasOwn(UNITS, key))
    .map(([key, rate]) => `${rateShown(rate)} a ${UNITS[key]}`)
  const least = leastSeconds === undefined ? [] : [`at least ${leastSeconds} seconds`]
  const perMillion = tokens.length === 0 ? [] : [`${tokens.join(', ')} a million tokens`]
  return [...perMillion, ...units, ...least].join('; ') || 'free'
}

/** `2.5 (5 above 272000)` where it depends on the length of the prompt; by format as the file of one's own has it. */
function rateShown(rate: Rate | FormatRate): string {
  if (typeof rate === 'number') return String(rate)
  if (!isTiered(rate)) return JSON.stringify(rate)
  return `${rate.base} (${rate.tiers.map(({ start, price }) => `${price} above ${start}`).join(', ')})`
}

function isTiered(rate: Exclude<Rate | FormatRate, number>): rate is Exclude<Rate, number> {
  return Array.isArray(rate.tiers)
}
