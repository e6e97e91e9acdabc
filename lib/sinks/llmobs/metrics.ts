import type { Call } from '../../openai/call'

type Metric = (call: Call) => number | undefined

const inSeconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / 1000)

/** `metrics` by LLM Observability's names. What the server does not tell, and we did not count, is not there. */
export const METRICS = {
  input_tokens: call => call.usage?.input,
  output_tokens: call => call.usage?.output,
  total_tokens: call => call.usage?.total,
  cache_read_input_tokens: call => call.usage?.cachedInput,
  cache_write_input_tokens: call => call.usage?.cacheWriteInput,
  reasoning_output_tokens: call => call.usage?.reasoningOutput,
  time_to_first_token: call => inSeconds(call.stream?.firstTokenMs),
  time_per_output_token: call => inSeconds(call.stream?.perOutputTokenMs),
  total_cost: call => call.cost,
} satisfies Readonly<Record<string, Metric>>

export function metricsOf(call: Call): Record<string, number> {
  const metrics: Record<string, number> = {}
  for (const [name, read] of Object.entries<Metric>(METRICS)) {
    const value = read(call)
    if (value !== undefined && Number.isFinite(value)) metrics[name] = value
  }
  return metrics
}
