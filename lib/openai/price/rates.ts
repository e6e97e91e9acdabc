import type { Usage } from '../call'
import type { Charge, CostPart } from './cost'

/** A price that may rise with the length of the prompt: the last tier whose `start` the input tokens are above. */
export type Rate = number | { readonly base: number; readonly tiers: readonly { start: number; price: number }[] }

/** A price that may depend on the format, or on another word: by `quality size` (`hd 1024x1024`), or by size alone. */
export type FormatRate = number | Readonly<Record<string, number>>

/** Tokens: US dollars per million. */
interface TokenRates {
  readonly input?: Rate
  readonly cachedInput?: Rate
  readonly cacheWriteInput?: Rate
  /** Of a cache that is kept longer than usual: an hour, half a day. */
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
}

/** All else: US dollars for one. */
interface UnitRates {
  /** A character of text to speak. */
  readonly character?: number
  readonly webSearch?: number
  readonly fileSearch?: number
  /** A container that code ran in. */
  readonly container?: number
}

interface FormatRates {
  /** A call, beside its tokens; of one that searches, it may be by how much is searched (`low`, `medium`, `high`). */
  readonly request?: FormatRate
  /** A picture. */
  readonly image?: FormatRate
  /** A second of audio or video. */
  readonly second?: FormatRate
}

export interface Rates extends TokenRates, UnitRates, FormatRates {
  /** Shorter audio is paid for as if it were so long. */
  readonly leastSeconds?: number
}

export type RateKey = Exclude<keyof Rates, 'leastSeconds'>
type TokenKey = keyof TokenRates

/** What each kind of token is called where its price is missing, what it is a part of, and whose price it has if none. */
const TOKENS: Readonly<Record<TokenKey, readonly [what: string, part: CostPart, instead?: TokenKey]>> = {
  input: ['input', 'input'],
  cachedInput: ['cached_input', 'cached', 'input'],
  cacheWriteInput: ['cache_write', 'input', 'input'],
  longCacheWriteInput: ['long_cache_write', 'input'],
  // No text price for audio: it is a tenth of audio's.
  audioInput: ['input_audio', 'input'],
  cachedAudioInput: ['cached_audio', 'cached', 'audioInput'],
  imageInput: ['input_image', 'input', 'input'],
  cachedImageInput: ['cached_image', 'cached', 'imageInput'],
  output: ['output', 'output'],
  reasoningOutput: ['reasoning', 'output', 'output'],
  audioOutput: ['output_audio', 'output'],
  imageOutput: ['output_image', 'output', 'output'],
}

const UNITS: Readonly<Record<keyof UnitRates | keyof FormatRates, true>> = {
  request: true,
  character: true,
  webSearch: true,
  fileSearch: true,
  container: true,
  image: true,
  second: true,
}

const isTokenKey = (key: string): key is TokenKey => Object.hasOwn(TOKENS, key)
const isRateKey = (key: string): key is RateKey => isTokenKey(key) || Object.hasOwn(UNITS, key)

export const RATE_KEYS: readonly RateKey[] = [...Object.keys(TOKENS), ...Object.keys(UNITS)].filter(isRateKey)

const MILLION = 1e6

/** What the tokens of a call cost, each kind once. `factor` is the service tier's. */
export function tokenCharges(rates: Rates, usage: Usage, factor = 1): Charge[] {
  return tokensOf(usage, rates)
    .filter(([, count]) => count > 0)
    .map(([key, count]) => {
      const rate = rateOf(rates, key)
      const [what, part] = TOKENS[key]
      return { part, what, usd: rate && ((priceOf(rate, usage.input ?? 0) * count) / MILLION) * factor }
    })
}

function rateOf(rates: Rates, key: TokenKey): Rate | undefined {
  const [, , instead] = TOKENS[key]
  return rates[key] ?? (instead && rateOf(rates, instead))
}

function priceOf(rate: Rate, input: number): number {
  if (typeof rate === 'number') return rate
  return rate.tiers.reduce((price, tier) => (input > tier.start ? tier.price : price), rate.base)
}

/**
 * Parts of the totals, each counted once. The server's parts may contradict its totals (cached above input): none is
 * taken for more than is left. Where it is not told which kind of token was cached: text first.
 */
function tokensOf(usage: Usage, rates: Rates): (readonly [TokenKey, number])[] {
  const input = new Left(usage.input)
  const cached = new Left(input.take(usage.cachedInput))
  const cachedAudio = cached.take(usage.cachedAudioInput)
  const cachedImage = cached.take(usage.cachedImageInput)
  const written = new Left(input.take(usage.cacheWriteInput))
  const longWritten = written.take(usage.longCacheWriteInput)
  const audio = input.take((usage.audioInput ?? 0) - cachedAudio)
  const image = input.take((usage.imageInput ?? 0) - cachedImage)
  const output = new Left(usage.output)
  const spoken = output.take(usage.audioOutput)
  const drawn = output.take(usage.imageOutput)
  const thought = rates.reasoningOutput === undefined ? 0 : output.take(usage.reasoningOutput)
  return [
    ['cachedAudioInput', cachedAudio],
    ['cachedImageInput', cachedImage],
    ['cachedInput', cached.rest],
    ['longCacheWriteInput', longWritten],
    ['cacheWriteInput', written.rest],
    ['audioInput', audio],
    ['imageInput', image],
    ['input', input.rest],
    ['audioOutput', spoken],
    ['imageOutput', drawn],
    ['reasoningOutput', thought],
    ['output', output.rest],
  ]
}

/** A number of tokens that parts are taken from. */
class Left {
  constructor(public rest = 0) {}

  take(wanted = 0): number {
    const taken = Math.min(Math.max(wanted, 0), this.rest)
    this.rest -= taken
    return taken
  }
}

/** The price of a format: of its quality and size, of its size, of any. */
export function formatPrice(rate: FormatRate | undefined, size?: string, quality?: string): number | undefined {
  if (rate === undefined || typeof rate === 'number') return rate
  return [`${quality} ${size}`, size ?? '']
    .map(name => (Object.hasOwn(rate, name) ? rate[name] : undefined))
    .find(Boolean)
}
