import { isObject, type Json } from '../json'
import { contentText } from './content'
import type { FactsBuilder } from './facts'

/**
 * `key.0`, `key.1` … of what may be one text, one list of token numbers, or a list of either. A single one is number
 * 0, so that a dashboard finds the first prompt under one name.
 */
export function promptFacts(found: FactsBuilder, key: string, value: Json | undefined): void {
  for (const [n, prompt] of promptsOf(value).slice(0, MOST_PROMPTS).entries()) {
    found.text(`${key}.${n}`, contentText(prompt))
  }
}

const MOST_PROMPTS = 1000

function promptsOf(value: Json | undefined): Json[] {
  if (value === undefined) return []
  const isMany =
    Array.isArray(value) && value.some(item => typeof item === 'string' || Array.isArray(item) || isObject(item))
  return isMany ? value : [value]
}
