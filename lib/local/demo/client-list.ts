import type { StandInAnswer } from '../openai/answer'

/** One of the demo's apps: the file of that name in `clients`, and what the API answers to its calls, in order. */
export interface Client {
  readonly name: string
  readonly title: string
  /** Over TLS. */
  readonly tls?: true
  readonly answers: readonly StandInAnswer[]
}

/** As the API takes its time: some before the head, the most of which is its own. */
const whole = (tape: string): StandInAnswer => ({ tape, headDelayMs: 30, headers: { 'openai-processing-ms': '24' } })
const streamed = (tape: string): StandInAnswer => ({ ...whole(tape), delayMs: 10 })
const BUSY: StandInAnswer = { status: 429, headers: { 'retry-after-ms': '60' } }

export const CLIENTS: readonly Client[] = [
  { name: 'fetch', title: 'fetch', answers: [whole('js-chat-completion-04'), whole('py-embedding-b64')] },
  { name: 'undici', title: 'undici.request', answers: [streamed('py-chat-completion-stream-2')] },
  { name: 'https', title: 'https.request', tls: true, answers: [whole('js-response-4')] },
  {
    name: 'openai',
    title: 'openai SDK',
    answers: [
      whole('js-chat-completion-04'),
      streamed('js-chat-completion-stream-1'),
      whole('py-chat-completion-tools-4'),
      BUSY,
      whole('js-chat-completion-04'),
      streamed('py-chat-completion-stream-2'),
    ],
  },
  { name: 'axios', title: 'axios', answers: [whole('js-completion-1'), whole('js-models')] },
  {
    name: 'langchain',
    title: 'LangChain',
    answers: [whole('js-chat-completion-04'), streamed('js-chat-completion-stream-1')],
  },
  { name: 'ai-sdk', title: 'Vercel AI SDK', answers: [whole('js-response-4'), streamed('js-response-stream-1')] },
]

/** By its key the API's stand-in knows an app again. */
export function keyOf({ name }: Client): string {
  return `sk-test-${name}`
}
