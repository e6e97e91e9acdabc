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

/** Undefined where the tier's price is not known: scale units are paid ahead, other providers have tiers of their own. */
export function tierFactor(tier: string | undefined, provider: string, model: string): number | undefined {
  if (tier === undefined || USUAL.includes(tier)) return 1
  if (provider !== 'openai') return undefined
  if (HALF.includes(tier)) return 0.5
  return tier === 'priority' ? priorityFactor(plainModel(model)) : undefined
}

function priorityFactor(model: string): number | undefined {
  const undated = model.replace(/-\d{4}-\d\d-\d\d$/, '')
  const row = [model, undated].find(name => Object.hasOwn(PRIORITY, name))
  return row === undefined ? undefined : PRIORITY[row]
}
