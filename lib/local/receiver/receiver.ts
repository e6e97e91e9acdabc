import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import { type Certificate, makeCertificate } from '../certificate'
import { listen } from '../listen'
import { applyTrouble, type Trouble } from './trouble'

/** A request with its whole body, still compressed if it came so. */
export interface ReceivedRequest {
  req: IncomingMessage
  res: ServerResponse
  body: Buffer
}

export interface ReceiverOptions {
  port?: number
  tls?: boolean
}

/** The common ground of the stand-ins that are sent things: listening, trouble on command, going away and back. */
export interface Receiver {
  readonly url: string
  readonly port: number
  readonly ca?: string
  readonly caFile?: string
  /** How many requests have arrived, whatever became of them. */
  requests(): number
  /** Without an argument: no trouble any more. */
  trouble(trouble?: Trouble): void
  /** Stops listening: connections are refused until `up`. */
  down(): Promise<void>
  /** Listens again, at the same port. */
  up(): Promise<void>
  close(): Promise<void>
}

export async function startReceiver(
  { port: wanted = 0, tls = false }: ReceiverOptions,
  take: (received: ReceivedRequest) => void,
): Promise<Receiver> {
  let trouble: Trouble = {}
  let arrived = 0
  let troubledSince = 0
  const certificate = tls ? await makeCertificate() : undefined

  const onRequest = async (req: IncomingMessage, res: ServerResponse) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk)
    arrived += 1
    const spared = (arrived - troubledSince) % (trouble.everyNth ?? 1) !== 0
    if (spared || !(await applyTrouble(trouble, req, res))) take({ req, res, body: Buffer.concat(chunks) })
  }
  const listener = (req: IncomingMessage, res: ServerResponse) => {
    // A client that goes in mid-request is no concern of the server's.
    onRequest(req, res).catch(cause => res.destroy(cause))
  }
  const server = certificate ? createTlsServer(certificate, listener) : createServer(listener)
  server.prependListener('connection', (socket: Socket) => {
    if (trouble.tlsFailure) socket.end('this is not TLS\r\n')
  })
  const port = await listen(server, wanted).catch(cause => {
    certificate?.remove()
    throw cause
  })
  const down = async () => {
    server.closeAllConnections()
    if (server.listening) await new Promise(resolve => server.close(resolve))
  }
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    ...ofCertificate(certificate),
    requests: () => arrived,
    trouble: (next = {}) => {
      trouble = next
      troubledSince = arrived
    },
    down,
    up: async () => void (await listen(server, port)),
    close: async () => {
      await down()
      certificate?.remove()
    },
  }
}

function ofCertificate(certificate: Certificate | undefined): Pick<Receiver, 'ca' | 'caFile'> {
  return certificate ? { ca: certificate.ca, caFile: certificate.caFile } : {}
}
