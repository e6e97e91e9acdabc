import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createSecureServer } from 'node:http2'
import { buffer } from 'node:stream/consumers'
import { type Certificate, makeCertificate } from '../../lib/local/certificate'
import { listen } from '../../lib/local/listen'

/** A request as the server got it. */
export interface Asked {
  /** The client's name, which stands before the path. */
  readonly client: string
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface GridServer {
  readonly origin: string
  /** With TLS, HTTP/2 and HTTP/1. */
  readonly h2Origin: string
  readonly certificate: Certificate
  readonly asked: Asked[]
  close(): void
}

const CREATED = 1_764_000_000
const USAGE = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 }
const RESPONSE = {
  id: 'resp_grid',
  object: 'response',
  created_at: CREATED,
  status: 'completed',
  error: null,
  incomplete_details: null,
  instructions: null,
  max_output_tokens: null,
  previous_response_id: null,
  reasoning: { effort: null, summary: null },
  store: true,
  temperature: 1,
  text: { format: { type: 'text' } },
  top_p: 1,
  truncation: 'disabled',
  user: null,
  metadata: {},
  model: 'gpt-4o-mini-2024-07-18',
  output: [
    {
      id: 'msg_1',
      type: 'message',
      status: 'completed',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'Hello, caller!', annotations: [] }],
    },
  ],
  parallel_tool_calls: true,
  tools: [],
  tool_choice: 'auto',
  usage: {
    input_tokens: 9,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 3,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 12,
  },
}

/** Answers every client alike: what differs between two records is then ours. */
export async function startGridServer(): Promise<GridServer> {
  const asked: Asked[] = []
  const certificate = await makeCertificate()
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    void buffer(request).then(bytes => {
      const one = askedOf(request, bytes)
      asked.push(one)
      answer(one, response)
    })
  }
  const plain = createServer(handle)
  const h2 = createSecureServer({ key: certificate.key, cert: certificate.cert, allowHTTP1: true })
  // The compatibility API's request and response are used as those of HTTP/1.
  h2.on('request', handle as never)
  const [port, h2Port] = await Promise.all([listen(plain, 0), listen(h2, 0)])
  return {
    origin: `http://127.0.0.1:${port}`,
    h2Origin: `https://localhost:${h2Port}`,
    certificate,
    asked,
    close() {
      plain.close()
      plain.closeAllConnections()
      h2.close()
      certificate.remove()
    },
  }
}

function askedOf({ method = '', url = '', headers }: IncomingMessage, body: Buffer): Asked {
  const [, client = ''] = url.split('/')
  const kept = Object.entries(headers).filter(([name]) => !name.startsWith(':'))
  return {
    client: decodeURIComponent(client),
    method,
    url,
    headers: Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
    body: body.toString(),
  }
}

function answer({ url, body, client }: Asked, response: ServerResponse): void {
  const head = { 'x-request-id': `req_${client}`, 'openai-processing-ms': '0' }
  if (url.includes('/responses')) json(response, head, RESPONSE)
  else if (!url.includes('/chat/completions')) json(response, head, { error: { message: 'no such path' } }, 404)
  else if (/"stream":\s*true/.test(body)) streamed(response, head)
  else {
    const message = { role: 'assistant', content: 'Hello, caller!', refusal: null }
    const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }]
    json(response, head, { ...about('chat.completion'), choices, usage: USAGE })
  }
}

function streamed(response: ServerResponse, head: Record<string, string>): void {
  response.writeHead(200, { ...head, 'content-type': 'text/event-stream' })
  const chunk = (choices: unknown[], usage: unknown = null): string =>
    `data: ${JSON.stringify({ ...about('chat.completion.chunk'), choices, usage })}\n\n`
  for (const content of ['Hello', ', ', 'caller!']) {
    response.write(chunk([{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }]))
  }
  response.write(chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]))
  response.end(`${chunk([], USAGE)}data: [DONE]\n\n`)
}

function about(object: string): Record<string, unknown> {
  return { id: 'chatcmpl-grid', object, created: CREATED, model: 'gpt-4o-mini-2024-07-18', system_fingerprint: 'fp_1' }
}

function json(response: ServerResponse, head: Record<string, string>, value: unknown, status = 200): void {
  response.writeHead(status, { ...head, 'content-type': 'application/json' }).end(JSON.stringify(value))
}
