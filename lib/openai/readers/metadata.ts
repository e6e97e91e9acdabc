import { isObject, type Json } from '../json'
import type { FactsBuilder } from './facts'

/** OpenAI's own bounds of `metadata`; other servers' may be of any size. */
const MOST_KEYS = 16
const LONGEST_KEY = 64
const LONGEST_VALUE = 512

/** `metadata.X` of either side: what the app files its calls under. Keys and values bounded; only scalars. */
export function metadataFacts(found: FactsBuilder, metadata: Json | undefined): void {
  if (!isObject(metadata)) return
  let taken = 0
  for (const [key, value] of Object.entries(metadata)) {
    if (taken === MOST_KEYS) return
    const isScalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    if (!isScalar || key === '' || key.length > LONGEST_KEY) continue
    taken += 1
    found.string(`metadata.${key}`, String(value).slice(0, LONGEST_VALUE))
  }
}
