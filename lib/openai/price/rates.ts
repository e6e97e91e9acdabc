import type { Usage } from '../call'

/** A price that may rise with the length of the prompt: the last tier whose `start` the input tokens are above. */
export type Rate = number | { readonly base: number; readonly tiers: readonly { start: number; price: number }[] }

/** US dollars per million tokens, unless said otherwise. */
export interface Rates {
  readonly input?: Rate
  readonly cachedInput?: Rate
  readonly cacheWriteInput?: Rate
  /** Of a cache that is kept for an hour. */
  readonly longCacheWriteInput?: Rate
  readonly audioInput?: Rate
  readonly cachedAudioInput?: Rate
  readonly imageInput?: Rate
  readonly cachedImageInput?: Rate
  readonly output?: Rate
  /** Where reasoning has a price of its own. */
  readonly reasoningOutput?: Rate
  readonly audioOutput?: Rate
  readonly imageOutput?: Rate
  /** Per second of audio, where that is what is billed. */
  readonly second?: Rate
  /** Per request, beside the tokens. */
  readonly request?: Rate
  /** Per search on the web, and in files. */
  readonly webSearch?: Rate
  readonly fileSearch?: Rate
}

export type RateKey = keyof Rates

export const RATE_KEYS: readonly RateKey[] = [
  'input',
  'cachedInput',
  'cacheWriteInput',
  'longCacheWriteInput',
  'audioInput',
  'cachedAudioInput',
  'imageInput',
  'cachedImageInput',
  'output',
  'reasoningOutput',
  'audioOutput',
  'imageOutput',
  'second',
  'request',
  'webSearch',
  'fileSearch',
]

/** What some tokens cost as if there were no price of their own. Audio has none: text prices are a tenth of its. */
const ELSE: Partial<Record<RateKey, RateKey>> = {
  cachedInput: 'input',
  cacheWriteInput: 'input',
  imageInput: 'input',
  imageOutput: 'output',
}

const MILLION = 1e6

/** US dollars of a call, or undefined if anything of it has no price. */
export function amount(rates: Rates, usage: Usage): number | undefined {
  let sum = 0
  for (const [key, units] of billed(usage)) {
    const rate = rates[key] ?? rates[ELSE[key] ?? key]
    if (units === 0 || (key === 'request' && rate === undefined)) continue
    if (rate === undefined) return undefined
    sum += (priceOf(rate, usage.input ?? 0) * units) / (key === 'second' || key === 'request' ? 1 : MILLION)
  }
  return sum
}

function priceOf(rate: Rate, input: number): number {
  if (typeof rate === 'number') return rate
  return rate.tiers.reduce((price, tier) => (input > tier.start ? tier.price : price), rate.base)
}

/**
 * Parts of the totals, each counted once. The server's parts may contradict its totals (cached above input): none is
 * taken for more than is left. Which kind of token was cached is not told: text first.
 */
function billed(usage: Usage): (readonly [RateKey, number])[] {
  const { input = 0, output = 0, seconds = 0 } = usage
  const cached = Math.min(usage.cachedInput ?? 0, input)
  const written = Math.min(usage.cacheWriteInput ?? 0, input - cached)
  const audio = Math.min(usage.audioInput ?? 0, input - cached - written)
  const image = Math.min(usage.imageInput ?? 0, input - cached - written - audio)
  const spoken = Math.min(usage.audioOutput ?? 0, output)
  const drawn = Math.min(usage.imageOutput ?? 0, output - spoken)
  return [
    ['cachedInput', cached],
    ['cacheWriteInput', written],
    ['audioInput', audio],
    ['imageInput', image],
    ['input', input - cached - written - audio - image],
    ['audioOutput', spoken],
    ['imageOutput', drawn],
    ['output', output - spoken - drawn],
    ['second', usage.input === undefined ? seconds : 0],
    ['request', 1],
  ]
}
