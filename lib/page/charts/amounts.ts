import { count, dollars, duration } from '../../view/amounts'
import type { Unit } from './series'

/** How a chart's values are written. */
export const AMOUNTS: Readonly<Record<Unit, (value: number) => string>> = {
  tokens: count,
  dollars,
  ms: duration,
  percent: value => `${Math.round(value)} %`,
  errors: count,
}
