import * as assert from 'uvu/assert'
import type { Agent } from '../lib/local/receiver/agent'
import type { Span } from '../lib/local/receiver/spans'
import { MODEL_OPERATIONS } from '../lib/sinks/llmobs/operations'

/** Numbers that both spans have, by the name of the metric and of the APM span's tag. */
const METRICS: Readonly<Record<string, string>> = {
  input_tokens: 'openai.response.usage.prompt_tokens',
  output_tokens: 'openai.response.usage.completion_tokens',
  total_tokens: 'openai.response.usage.total_tokens',
  cache_read_input_tokens: 'openai.response.usage.cached_tokens',
  cache_write_input_tokens: 'openai.response.usage.cache_write_tokens',
  reasoning_output_tokens: 'openai.response.usage.reasoning_tokens',
  total_cost: 'openai.response.cost.usd',
}

/** A search has none. */
export function modelOf({ resource, meta }: Span): string | undefined {
  if (resource === 'searchVectorStore') return undefined
  return meta['openai.response.model'] ?? meta['openai.request.model'] ?? 'custom'
}

/** Model, operation, tokens, cost, error and duration of one call are the same; tells how much was compared. */
export async function assertLlmobsAgrees({ llmobs }: Agent, apm: Span): Promise<number> {
  if (!Object.hasOwn(MODEL_OPERATIONS, apm.resource)) {
    assert.not(llmobs.spans().some(({ span_id }) => span_id === apm.spanId))
    return 0
  }
  const all = await llmobs.waitFor(spans => spans.some(({ span_id }) => span_id === apm.spanId))
  const [event, more] = all.filter(({ span_id }) => span_id === apm.spanId)
  if (event === undefined || more !== undefined) throw new Error('not one span of LLM Observability')
  for (const [theirs, ours] of Object.entries(METRICS)) assert.is(event.metrics[theirs], apm.metrics[ours], theirs)
  const { meta } = apm
  assert.is(event.name.slice(event.name.indexOf('.') + 1), apm.resource)
  assert.is(event.meta.model_name, modelOf(apm))
  assert.is(event.status, apm.error === 1 ? 'error' : 'ok')
  assert.is(event.meta['error.type'], meta['error.type'])
  assert.ok(event.tags.includes(`error:${apm.error}`))
  // An epoch in milliseconds has no finer place in a double than a quarter of a microsecond.
  assert.ok(Math.abs(event.duration - apm.duration) < 1000, `${event.duration} ${apm.duration}`)
  assert.ok(Math.abs(event.start_ns - Number(apm.start)) < 1000)
  return Object.keys(METRICS).length + 7
}
