import type { Headers } from '../../transport/headers'
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
