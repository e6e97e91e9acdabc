import type { Call } from '../../openai/call'
import type { JsonObject } from '../../openai/json'
import { promptsOf } from './texts'

export function documents({ sample }: Call): JsonObject | undefined {
  return sample.input === undefined ? undefined : { documents: promptsOf(sample.input).map(text => ({ text })) }
}

/** How many vectors of which length: nothing of what was asked, so it is said with capture off too. */
export function vectorsAnswered({ response }: Call): JsonObject | undefined {
  const count = response.fields.get('embeddings_count')
  const length = response.fields.get('embedding-length')
  if (count === undefined) return undefined
  return { value: `[${count} embedding(s) returned${length === undefined ? '' : ` with size ${length}`}]` }
}
