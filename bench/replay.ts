/** The process that `bench:hooks` measures: publishes what undici would, over and over, with a profile of the end. */
import { channel } from 'node:diagnostics_channel'
import { setImmediate as turn } from 'node:timers/promises'
import { start } from '../dist'
import { type ReplayDispatcher, replayDispatcher } from './dispatcher'
import { bodyOf, eventsOf, HEADERS } from './peers/bodies'
import { startProfile } from './peers/profiled'
import { promptOf, workloadOf } from './peers/workloads'

export interface Replayed {
  readonly cpuMicros: number
  readonly stackMicros: number
  readonly chunkNanos: number
  readonly copyNanos: number
  /** Ours alone: what the same costs without us, which is dd-trace's own once npm's undici is loaded, is taken off. */
  readonly foreignNanos: number
}

const [name = '', calls = '1', profile = ''] = process.argv.slice(2)
const workload = workloadOf(name)
const prompt = promptOf(workload)
const asked = {
  model: 'gpt-4o-mini',
  ...(workload.ask === 'chat' ? { messages: [{ role: 'user', content: prompt }] } : { input: prompt }),
  ...(workload.chunks > 0 ? { stream: true, stream_options: { include_usage: true } } : {}),
}
const body = Buffer.from(JSON.stringify(asked))
const chunks = workload.chunks > 0 ? eventsOf(workload) : pieces(bodyOf(workload), 65_536)
const answerHeaders = Object.entries({
  ...HEADERS,
  'content-type': workload.chunks > 0 ? 'text/event-stream' : 'application/json',
}).flatMap(pair => pair.map(text => Buffer.from(text)))

const created = channel('undici:request:create')
const headed = channel('undici:request:headers')
const ended = channel('undici:request:trailers')

/** As long as real ones are: what looks for its echoes has something to look for. */
const KEY = 'sk-test-bench-0123456789abcdefghijklmnopqrstuvwxyz'
const HANDLER = Symbol('handler')

/** Stands for undici's own request: callbacks on the prototype. */
class Request {
  readonly [HANDLER]: object
  readonly origin: string = 'https://api.openai.com'
  readonly path = workload.ask === 'chat' ? '/v1/chat/completions' : '/v1/embeddings'
  readonly method = 'POST'
  readonly headers = [
    ...['accept', 'application/json', 'content-type', 'application/json', 'user-agent', 'OpenAI/JS 6.49.0'],
    ...['x-stainless-retry-count', '0', 'x-stainless-lang', 'js', 'x-stainless-package-version', '6.49.0'],
    ...['authorization', `Bearer ${KEY}`, 'accept-language', '*', 'accept-encoding', 'gzip, deflate'],
  ]
  seen = 0

  constructor(handler: object = {}) {
    this[HANDLER] = handler
  }

  onBodySent(chunk: Uint8Array): void {
    this.seen += chunk.length
  }
  onRequestSent(): void {}
  onData(chunk: Uint8Array): boolean {
    this.seen += chunk.length
    return true
  }
}

class Foreign extends Request {
  override readonly origin = 'https://api.example.com'
}

let made = new Request()
const make = (_: unknown, handler: object): void => {
  made = new Request(handler)
  created.publish({ request: made })
}

/** One call, as far as the app's stack is concerned. */
function call(dispatcher: ReplayDispatcher): void {
  dispatcher.dispatch({ origin: made.origin, path: made.path, method: made.method }, {})
  const request = made
  request.onBodySent(body)
  request.onRequestSent()
  headed.publish({ request, response: { statusCode: 200, headers: answerHeaders } })
  for (const chunk of chunks) request.onData(chunk)
  ended.publish({ request, trailers: [] })
}

async function replay(dispatcher: ReplayDispatcher, times: number): Promise<number> {
  let stack = 0
  for (let i = 0; i < times; i += 1) {
    const begun = performance.now()
    call(dispatcher)
    stack += performance.now() - begun
    await turn()
    await turn()
  }
  return stack
}

async function main(): Promise<void> {
  if (process.env.INTERCEPTOR_OUTPUTS === 'otel') new (await import('@opentelemetry/sdk-node')).NodeSDK().start()
  const handle = start()
  const dispatcher = await replayDispatcher(make)
  await replay(dispatcher, Math.ceil(Number(calls) / 2))
  await handle.flush()
  const stop = startProfile(profile)
  const cpu = process.cpuUsage()
  const stack = await replay(dispatcher, Number(calls))
  await handle.flush()
  const { user, system } = process.cpuUsage(cpu)
  stop()
  const chunk = chunkNanos()
  const foreign = foreignNanos()
  await handle.stop()
  const told: Replayed = {
    cpuMicros: (user + system) / Number(calls),
    stackMicros: (stack / Number(calls)) * 1000,
    ...chunk,
    foreignNanos: foreign - foreignNanos(),
  }
  process.send?.(told, () => process.exit())
}

const CHUNKS = 200
const STREAMS = 300

/** What a chunk of 200 bytes costs on the app's stack: the copy alone, and all of it. */
function chunkNanos(): Pick<Replayed, 'chunkNanos' | 'copyNanos'> {
  const chunk = Buffer.alloc(200, 'x')
  const into = Buffer.alloc(CHUNKS * chunk.length)
  const time = (publish: boolean, each: (request: Request, i: number) => void): number => {
    let sum = 0
    for (let s = 0; s < STREAMS; s += 1) {
      const request = new Request()
      if (publish) created.publish({ request })
      const begun = performance.now()
      for (let i = 0; i < CHUNKS; i += 1) each(request, i)
      sum += performance.now() - begun
      if (publish) ended.publish({ request })
    }
    return (sum / (STREAMS * CHUNKS)) * 1e6
  }
  const data = (request: Request): boolean => request.onData(chunk)
  time(true, data)
  const bare = time(false, data)
  const copied = time(false, (request, i) => {
    into.set(chunk, i * chunk.length)
    request.onData(chunk)
  })
  return { chunkNanos: time(true, data) - bare, copyNanos: copied - bare }
}

function foreignNanos(): number {
  const request = new Foreign()
  const message = { request }
  for (let i = 0; i < 50_000; i += 1) created.publish(message)
  const begun = performance.now()
  for (let i = 0; i < 500_000; i += 1) created.publish(message)
  return ((performance.now() - begun) / 500_000) * 1e6
}

function pieces(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size))
}

void main()
