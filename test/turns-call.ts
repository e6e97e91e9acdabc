import type { Call } from '../lib/openai/call'

const NO_FACTS = { fields: new Map(), content: new Map() }

/** A chat completion that was answered. */
export function call(differs: Partial<Call> = {}): Call {
  return {
    operation: 'createChatCompletion',
    endpoint: '/v1/chat/completions',
    method: 'POST',
    family: 'chat',
    api: { base: 'https://api.openai.com/v1', type: 'open_ai' },
    startedAt: 0,
    tags: {},
    durationMs: 1,
    http: { url: 'https://api.openai.com/v1/chat/completions', host: 'api.openai.com', port: 443, status: 200 },
    caller: {},
    request: NO_FACTS,
    response: NO_FACTS,
    sample: {},
    aborted: false,
    rateLimits: new Map(),
    truncated: false,
    unparsed: [],
    ...differs,
  }
}
