import type { CallEnded, SessionEvent } from '../lib/live/event'
import type { Call } from '../lib/openai/call'

/** Made calls for the page: many, and some that mean harm. */

const START = Date.UTC(2026, 0, 5, 9)
const MODELS = ['gpt-4o', 'gpt-4o-mini', 'gpt-5']

/** A call that ended, its fields as the page needs them. */
export function madeCall(id: string, more: Partial<Call> = {}): CallEnded {
  const call: Call = {
    operation: 'createChatCompletion',
    endpoint: '/v1/chat/completions',
    method: 'POST',
    family: 'chat.completions',
    api: { base: 'https://api.openai.com/v1', type: 'open_ai' },
    startedAt: START,
    tags: {},
    durationMs: 900,
    http: { url: 'https://api.openai.com/v1/chat/completions', host: 'api.openai.com', port: 443, status: 200 },
    model: 'gpt-4o',
    caller: {},
    request: { fields: new Map(), content: new Map() },
    response: { fields: new Map(), content: new Map() },
    sample: {},
    aborted: false,
    rateLimits: new Map(),
    truncated: false,
    unparsed: [],
    ...more,
  }
  return { event: 'call', id, process: { pid: 100, thread: 0, script: 'app.js' }, call }
}

/** Every seventh fails, two processes, three models, one call a second. */
export function manyCalls(count: number): SessionEvent[] {
  return Array.from({ length: count }, (_, index) => {
    const text = `call ${index}`
    const failed = index % 7 === 6
    const { http } = madeCall('').call
    const more: Partial<Call> = {
      startedAt: START + index * 1_000,
      durationMs: 400 + ((index * 137) % 2_000),
      model: MODELS[index % MODELS.length] ?? '',
      request: { fields: new Map(), content: new Map([['messages.0.content', `${text}\n`]]) },
      sample: {
        messages: [{ role: 'user', content: text }],
        completion: [{ index: 0, message: { role: 'assistant', content: `answer ${index}` } }],
      },
      usage: { input: 100 + (index % 50), output: 20 + (index % 30), total: 120 },
      cost: 0.0004 + (index % 9) / 10_000,
      stream: { events: 10, firstTokenMs: 120 + ((index * 31) % 300) },
      ...(failed
        ? {
            http: { ...http, status: 429 },
            error: { class: 'RateLimitError', message: 'Rate limit reached', kind: 'rate_limit' as const },
          }
        : {}),
    }
    return madeCall(`many.${index}`, more)
  })
}

const HTML = '<img src=x onerror="window.hurt=1"><script>window.hurt=1</script>'
const TURNED = 'user\u202egnp.exe \u001b[31mred\u001b[0m \u200bhidden'

export const HOSTILE: readonly SessionEvent[] = [
  madeCall('hostile.1', {
    startedAt: START + 1e9,
    operation: HTML,
    model: TURNED,
    tags: { [HTML]: TURNED },
    parameters: { [HTML]: HTML },
    sample: {
      messages: [
        { role: HTML, content: `${HTML} ${TURNED}` },
        { role: 'user', content: [{ type: 'image_url', image_url: { url: 'http://127.0.0.1:9/leak.png' } }] },
        { role: 'user', content: [{ type: 'input_image', image_url: 'javascript:window.hurt=1' }] },
        { role: 'tool', tool_call_id: HTML, content: 'x'.repeat(1_000_000) },
        { role: 'assistant', tool_calls: [{ function: { name: HTML, arguments: '{"__proto__":{"a":1}}' } }] },
      ],
    },
    error: { class: HTML, message: TURNED, kind: 'other' },
  }),
]
