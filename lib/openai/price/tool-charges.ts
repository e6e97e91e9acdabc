import { type Charge, costOf } from './cost'
import { CONTAINER_LIFE_MS, containerFee, FILE_SEARCH, webSearchFee } from './fees'
import { type Rates, tokenCharges } from './rates'
import type { ToolUse } from './tool-use'

/** What the tools of a call are charged by. */
export interface ToolPrices {
  readonly provider: string | undefined
  readonly model: string
  /** The call's own model's. */
  readonly rates: Rates | undefined
  /** Epoch milliseconds. */
  readonly at: number
  /** Of another model at the same provider. */
  ratesOf(model: string): Rates | undefined
  /** True at the first sight of a container, and again when the one of old must be gone. */
  isNewContainer(id: string, at: number): boolean
}

export function toolCharges(uses: readonly ToolUse[], prices: ToolPrices): Charge[] {
  return uses.map(use => ({ part: 'tools', ...charged(use, prices) }))
}

function charged(use: ToolUse, prices: ToolPrices): Omit<Charge, 'part'> {
  switch (use.tool) {
    case 'web_search':
      return { what: use.tool, usd: times(use.times, webSearchPrice(use.by, prices)) }
    case 'file_search':
      return {
        what: use.tool,
        usd: times(use.times, prices.rates?.fileSearch ?? (isOpenAi(prices) ? FILE_SEARCH : undefined)),
      }
    case 'container':
      return { what: use.what, usd: containersPrice(use, prices) }
    case 'image_generation':
      return { what: use.tool, usd: picturesPrice(use, prices) }
    case 'unknown':
      return { what: use.what, usd: undefined }
  }
}

function times(count: number, price: number | undefined): number | undefined {
  return price === undefined ? undefined : count * price
}

/** Azure sells file searches and containers at OpenAI's prices; its searches on the web are Bing's. */
function isOpenAi({ provider }: ToolPrices): boolean {
  return provider === 'openai' || provider === 'azure'
}

/** OpenAI's own depend on the tool, which the list does not tell apart. */
function webSearchPrice(by: string, { provider, model, rates }: ToolPrices): number | undefined {
  if (provider === 'openai') return webSearchFee(model, by)
  return provider === 'azure' ? undefined : rates?.webSearch
}

function containersPrice(
  { ids, memory, isMade }: Extract<ToolUse, { tool: 'container' }>,
  prices: ToolPrices,
): number | undefined {
  const fee = prices.rates?.container ?? (isOpenAi(prices) ? containerFee(memory) : undefined)
  const unpaid = ids.filter(id => prices.isNewContainer(id, prices.at) || isMade === true)
  return times(unpaid.length, fee)
}

function picturesPrice(
  { model, usage }: Extract<ToolUse, { tool: 'image_generation' }>,
  prices: ToolPrices,
): number | undefined {
  const rates = model === undefined ? undefined : prices.ratesOf(model)
  return rates && usage && costOf(tokenCharges(rates, usage), 'list').usd
}

/** Ids on the wire may be without end. */
const MOST_CONTAINERS = 1000

/** A container is paid for once, however many answers it ran for. One that has no id is taken for a new one. */
export class Containers {
  readonly #lastUse = new Map<string, number>()

  isNew(id: string, at: number): boolean {
    if (id === '') return true
    const last = this.#lastUse.get(id)
    this.#lastUse.delete(id)
    this.#lastUse.set(id, at)
    if (this.#lastUse.size > MOST_CONTAINERS) this.#lastUse.delete([...this.#lastUse.keys()][0] ?? '')
    return last === undefined || at - last > CONTAINER_LIFE_MS
  }
}
