import type { StandInAnswer } from '../lib/local/openai/answer'
import type { Span } from '../lib/local/receiver/spans'
import type { Json } from '../lib/openai/json'

/** What stand-ins answer to the scenes of `test/apps`, and how the spans of scenes are told. */

/** A chat completion that has this message. */
export function completion(message: Record<string, Json>, finish = 'stop'): StandInAnswer {
  return {
    body: {
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1_700_000_000,
      model: 'gpt-4o-mini-2024-07-18',
      choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
      usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
    },
  }
}

/** A chat completion that calls the tool `weather`. */
export function toolCall(): StandInAnswer {
  const call = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Rom"}' } }
  return completion({ content: null, tool_calls: [call] }, 'tool_calls')
}

/** How a call went, in words: its operation, its status if it has one, and what was out of the ordinary. */
export function endingOf({ resource, meta, metrics }: Span): string[] {
  const status = meta['http.status_code'] ?? metrics['http.status_code']
  const attempt = metrics['openai.request.attempt'] ?? 1
  return [
    resource,
    ...(status === undefined ? [] : [String(status)]),
    ...(meta['error.type'] === undefined ? [] : [meta['error.type']]),
    ...(meta['openai.response.aborted'] === 'true' ? ['aborted'] : []),
    ...(attempt > 1 ? [`attempt ${attempt}`] : []),
  ]
}
