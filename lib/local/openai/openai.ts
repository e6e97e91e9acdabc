import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type Certificate, makeCertificate } from '../certificate'
import { listen } from '../listen'
import { loadTapes, type Tape } from '../tapes/tape'
import { parseAnswer, type StandInAnswer } from './answer'
import { type Received, receive } from './received'
import { reply } from './reply'

export interface OpenAIOptions {
  /** The project's own if not given. */
  tapes?: readonly Tape[]
  /** HTTPS, with a certificate of a throw-away authority. */
  tls?: boolean
  /** 0, the default: a free one. */
  port?: number
  /** The loopback address to listen at. */
  address?: '127.0.0.1' | '::1'
  /** How to answer a request; a request's own `x-tape` and `x-answer` (JSON of a `StandInAnswer`) headers go before it. */
  script?: (received: Received) => StandInAnswer | undefined
}

/** A running stand-in for the OpenAI API. */
export interface OpenAIStandIn {
  readonly origin: string
  /** `127.0.0.1:port` */
  readonly host: string
  readonly port: number
  /** Every request so far, in order of arrival. */
  readonly calls: readonly Received[]
  /** The authority to trust, as PEM and as a file; with `tls` only. */
  readonly ca?: string
  readonly caFile?: string
  /** Hands a path (without its query) to a handler of the caller's. */
  respond(path: string, handler: RequestListener): void
  /** Closes all connections and deletes the authority's file. */
  close(): Promise<void>
}

/** Starts a server that answers from tapes. Rejects with one line if the port is taken or a tape is bad. */
export async function startOpenAI(options: OpenAIOptions = {}): Promise<OpenAIStandIn> {
  const { tls = false, port: wanted = 0, address = '127.0.0.1', script } = options
  const tapes = options.tapes ?? loadTapes()
  const certificate = tls ? await makeCertificate() : undefined
  const calls: Received[] = []
  const handlers = new Map<string, RequestListener>()

  const onRequest: RequestListener = (req, res) => {
    const received = receive(req, res)
    calls.push(received)
    res.on('error', () => {})
    const handler = handlers.get(received.url.replace(/\?.*$/, ''))
    if (handler) handler(req, res)
    else void received.complete.then(() => answer(res, received, tapes, script))
  }
  const server = certificate ? createTlsServer(certificate, onRequest) : createServer(onRequest)
  const port = await listen(server, wanted, address).catch(discard(certificate))
  const host = `${address === '::1' ? '[::1]' : address}:${port}`
  return {
    origin: `${tls ? 'https' : 'http'}://${host}`,
    host,
    port,
    calls,
    ...(certificate && { ca: certificate.ca, caFile: certificate.caFile }),
    respond: (path, handler) => void handlers.set(path, handler),
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
      certificate?.remove()
    },
  }
}

const discard = (certificate: Certificate | undefined) => (cause: unknown) => {
  certificate?.remove()
  throw cause
}

async function answer(
  res: ServerResponse,
  received: Received,
  tapes: readonly Tape[],
  script: OpenAIOptions['script'],
): Promise<void> {
  try {
    await reply(res, received, tapes, askedFor(received, script))
  } catch (cause) {
    // A bad x-answer, or a script that throws: told to the client, since nothing awaits this.
    if (res.headersSent) res.destroy()
    else res.writeHead(400, { 'content-type': 'text/plain' }).end(String(cause))
  }
}

function askedFor(received: Received, script: OpenAIOptions['script']): StandInAnswer {
  const { 'x-answer': header, 'x-tape': tape } = received.headers
  return {
    ...script?.(received),
    ...(typeof header === 'string' && parseAnswer(header)),
    ...(typeof tape === 'string' && { tape }),
  }
}
