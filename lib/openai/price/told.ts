import { at, field, isObject, type Json, type JsonObject, num, str } from '../json'
import { usageObject } from '../usage'
import { isAmount } from './amount'
import { type Cost, type CostPart, exact } from './cost'

/** What a server says that the answer cost, as it stands in the body. Undefined if it says nothing of it. */
export function toldCost(answer: Json | undefined): Cost | undefined {
  if (answer === undefined) return undefined
  const usage = usageObject(answer)
  for (const read of TOLD) {
    const cost = read(usage, answer)
    if (cost !== undefined) return cost
  }
  return undefined
}

/** A cost in dollars, as a header or a body says it. */
export function dollars(value: Json | undefined): number | undefined {
  const amount = numeric(value)
  return isAmount(amount) ? amount : undefined
}

/** `0.0012`, `1.2e-3`, `$0.0012`, `0.0012 USD`; not what is in another currency. */
const DOLLARS = /^(?:US)?\$?\s*(\d+(?:\.\d*)?|\.\d+)(e[+-]?\d{1,3})?(?:\s*USD)?$/i

function numeric(value: Json | undefined): number | undefined {
  const [, digits, exponent = ''] = (typeof value === 'string' && DOLLARS.exec(value.trim())) || []
  return num(digits === undefined ? value : Number(digits + exponent))
}

export function told(usd: number, parts: Partial<Record<CostPart, number | undefined>> = {}): Cost {
  return { usd: exact(usd), source: 'told', parts: partsWithin(usd, parts), missing: [] }
}

type ReadTold = (usage: Json | undefined, answer: Json) => Cost | undefined

const TICKS_OF_A_DOLLAR = 1e10

const TOLD: readonly ReadTold[] = [
  // xAI: https://docs.x.ai/developers/cost-tracking
  usage => {
    const ticks = numeric(field(usage, 'cost_in_usd_ticks'))
    return ticks === undefined ? undefined : plain(ticks / TICKS_OF_A_DOLLAR)
  },
  openRouter,
  itemised,
  // DeepInfra; LLM Gateway; others.
  usage => plain(firstOf(usage, ['estimated_cost', 'cost_usd_total', 'cost_usd', 'total_cost'])),
  // Vercel's gateway.
  (_, answer) => plain(at(answer, 'choices', 0, 'message', 'provider_metadata', 'gateway', 'cost')),
]

function plain(cost: Json | undefined): Cost | undefined {
  const usd = dollars(cost)
  return usd === undefined ? undefined : told(usd)
}

/**
 * With a key of one's own at the provider (`is_byok`) the cost is OpenRouter's fee alone, and what the provider is paid
 * stands beside it: https://openrouter.ai/docs/use-cases/byok
 */
function openRouter(usage: Json | undefined): Cost | undefined {
  const cost = dollars(field(usage, 'cost'))
  if (cost === undefined) return undefined
  const details = field(usage, 'cost_details')
  const prompt = detail(details, 'upstream_inference_prompt_cost', 'upstream_inference_input_cost')
  const completion = detail(details, 'upstream_inference_completions_cost', 'upstream_inference_output_cost')
  const parts = { input: prompt, output: completion }
  if (field(usage, 'is_byok') !== true) return told(cost, parts)
  const upstream = dollars(field(details, 'upstream_inference_cost'))
  if (upstream === undefined) return { source: 'told', parts: { tools: cost }, missing: ['upstream'] }
  return told(cost + upstream, parts)
}

function detail(details: Json | undefined, ...names: string[]): number | undefined {
  return names.map(name => dollars(field(details, name))).find(cost => cost !== undefined)
}

const INPUT_COSTS = ['input_tokens_cost', 'input_cost', 'cache_creation_cost', 'cache_read_cost'] as const
const OUTPUT_COSTS = ['output_tokens_cost', 'output_cost', 'reasoning_tokens_cost', 'citation_tokens_cost'] as const

/** Perplexity's, whose two APIs name the parts differently: https://docs.perplexity.ai/api-reference. Dollars, if it says. */
function itemised(usage: Json | undefined): Cost | undefined {
  const cost = field(usage, 'cost')
  if (!isObject(cost) || !/^usd$/i.test(str(cost.currency) ?? 'usd')) return undefined
  const total = dollars(firstOf(cost, ['total_cost', 'total']))
  return total === undefined
    ? undefined
    : told(total, { input: sumOf(cost, INPUT_COSTS), output: sumOf(cost, OUTPUT_COSTS) })
}

function sumOf(costs: JsonObject, names: readonly string[]): number | undefined {
  const known = names.map(name => dollars(field(costs, name))).filter(cost => cost !== undefined)
  return known.length === 0 ? undefined : known.reduce((sum, cost) => sum + cost, 0)
}

function firstOf(value: Json | undefined, names: readonly string[]): Json | undefined {
  return names.map(name => field(value, name)).find(found => found !== undefined && found !== null)
}

/** What the parts leave of the total is beside the tokens; parts that exceed it are of something else. */
function partsWithin(usd: number, parts: Partial<Record<CostPart, number | undefined>>): Cost['parts'] {
  const { input, output } = parts
  if (input === undefined || output === undefined) return {}
  const rest = exact(usd - input - output)
  if (rest < -1e-9) return {}
  return { input: exact(input), output: exact(output), ...(rest > 1e-9 ? { tools: rest } : {}) }
}
