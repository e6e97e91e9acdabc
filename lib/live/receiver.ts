import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Refusal, refusalOf } from './access'
import { feed } from './feed'
import { pageFile } from './page-files'
import type { Session } from './session'

export interface Receiver {
  readonly port: number
  readonly token: string
  /** Of the page, with the token. */
  readonly url: string
  /** Resolves when nothing comes in any more of what has been sent so far, or a second has passed. */
  settled(): Promise<void>
  close(): Promise<void>
}

export interface ReceiverOptions {
  readonly session: Session
  /** 0 or absent: any that is free. */
  readonly port?: number
  /** Is given each line that a process has posted. */
  take(line: string): void
}

/** Of a post; a process sends less at once, but for one very long line. */
const MOST_POST_BYTES = 64 * 1_048_576

const MOST_SETTLING_MS = 1_000
const QUIET_TURNS = 10

/** No script, style, image or request but our own, in no frame, and no form that leads away. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
}

const REFUSALS: Readonly<Record<Refusal, string>> = {
  host: 'this address is not known under that name\n',
  origin: 'other sites may not ask here\n',
  token: 'open the address that the terminal shows, with its token\n',
}

const NOTHING = 'there is nothing here\n'
const NO_PAGE = 'this build has no page: the terminal shows the calls\n'

type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

/**
 * Listens on loopback only:
 *
 * - `POST /events`: lines from the observed processes.
 * - `GET /events`: the feed of the page (see `feed.ts`).
 * - `GET /wire/ID`: a call's `wire` as JSON; 404 where there was none, or it is no longer kept.
 * - `GET /` and other names: the page's files.
 *
 * All but the page's own files need the token, as `Authorization: Bearer` or `?token=`.
 */
export async function startReceiver({ session, port: wanted = 0, take }: ReceiverOptions): Promise<Receiver> {
  const token = randomBytes(24).toString('hex')
  let posts = 0
  const handlers: Readonly<Record<string, Handler>> = {
    'POST /events': async (request, response) => {
      posts += 1
      await takePost(request, response, take).finally(() => {
        posts -= 1
      })
    },
    'GET /events': (request, response) => feed(session, request, response),
    'GET /wire': (request, response) => sendWire(session, request, response),
  }
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
    const { port } = server.address() as AddressInfo
    const path = (request.url ?? '/').replace(/\?.*$/s, '')
    const handler = handlers[`${request.method} ${path.startsWith('/wire/') ? '/wire' : path}`]
    const refusal = refusalOf(request, port, token)
    const isFile = handler === undefined && path !== '/'
    if (refusal !== undefined && !(refusal === 'token' && isFile)) return refuse(response, refusal)
    const done = handler === undefined ? sendFile(request, path, response) : handler(request, response)
    Promise.resolve(done).catch(() => response.destroy())
  })
  // A process posts when it has something to tell, be it once an hour.
  server.keepAliveTimeout = 0
  server.requestTimeout = 0
  const port = await listening(server, wanted)
  return {
    port,
    token,
    url: `http://127.0.0.1:${port}/?token=${token}`,
    async settled() {
      const deadline = performance.now() + MOST_SETTLING_MS
      // What a process that has ended has sent is with the system: a few turns bring it in.
      for (let quiet = 0; quiet < QUIET_TURNS && performance.now() < deadline; quiet = posts > 0 ? 0 : quiet + 1) {
        await new Promise(resolve => setTimeout(resolve, 1))
      }
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listening(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

function refuse(response: ServerResponse, refusal: Refusal): void {
  response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8' }).end(REFUSALS[refusal])
}

async function takePost(
  request: IncomingMessage,
  response: ServerResponse,
  take: (line: string) => void,
): Promise<void> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes > MOST_POST_BYTES) {
      response.writeHead(413, { connection: 'close' }).end()
      return
    }
    chunks.push(chunk)
  }
  for (const line of Buffer.concat(chunks).toString().split('\n')) if (line !== '') take(line)
  response.writeHead(204).end()
}

function sendWire(session: Session, request: IncomingMessage, response: ServerResponse): void {
  const [, id = ''] = /^\/wire\/([\w.-]+)/.exec(request.url ?? '') ?? []
  const wire = session.wireOf(id)
  if (wire === undefined) response.writeHead(404, { 'content-type': 'application/json' }).end('null')
  else response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(wire))
}

async function sendFile(request: IncomingMessage, path: string, response: ServerResponse): Promise<void> {
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  const file = isRead ? await pageFile(path) : undefined
  if (file !== undefined) response.writeHead(200, { 'content-type': file.type }).end(file.bytes)
  else response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end(path === '/' ? NO_PAGE : NOTHING)
}
