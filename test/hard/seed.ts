import * as fc from 'fast-check'

/** The run's seed, printed by the runner: `npm run test:hard -- --seed N` makes the same inputs again. */
export const SEED = Number(process.env.HARD_SEED ?? 1)

/** Whole numbers from 0 to below 1, the same for the same seed: for what is no property. */
export function random(seed = SEED): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

type Property<T> = fc.IProperty<T> | fc.IAsyncProperty<T>

const MOST_SHOWN = 2_000

/** Tries a property so many times; throws what failed, shrunk, with the seed. Gives the number of tries. */
export async function tries<T>(property: Property<T>, numRuns: number): Promise<number> {
  const result = await fc.check(property, { seed: SEED, numRuns })
  if (!result.failed) return result.numRuns
  const { counterexample, errorInstance } = result
  const why = errorInstance instanceof Error ? errorInstance : new Error(String(errorInstance))
  const details = 'details' in why && typeof why.details === 'string' ? why.details.slice(0, MOST_SHOWN) : ''
  const shown = fc.stringify(counterexample).slice(0, MOST_SHOWN)
  throw Object.assign(new Error(`seed ${SEED}: ${why.message}${details}\nat ${shown}`), { stack: why.stack })
}
