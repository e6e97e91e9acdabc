/** How amounts are written. What is no number, as a saved file may have it, is written as nothing. */

export function duration(ms: unknown): string {
  if (!isAmount(ms)) return ''
  if (ms < 1) return `${ms.toFixed(1)} ms`
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`
  const seconds = Math.round(ms / 1_000)
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
}

export function count(value: unknown): string {
  return isAmount(value) ? Math.round(value).toLocaleString('en-US') : ''
}

/** Fractions of a cent matter as long as there are no cents. */
export function dollars(value: unknown): string {
  if (!isAmount(value)) return ''
  if (value === 0) return '$0'
  if (value < 1e-6) return '< $0.000001'
  return `$${value.toFixed(value < 0.01 ? 6 : value < 1 ? 4 : 2)}`
}

/** The hour of the day, here. */
export function clock(at: unknown): string {
  const date = isAmount(at) ? new Date(at) : undefined
  if (date === undefined || Number.isNaN(date.getTime())) return '--:--:--'
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(part => String(part).padStart(2, '0')).join(':')
}

export function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

/** `1 call`, `2 calls`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`
}
