import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { suppress } from '../context'
import type { Capture } from './capture'

/** A whole exchange; the answer's body as it was sent. */
export interface Exchanged {
  readonly method: string
  readonly url: string
  readonly requestHeaders: IncomingHttpHeaders
  readonly requestBody: Buffer
  readonly status: number
  readonly responseHeaders: IncomingHttpHeaders
  readonly responseBody: Buffer
  /** When the pieces of it came, in milliseconds after the first: each with the length of all so far. */
  readonly arrivals: readonly { readonly length: number; readonly ms: number }[]
}

/** They are about one connection. */
const OF_CONNECTION = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade', 'host'])

/**
 * Hands a request on to another server, and its answer back as it comes. Resolves with both when the answer has ended; rejects
 * if one side breaks off, and then the client is answered 502 or its connection ends.
 */
export async function forward(
  origin: string,
  request: IncomingMessage,
  response: ServerResponse,
  { letThrough, isKept }: { letThrough: Capture['letThrough']; isKept: boolean },
): Promise<Exchanged> {
  const url = new URL(request.url ?? '/', origin).href
  const method = request.method ?? 'GET'
  try {
    const requestBody = await whole(request)
    const answer = await ask(url, method, headersOf(request, isKept), requestBody, response, letThrough)
    response.writeHead(answer.statusCode ?? 502, forwarded(answer.headers))
    const arrivals: { length: number; ms: number }[] = []
    let first = 0
    const responseBody = await whole(answer, chunk => {
      first ||= performance.now()
      arrivals.push({ length: (arrivals.at(-1)?.length ?? 0) + chunk.length, ms: performance.now() - first })
      response.write(chunk)
    })
    response.end()
    return {
      method,
      url,
      requestHeaders: request.headers,
      requestBody,
      status: answer.statusCode ?? 502,
      responseHeaders: answer.headers,
      responseBody,
      arrivals,
    }
  } catch (cause) {
    if (response.headersSent) response.destroy()
    else response.writeHead(502, { 'content-type': 'text/plain' }).end(String(cause))
    throw cause
  }
}

/** Rejects if it breaks off. */
export async function whole(side: IncomingMessage, pass: (chunk: Buffer) => void = () => {}): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of side) {
    chunks.push(chunk)
    pass(chunk)
  }
  return Buffer.concat(chunks)
}

/** What is kept must be readable, and its events are told apart by their bytes: it is not compressed. */
function headersOf({ headers }: IncomingMessage, isKept: boolean): IncomingHttpHeaders {
  const isAsked = isKept && headers['accept-encoding'] !== undefined
  return { ...forwarded(headers), ...(isAsked ? { 'accept-encoding': 'identity' } : {}) }
}

function forwarded(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_CONNECTION.has(name)))
}

/** It is the client's call that is observed, and not ours. */
function ask(
  url: string,
  method: string,
  { 'transfer-encoding': _, ...headers }: IncomingHttpHeaders,
  body: Buffer,
  response: ServerResponse,
  letThrough: Capture['letThrough'],
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    suppress(() => {
      const send = url.startsWith('https:') ? httpsRequest : httpRequest
      const length = body.length > 0 ? { 'content-length': body.length } : {}
      // An agent would connect later, when nobody lets it through.
      const options = { method, headers: { ...headers, ...length }, agent: false }
      const asking = letThrough(() => send(url, options, resolve))
      asking.on('error', reject)
      response.on('close', () => asking.destroy())
      asking.end(body)
    })
  })
}
