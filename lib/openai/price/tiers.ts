import { plainModel } from '../tokens/encodings'

/** What tokens cost in a service tier, as a factor on the usual price. `auto` is what was asked, not what was given. */
const USUAL: readonly string[] = ['default', 'auto', 'standard', 'on_demand']

/**
 * Half price: https://platform.openai.com/docs/guides/batch, and flex is billed at the same rates:
 * https://platform.openai.com/docs/guides/flex-processing.
 */
const HALF: readonly string[] = ['batch', 'flex']

/** Priority prices over usual ones, equal for input, cached input and output: https://openai.com/api-priority-processing/ */
const PRIORITY: Readonly<Record<string, number>> = {
  'gpt-5.5': 2.5,
  'gpt-5.4': 2,
  'gpt-5.4-mini': 2,
  'gpt-5.2': 2,
  'gpt-5.1': 2,
  'gpt-5.1-codex': 2,
  'gpt-5': 2,
  'gpt-5-codex': 2,
  'gpt-5-mini': 0.45 / 0.25,
  'gpt-4.1': 1.75,
  'gpt-4.1-mini': 1.75,
  'gpt-4.1-nano': 2,
  'gpt-4o': 1.7,
  'gpt-4o-2024-05-13': 1.75,
  'gpt-4o-mini': 0.25 / 0.15,
  o3: 1.75,
  'o4-mini': 2 / 1.1,
}

/** Models that have flex: https://platform.openai.com/docs/pricing?latest-pricing=flex, and what came after them. */
const FLEX =
  /^(?:o3|o4-mini|gpt-5(?:-mini|-nano)?|gpt-(?:5\.\d|[6-9](?:\.\d)?)(?:-(?:mini|nano|pro|sol|luna|terra|astra))?)$/

/** Tiers of other providers that cost what is usual: https://console.groq.com/docs/service-tiers */
const USUAL_ELSEWHERE: Readonly<Record<string, readonly string[]>> = { groq: ['flex', 'performance'] }

export function isUsual(tier: string): boolean {
  return USUAL.includes(tier)
}

/** A service tier as it was asked for, or as the answer confirms it. */
export interface Tier {
  readonly name: string
  readonly confirmed: boolean
}

/**
 * Undefined where the tier's price is not known: scale units are paid ahead, other providers have tiers of their own.
 * One that is only asked for is not assumed where the model has none.
 */
export function tierFactor(tier: Tier | undefined, provider: string, model: string): number | undefined {
  if (tier === undefined || isUsual(tier.name)) return 1
  const factor = knownFactor(tier.name, provider, undated(plainModel(model)))
  if (tier.confirmed) return factor
  return factor === undefined || (tier.name === 'flex' && !FLEX.test(undated(plainModel(model)))) ? 1 : factor
}

function knownFactor(tier: string, provider: string, model: string): number | undefined {
  if (USUAL_ELSEWHERE[provider]?.includes(tier)) return 1
  if (provider !== 'openai') return undefined
  if (HALF.includes(tier)) return 0.5
  // Two names of one thing, as they are asked for and answered.
  return tier === 'priority' || tier === 'fast' ? priorityFactor(model) : undefined
}

function priorityFactor(model: string): number | undefined {
  return Object.hasOwn(PRIORITY, model) ? PRIORITY[model] : undefined
}

/** But for the one dated model that has a price of its own. */
function undated(model: string): string {
  return Object.hasOwn(PRIORITY, model) ? model : model.replace(/-\d{4}-\d\d-\d\d$/, '')
}

/** Hosts that keep data in a region: `eu.api.openai.com`. */
const REGION = /^[a-z]{2}\.api\.openai\.com$/i
/** Models since gpt-5.4 cost 10 % more there: https://platform.openai.com/docs/pricing#data-residency */
const REGIONAL = /^gpt-(?:5\.[4-9]|[6-9])/
const REGIONAL_FACTOR = 1.1

export function regionFactor(host: string, model: string): number {
  return REGION.test(host) && REGIONAL.test(plainModel(model)) ? REGIONAL_FACTOR : 1
}
