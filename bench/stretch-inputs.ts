import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'

/** One input that is meant to hold the app up. */
export interface Input {
  readonly what: string
  /** The longest stretch of version 0.1.0, as it was measured then. */
  readonly before: string
  readonly path: string
  readonly request: () => string
  readonly response: () => string | Buffer
  readonly headers?: Readonly<Record<string, string>>
  readonly requestHeaders?: () => Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
}

const MEGABYTE = 1 << 20
const CHAT = '/v1/chat/completions'
const ASKED = '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hello"}]}'
const ANSWER =
  '{"id":"chatcmpl-1","model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"finish_reason":"stop","message":' +
  '{"role":"assistant","content":"Hello."}}],"usage":{"prompt_tokens":8,"completion_tokens":2,"total_tokens":10}}'
const NO_USAGE = ANSWER.replace(/,"usage".*/, '}')
const LOGS = { DD_OPENAI_LOGS_ENABLED: 'true', DD_OPENAI_LOG_PROMPT_COMPLETION_SAMPLE_RATE: '1', DD_API_KEY: 'bench' }

const many = (count: number, each: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => each(i)).join()
const chat = (more: Partial<Input> & Pick<Input, 'what' | 'before'>): Input => ({
  path: CHAT,
  request: () => ASKED,
  response: () => ANSWER,
  ...more,
})

function schema(levels: number): object {
  return { type: Array(6).fill('object'), properties: levels === 0 ? {} : { a: schema(levels - 1) } }
}

const COOKIES = Array.from({ length: 15 }, (_, n) => {
  const pieces = Array.from({ length: 12 }, (_, i) => createHash('sha512').update(`${n} ${i}`).digest('base64url'))
  return `session${n}=${pieces.join('')}`
})

export const INPUTS: readonly Input[] = [
  chat({ what: 'a small chat, for comparison', before: '' }),
  chat({
    what: 'a tool’s schema of 900 bytes, 8 levels of repeated types',
    before: '7 s',
    request: () =>
      JSON.stringify({ model: 'gpt-4o', messages: [], tools: [{ function: { name: 'f', parameters: schema(8) } }] }),
    response: () => NO_USAGE,
  }),
  chat({
    what: 'moderation of 5,000 results with 30,000 names',
    before: '12 s',
    path: '/v1/moderations',
    request: () => '{"input":"x"}',
    response: () => `{"results":[${many(5_000, i => `{"categories":{${many(6, n => `"c${i * 6 + n}":true`)}}}`)}]}`,
  }),
  chat({
    what: '4 MiB of `{},` in a few KB of gzip',
    before: '1.9 s',
    response: () => gzipSync(`[${'{},'.repeat((4 * MEGABYTE) / 3)}{}]`),
    headers: { 'content-encoding': 'gzip' },
  }),
  chat({ what: '1 MiB of `{},`', before: '340 ms', response: () => `[${'{},'.repeat(MEGABYTE / 3 - 10)}{}]` }),
  chat({ what: 'lists half a million deep', before: '1.1 s', response: () => '['.repeat(MEGABYTE / 2) }),
  chat({
    what: '40,000 log probabilities, logs on',
    before: '1.1 s',
    response: () =>
      `{"choices":[{"index":0,"logprobs":{"content":[${many(20_000, () => '{"token":"a","logprob":-0.1,"bytes":[97]}')}]}}]}`,
    env: LOGS,
  }),
  chat({ what: '90,000 names', before: '87 ms', response: () => `{${many(70_000, i => `"name${i}":1`)}}` }),
  chat({
    what: '100,000 tiny events',
    before: '51 ms',
    response: () => 'data: {"a":1}\n\n'.repeat(65_000),
    headers: { 'content-type': 'text/event-stream' },
  }),
  chat({
    what: '1 MB of `1 1 1 …`, cards redacted',
    before: '2.3 s',
    request: () => ASKED.replace('hello', '1 '.repeat(500_000)),
    env: { INTERCEPTOR_REDACT: 'card' },
  }),
  chat({
    what: '1 MB of prose, all patterns redacted, logs on',
    before: '',
    request: () => ASKED.replace('hello', 'Some words about us@example.com, and so on. '.repeat(22_000)),
    env: { INTERCEPTOR_REDACT: 'key,bearer,email,card', ...LOGS },
  }),
  chat({
    what: '1 MB of parts of the call’s key, all patterns redacted, logs on',
    before: '',
    request: () => ASKED.replace('hello', 'sk-test-of-the***789 '.repeat(50_000)),
    env: { INTERCEPTOR_REDACT: 'key,bearer,email,card', ...LOGS },
  }),
  chat({
    what: '1 MB of `...a`, where a key may be masked, logs on',
    before: '890 ms',
    request: () => ASKED.replace('hello', '...a'.repeat(250_000)),
    env: LOGS,
  }),
  chat({
    what: '15 cookies of 1 kB, echoed',
    before: '46 ms',
    requestHeaders: () => ({ cookie: COOKIES.join('; ') }),
    response: () => ANSWER.replace('Hello.', COOKIES.join(' ')),
  }),
  chat({
    what: '10,000 messages',
    before: '50 to 70 ms',
    request: () => `{"model":"gpt-4o","messages":[${many(10_000, i => `{"role":"user","content":"message ${i}"}`)}]}`,
  }),
  chat({
    what: '1,000 choices',
    before: '50 to 70 ms',
    response: () =>
      `{"choices":[${many(1_000, i => `{"index":${i},"finish_reason":"stop","message":{"role":"assistant","content":"x"}}`)}]}`,
  }),
  chat({
    what: 'an entry of 2 MB, logs on',
    before: '',
    request: () => ASKED.replace('hello', 'größe \\n'.repeat(120_000)),
    response: () => ANSWER.replace('Hello.', 'größe \\n'.repeat(120_000)),
    env: LOGS,
  }),
  chat({
    what: '3,000 items that say nothing',
    before: '',
    path: '/v1/responses',
    request: () => `{"input":[${'{},'.repeat(50_000)}{}]}`,
  }),
  chat({
    what: 'embeddings of 500 kB, floats',
    before: '',
    path: '/v1/embeddings',
    request: () => '{"model":"text-embedding-3-small","input":"x"}',
    response: () =>
      `{"data":[${many(26, i => `{"index":${i},"embedding":[${many(1_536, n => (Math.sin(n) / 7).toFixed(9))}]}`)}],"usage":{"prompt_tokens":9}}`,
  }),
]
