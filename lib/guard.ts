import { tally } from './counters'

/**
 * The one guard. A subscriber or shadow that throws would become the app's uncaught exception, so each is wrapped at
 * its outermost line; what is swallowed here is counted.
 */
export function guarded<A extends unknown[]>(
  where: string,
  fn: (this: unknown, ...args: A) => void,
): (this: unknown, ...args: A) => void {
  return function (...args) {
    try {
      Reflect.apply(fn, this, args)
    } catch {
      tally(`swallowed.${where}`)
    }
  }
}
