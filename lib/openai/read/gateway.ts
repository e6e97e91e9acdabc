import type { Headers } from '../../transport/headers'
import { at, type Json } from '../json'
import { dollars } from '../price/told'

/** Of an answer that its gateway had kept nothing is paid again: by headers that tell it. */
const CACHE_HEADERS: readonly string[] = [
  'helicone-cache',
  'x-portkey-cache-status',
  'cf-aig-cache-status',
  'x-litellm-cache-hit',
  'x-openrouter-cache-status',
  // Kong's.
  'x-cache-status',
]

const CACHE_HIT = /\bhit\b|^true$/i

/** What the headers of a gateway say of the cost of an answer. */
export interface GatewayFacts {
  readonly cacheHit: boolean
  readonly usd?: number
}

export function gatewayFacts(headers: Headers): GatewayFacts {
  const usd = dollars(headers.get('x-litellm-response-cost'))
  const cacheHit =
    CACHE_HEADERS.some(name => CACHE_HIT.test(headers.get(name)?.trim() ?? '')) ||
    // LiteLLM names the key under which it found the answer, and that it cost nothing.
    (usd === 0 && headers.get('x-litellm-cache-key') !== undefined)
  return { cacheHit, ...(usd === undefined ? {} : { usd }) }
}

/** Where a body tells that the answer had been kept: Bifrost's and GPTCache's. */
const CACHE_PLACES: readonly (readonly string[])[] = [['extra_fields', 'cache_debug', 'cache_hit'], ['gptcache']]

/** Had a gateway kept this answer? */
export function isKept({ cacheHit }: GatewayFacts, answer: Json | undefined): boolean {
  return cacheHit || CACHE_PLACES.some(path => at(answer, ...path) === true)
}
