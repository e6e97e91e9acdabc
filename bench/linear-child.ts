/** The process that `bench:linear` measures: one kind of load, bare or observed, and the CPU that it took. */
import { channel } from 'node:diagnostics_channel'
import { setImmediate as turn } from 'node:timers/promises'
import { start } from '../dist'

const [kind = '', size = '1', observed = ''] = process.argv.slice(2)
const n = Number(size)
/** The same work in all, whatever the size: what is compared is its price a unit. */
const WORK: Readonly<Record<string, number>> = {
  chunks: 200_000,
  kilobytes: 40_000,
  messages: 100_000,
  streams: 20_000,
}
const calls = Math.max(1, Math.ceil((WORK[kind] ?? n) / n))

const created = channel('undici:request:create')
const headed = channel('undici:request:headers')
const ended = channel('undici:request:trailers')

/** Stands for undici's own request: callbacks on the prototype. */
class Request {
  readonly origin = 'https://api.openai.com'
  readonly path = '/v1/chat/completions'
  readonly method = 'POST'
  readonly headers = ['content-type', 'application/json', 'authorization', `Bearer ${'sk'}-test-bench`]
  onBodySent(_: Uint8Array): void {}
  onRequestSent(): void {}
  onData(_: Uint8Array): boolean {
    return true
  }
}

const JSON_HEAD = ['content-type', 'application/json'].map(text => Buffer.from(text))
const EVENTS_HEAD = ['content-type', 'text/event-stream'].map(text => Buffer.from(text))
const CHUNK = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o-mini' }
const EVENT = Buffer.from(
  `data: ${JSON.stringify({ ...CHUNK, choices: [{ index: 0, delta: { content: ' word' }, finish_reason: null }] })}\n\n`,
)
const USAGE = { prompt_tokens: 20, completion_tokens: 20, total_tokens: 40 }
const LAST = Buffer.from(`data: ${JSON.stringify({ ...CHUNK, choices: [], usage: USAGE })}\n\ndata: [DONE]\n\n`)
const ANSWER = Buffer.from(
  JSON.stringify({
    ...CHUNK,
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Sunny.' }, finish_reason: 'stop' }],
    usage: USAGE,
  }),
)

function asked(messages: readonly object[]): Buffer {
  return Buffer.from(JSON.stringify({ model: 'gpt-4o-mini', messages }))
}

const SENTENCE = 'Say something about the weather in Lisbon tomorrow, please. '
const user = (content: string): object => ({ role: 'user', content })
const BODY = asked(
  kind === 'messages'
    ? Array.from({ length: n }, (_, i) => user(`${i} ${SENTENCE}`))
    : [user(kind === 'kilobytes' ? SENTENCE.repeat((n * 1000) / SENTENCE.length) : SENTENCE)],
)

function begin(): Request {
  const request = new Request()
  created.publish({ request })
  request.onBodySent(BODY)
  request.onRequestSent()
  const headers = kind === 'chunks' || kind === 'streams' ? EVENTS_HEAD : JSON_HEAD
  headed.publish({ request, response: { statusCode: 200, headers } })
  return request
}

function end(request: Request, last: Buffer): void {
  request.onData(last)
  ended.publish({ request, trailers: [] })
}

async function call(): Promise<void> {
  const request = begin()
  if (kind === 'chunks') for (let i = 0; i < n; i += 1) request.onData(EVENT)
  end(request, kind === 'chunks' ? LAST : ANSWER)
  await turn()
}

const CHUNKS_OF_A_STREAM = 20

/** All open at a time, a chunk each in turn. */
async function streams(): Promise<void> {
  const open = Array.from({ length: n }, begin)
  for (let i = 0; i < CHUNKS_OF_A_STREAM; i += 1) {
    for (const request of open) request.onData(EVENT)
    await turn()
  }
  for (const request of open) end(request, LAST)
  await turn()
}

async function main(): Promise<void> {
  const handle = observed === '' ? undefined : start()
  const one = kind === 'streams' ? streams : call
  for (let i = 0; i < Math.min(calls, 50); i += 1) await one()
  await handle?.flush()
  const cpu = process.cpuUsage()
  for (let i = 0; i < calls; i += 1) {
    await one()
    // Each is read before the next: what is compared is work, and not what is left undone.
    if (i % 20 === 19 || kind === 'streams') await handle?.flush()
  }
  await handle?.flush()
  const { user: own, system } = process.cpuUsage(cpu)
  await handle?.stop()
  process.send?.((own + system) / (calls * n), () => process.exit())
}

void main()
