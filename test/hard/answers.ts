/** The answers of the far side, which both ends know: what the app gets is compared with them. */
export const KINDS = ['chat', 'stream', 'embeddings', 'images', 'refused', 'failed', 'left', 'held'] as const
export type Kind = (typeof KINDS)[number]

export interface Answer {
  readonly path: string
  readonly status: number
  readonly headers: Record<string, string>
  /** The first event of a stream; all of another answer. */
  readonly first: string
  readonly rest: string
}

const JSON_TYPE = { 'content-type': 'application/json', 'x-request-id': 'req_1', 'openai-processing-ms': '1' }
const STREAM_TYPE = { 'content-type': 'text/event-stream' }
const USAGE = { prompt_tokens: 5, completion_tokens: 6, total_tokens: 11 }

const plain = (path: string, status: number, body: object): Answer => ({
  path,
  status,
  headers: JSON_TYPE,
  first: JSON.stringify(body),
  rest: '',
})

function streamOf(deltas: number): Answer {
  const chunk = (content: object): string =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model: 'gpt-4o-2024-08-06', choices: [content] })}\n\n`
  const events = Array.from({ length: deltas }, (_, i) => chunk({ index: 0, delta: { content: `word ${i} ` } }))
  const end = `data: ${JSON.stringify({ id: 'c', choices: [], usage: USAGE })}\n\ndata: [DONE]\n\n`
  const last = chunk({ index: 0, delta: {}, finish_reason: 'stop' })
  const [first = '', ...rest] = events
  return { path: '/v1/chat/completions', status: 200, headers: STREAM_TYPE, first, rest: rest.join('') + last + end }
}

const choice = { index: 0, message: { role: 'assistant', content: 'An answer of some words.' }, finish_reason: 'stop' }
const ANSWERS: Readonly<Record<Kind, Answer>> = {
  chat: plain('/v1/chat/completions', 200, { id: 'c', model: 'gpt-4o-2024-08-06', choices: [choice], usage: USAGE }),
  stream: streamOf(10),
  embeddings: plain('/v1/embeddings', 200, {
    model: 'text-embedding-3-small',
    data: [{ index: 0, embedding: Array.from({ length: 64 }, (_, i) => i / 64) }],
    usage: { prompt_tokens: 5, total_tokens: 5 },
  }),
  images: plain('/v1/images/generations', 200, { created: 1, data: [{ b64_json: 'aGVsbG8='.repeat(200) }] }),
  refused: plain('/v1/chat/completions', 429, {
    error: { message: 'slow down', type: 'requests', code: 'rate_limit_exceeded' },
  }),
  failed: plain('/v1/moderations', 500, { error: { message: 'no', type: 'server_error' } }),
  left: streamOf(10),
  held: streamOf(20),
}

export function answerOf(kind: Kind): Answer {
  return ANSWERS[kind]
}

export function isKind(value: unknown): value is Kind {
  return KINDS.some(kind => kind === value)
}

/** What is asked with, of any kind. */
export const QUESTION = JSON.stringify({
  model: 'gpt-4o',
  messages: [{ role: 'user', content: 'A question of some words.' }],
  stream: true,
})
