import type { Workload } from './workloads'

/** What OpenAI's answers carry beside their body. */
export const HEADERS = {
  'openai-organization': 'bench',
  'openai-processing-ms': '1',
  'openai-version': '2020-10-01',
  'x-ratelimit-limit-requests': '10000',
  'x-ratelimit-limit-tokens': '200000',
  'x-ratelimit-remaining-requests': '9999',
  'x-ratelimit-remaining-tokens': '199000',
  'x-ratelimit-reset-requests': '6ms',
  'x-ratelimit-reset-tokens': '300ms',
  'x-request-id': 'req_bench',
}
const USAGE = { prompt_tokens: 20, completion_tokens: 20, total_tokens: 40 }
const CHUNK = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_700_000_000, model: 'gpt-4o-mini' }

function event(data: object, after = ''): string {
  return `data: ${JSON.stringify(data)}\n\n${after}`
}

const bodies = new Map<Workload, Buffer>()
const streams = new Map<Workload, readonly Buffer[]>()

/** The answer that comes whole. */
export function bodyOf(workload: Workload): Buffer {
  const known = bodies.get(workload)
  if (known !== undefined) return known
  const body = Buffer.from(JSON.stringify(workload.ask === 'chat' ? chat() : embeddings(workload.vectors)))
  bodies.set(workload, body)
  return body
}

/** The answer that is streamed, as it is written. */
export function eventsOf(workload: Workload): readonly Buffer[] {
  const known = streams.get(workload)
  if (known !== undefined) return known
  const events = Array.from({ length: workload.chunks }, (_, i) => {
    const last = i === workload.chunks - 1
    const choice = { index: 0, delta: last ? {} : { content: ` word${i}` }, finish_reason: last ? 'stop' : null }
    return event({ ...CHUNK, choices: [choice] })
  })
  const end = event({ ...CHUNK, choices: [], usage: USAGE }, 'data: [DONE]\n\n')
  const made = [...events, end].map(text => Buffer.from(text))
  streams.set(workload, made)
  return made
}

function chat(): object {
  const message = { role: 'assistant', content: 'Sunny, with a light breeze from the sea.', refusal: null }
  return {
    ...CHUNK,
    object: 'chat.completion',
    choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
    usage: USAGE,
    system_fingerprint: 'fp_1',
  }
}

function embeddings(vectors: number): object {
  const vector = Array.from({ length: 1536 }, (_, i) => Math.sin(i + 1) / 30)
  return {
    object: 'list',
    data: Array.from({ length: vectors }, (_, index) => ({ object: 'embedding', index, embedding: vector })),
    model: 'text-embedding-3-small',
    usage: { prompt_tokens: 20, total_tokens: 20 },
  }
}
