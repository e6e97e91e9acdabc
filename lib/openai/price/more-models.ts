import { matches } from './match'
import type { Rate, Rates } from './rates'

/** Prices that the bundled list lacks, or has only in part, and where they stand. */
interface Row {
  /** As in the bundled list. */
  readonly names: string
  readonly rates: Rates
}

const DALL_E_3 = {
  '1024x1024': 0.04,
  '1024x1792': 0.08,
  '1792x1024': 0.08,
  'hd 1024x1024': 0.08,
  'hd 1024x1792': 0.12,
  'hd 1792x1024': 0.12,
}
const SORA_PRO = { '720x1280': 0.3, '1280x720': 0.3, '1024x1792': 0.5, '1792x1024': 0.5 }

/**
 * OpenAI's own, in US dollars as of 2026-09: https://platform.openai.com/docs/pricing (fine-tuning, image generation,
 * transcription and speech, video, moderation), https://platform.openai.com/docs/models.
 */
const OPENAI: readonly Row[] = [
  // Fine-tuned models: the list lacks the newer ones, and all prices of cached input.
  { names: 'ft:gpt-4.1-mini*', rates: { input: 0.8, cachedInput: 0.2, output: 3.2 } },
  { names: 'ft:gpt-4.1-nano*', rates: { input: 0.2, cachedInput: 0.05, output: 0.8 } },
  { names: 'ft:gpt-4.1*', rates: { input: 3, cachedInput: 0.75, output: 12 } },
  { names: 'ft:gpt-4o-mini* /^gpt-4o-mini[\\w-]*\\.ft-/', rates: { input: 0.3, cachedInput: 0.15, output: 1.2 } },
  { names: 'ft:gpt-4o*', rates: { input: 3.75, cachedInput: 1.875, output: 15 } },
  { names: 'ft:gpt-4-0*', rates: { input: 45, output: 90 } },
  { names: 'ft:o4-mini*', rates: { input: 4, cachedInput: 1, output: 16 } },
  { names: 'ft:davinci-002*', rates: { input: 12, output: 12 } },
  { names: 'ft:babbage-002*', rates: { input: 1.6, output: 1.6 } },
  // Those of before 2024, each by its base.
  { names: 'davinci:ft-*', rates: { input: 120, output: 120 } },
  { names: 'curie:ft-*', rates: { input: 12, output: 12 } },
  { names: 'babbage:ft-*', rates: { input: 2.4, output: 2.4 } },
  { names: 'ada:ft-*', rates: { input: 1.6, output: 1.6 } },
  { names: 'davinci-002', rates: { input: 2, output: 2 } },
  { names: 'babbage-002', rates: { input: 0.4, output: 0.4 } },
  // Pictures by size and quality; those that are told in tokens are in the list.
  { names: 'dall-e-3*', rates: { image: DALL_E_3 } },
  { names: 'dall-e-2*', rates: { image: { '256x256': 0.016, '512x512': 0.018, '1024x1024': 0.02 } } },
  // Chat with audio, whose tokens the list does not price.
  { names: 'gpt-4o-audio-preview-2024-10-01', rates: { input: 2.5, audioInput: 100, output: 10, audioOutput: 200 } },
  { names: 'gpt-4o-audio-preview*', rates: { input: 2.5, audioInput: 40, output: 10, audioOutput: 80 } },
  { names: 'gpt-4o-mini-audio*', rates: { input: 0.15, audioInput: 10, output: 0.6, audioOutput: 20 } },
  // Speech by the character.
  { names: 'tts-1-hd*', rates: { character: 30e-6 } },
  { names: 'tts-1 tts-1-*', rates: { character: 15e-6 } },
  // Video by the second.
  { names: 'sora-2-pro*', rates: { second: SORA_PRO } },
  { names: 'sora-2 sora-2-20*', rates: { second: { '720x1280': 0.1, '1280x720': 0.1 } } },
  { names: 'gpt-5-search-api*', rates: { input: 1.25, cachedInput: 0.125, output: 10 } },
  { names: '*moderation*', rates: { input: 0, output: 0 } },
]

/** https://groq.com/pricing: at least ten seconds are paid for. */
const GROQ: readonly Row[] = [
  { names: 'whisper-large-v3-turbo', rates: { second: 0.04 / 3600, leastSeconds: 10 } },
  { names: 'whisper-large-v3', rates: { second: 0.111 / 3600, leastSeconds: 10 } },
]

const SONAR_FEE = { low: 0.005, medium: 0.008, high: 0.012 }
const SONAR_PRO_FEE = { low: 0.006, medium: 0.01, high: 0.014 }

/** The list has the fee of the largest search alone: https://docs.perplexity.ai/getting-started/pricing */
const PERPLEXITY: readonly Row[] = [
  { names: 'sonar', rates: { input: 1, output: 1, request: SONAR_FEE } },
  { names: 'sonar-reasoning', rates: { input: 1, output: 5, request: SONAR_FEE } },
  { names: 'sonar-pro', rates: { input: 3, output: 15, request: SONAR_PRO_FEE } },
  { names: 'sonar-reasoning-pro', rates: { input: 2, output: 8, request: SONAR_PRO_FEE } },
]

/** From 128,000 on twice the price, where the answer does not tell it: https://docs.x.ai/docs/models */
const XAI: readonly Row[] = [
  {
    names: 'grok-4-0709 grok-4 grok-4-latest',
    rates: { input: doubled(3, 128_000), cachedInput: 0.75, output: doubled(15, 128_000) },
  },
  {
    names: 'grok-4-fast* grok-4-1-fast*',
    rates: { input: doubled(0.2, 128_000), cachedInput: 0.05, output: doubled(0.5, 128_000) },
  },
]

function doubled(base: number, start: number): Rate {
  return { base, tiers: [{ start, price: 2 * base }] }
}

export const MORE_MODELS: Readonly<Record<string, readonly Row[]>> = {
  openai: OPENAI,
  azure: OPENAI,
  groq: GROQ,
  perplexity: PERPLEXITY,
  'x-ai': XAI,
  // What is free has no price in the list.
  openrouter: [{ names: '*:free', rates: { input: 0, output: 0 } }],
}

/** Formats that are meant where none is said. */
const DEFAULT_FORMATS: Readonly<Record<string, string>> = { images: '1024x1024', videos: '720x1280' }

export function defaultSize(family: string): string | undefined {
  return DEFAULT_FORMATS[family]
}

export function moreRates(provider: string, model: string): Rates | undefined {
  const name = model.toLowerCase().trim()
  return MORE_MODELS[provider]?.find(({ names }) => matches(names, name))?.rates
}
