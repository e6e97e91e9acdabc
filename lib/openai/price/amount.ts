import { isObject, type Json } from '../json'

/** Nothing costs more, in dollars; with it no sum of prices is ever infinite. */
export const MOST_DOLLARS = 1e9

/** A price, a factor or a threshold that can be reckoned with. */
export function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= MOST_DOLLARS
}

/** A price, or several of them by threshold or by format. */
export function isRate(rate: Json): boolean {
  if (Array.isArray(rate)) return rate.every(isRate)
  return isObject(rate) ? Object.values(rate).every(isRate) : isAmount(rate)
}
