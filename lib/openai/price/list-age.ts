import type { PriceList } from './list'

const DAY = 24 * 60 * 60_000

/** `the price list of 2026-09-23 (63 days old)`; `now` in epoch milliseconds. */
export function listNamed({ date }: Pick<PriceList, 'date'>, now: number): string {
  return `the price list of ${date} (${ageOf(date, now)})`
}

function ageOf(date: string, now: number): string {
  const days = Math.max(0, Math.floor((now - Date.parse(date)) / DAY))
  return days === 1 ? '1 day old' : `${days} days old`
}
