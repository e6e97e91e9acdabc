import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { brotliCompressSync, deflateRawSync, gzipSync } from 'node:zlib'
import type { RequestReader } from './request-reader'

/** What a server does with a request, byte by byte. */
export interface Fault {
  /** Once the head has arrived, or, by default, the whole request. */
  readonly at?: 'head'
  answer(socket: Socket, request: RequestReader): void
}

const CHAT = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_700_000_000,
  model: 'gpt-4o-mini-2024-07-18',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi there' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 8, completion_tokens: 2, total_tokens: 10 },
})

function delta(content: string, finish: string | null = null): string {
  const choices = [{ index: 0, delta: { content }, finish_reason: finish }]
  const chunk = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o-mini', choices }
  return `data: ${JSON.stringify(chunk)}\n\n`
}

const EVENTS = [delta('Hi'), delta(' there'), delta('', 'stop'), 'data: [DONE]\n\n']
const ERROR_EVENT = 'data: {"error":{"message":"overloaded","type":"server_error","code":"busy"}}\n\n'
const GZIP = gzipSync(CHAT)

type Headers = Record<string, string>

const JSON_TYPE: Headers = { 'content-type': 'application/json' }
const SSE_TYPE: Headers = { 'content-type': 'text/event-stream' }
/** Says nothing more, and leaves the connection open. */
const HANG = (): void => {}

function head(status: string, headers: Headers): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status}\r\n${lines.join('')}\r\n`
}

function whole(body: string | Buffer = CHAT, headers: Headers = JSON_TYPE, status = '200 OK'): Fault {
  const bytes = Buffer.from(body)
  const length = { 'content-length': String(bytes.length) }
  return {
    answer: (socket, { method }) => {
      socket.write(head(status, { ...headers, ...length }))
      if (method !== 'HEAD') socket.write(bytes)
    },
  }
}

/** A body in chunks, and how it goes on after them. */
function chunked(pieces: readonly string[], after: (socket: Socket) => void, headers: Headers = SSE_TYPE): Fault {
  return {
    answer: socket => {
      socket.write(head('200 OK', { ...headers, 'transfer-encoding': 'chunked' }))
      for (const piece of pieces) socket.write(`${Buffer.byteLength(piece).toString(16)}\r\n${piece}\r\n`)
      after(socket)
    },
  }
}

/** Bytes as they are, and how it goes on after them. */
function raw(bytes: string | Buffer, after: (socket: Socket) => void = HANG): Fault {
  return {
    answer: socket => {
      socket.write(bytes)
      after(socket)
    },
  }
}

/** How long a client may take to read what came before a reset, which throws away what is still unread. */
const UNREAD_MS = 30
// Node cannot reset a connection of TLS, which ends without a goodbye instead.
const breakOff = (socket: Socket): unknown =>
  socket instanceof TLSSocket ? socket.destroy() : socket.resetAndDestroy()
const reset = (socket: Socket): void => void setTimeout(() => breakOff(socket), UNREAD_MS)
const end = (socket: Socket): void => void socket.end()
const last = (socket: Socket): void => void socket.write('0\r\n\r\n')

function failing(status: string, headers: Headers = {}): Fault {
  const error = { message: 'as asked', type: 'invalid_request_error', param: null, code: 'some_code' }
  return whole(JSON.stringify({ error }), { ...JSON_TYPE, ...headers }, status)
}

function redirect(status: string, target: string): Fault {
  const away = whole('', { location: target }, status)
  const there = whole()
  return { answer: (socket, request) => (request.path === target ? there : away).answer(socket, request) }
}

const length = (bytes: number): string => head('200 OK', { ...JSON_TYPE, 'content-length': String(bytes) })
const many = (count: number): string =>
  Array.from({ length: count }, (_, i) => `x-many-${i}: ${'v'.repeat(20)}\r\n`).join('')

/** By name; a scene's name begins with it. */
export const FAULTS: Record<string, Fault> = {
  ok: whole(),
  stream: chunked(EVENTS, last),
  hang: { answer: HANG },
  hangAtHead: { at: 'head', answer: HANG },
  hangInBody: chunked(EVENTS.slice(0, 2), HANG),
  hangInLength: raw(length(CHAT.length) + CHAT.slice(0, 40)),
  resetBeforeHead: { answer: reset },
  resetInHead: raw('HTTP/1.1 200 OK\r\ncontent-ty', reset),
  resetInBody: chunked(EVENTS.slice(0, 2), reset),
  resetInLength: raw(length(CHAT.length) + CHAT.slice(0, 40), reset),
  closedBeforeHead: { answer: end },
  cutLength: raw(length(CHAT.length) + CHAT.slice(0, 40), end),
  cutChunked: chunked(EVENTS.slice(0, 2), end),
  early: { at: 'head', answer: socket => socket.write(`${length(CHAT.length)}${CHAT}`) },
  earlyRefusal: {
    at: 'head',
    answer: socket => socket.end(head('413 Too Large', { 'content-length': '0', connection: 'close' })),
  },
  continue100: {
    at: 'head',
    answer: socket => {
      socket.write('HTTP/1.1 100 Continue\r\n\r\n')
      // The body is not waited for: what comes of it is in the record.
      socket.once('data', () => socket.write(`${length(CHAT.length)}${CHAT}`))
    },
  },
  hints103: raw(`HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n${length(CHAT.length)}${CHAT}`),
  processing102: raw(`HTTP/1.1 102 Processing\r\n\r\n${length(CHAT.length)}${CHAT}`),
  noContent: raw(head('204 No Content', {})),
  noContentWithBody: raw(`${head('204 No Content', { 'content-length': '5' })}hello`),
  notModified: raw(head('304 Not Modified', { etag: '"x"' })),
  redirect307: redirect('307 Temporary Redirect', '/v1/there'),
  redirect302: redirect('302 Found', '/v1/there'),
  redirectNowhere: whole('', {}, '302 Found'),
  gzip: whole(GZIP, { ...JSON_TYPE, 'content-encoding': 'gzip' }),
  gzipCut: whole(GZIP.subarray(0, -20), { ...JSON_TYPE, 'content-encoding': 'gzip' }),
  gzipLie: whole(CHAT, { ...JSON_TYPE, 'content-encoding': 'gzip' }),
  gzipBomb: whole(gzipSync(`{"id":"${'x'.repeat(8 << 20)}"}`), { ...JSON_TYPE, 'content-encoding': 'gzip' }),
  gzipTwice: whole(gzipSync(GZIP), { ...JSON_TYPE, 'content-encoding': 'gzip, gzip' }),
  deflateRaw: whole(deflateRawSync(CHAT), { ...JSON_TYPE, 'content-encoding': 'deflate' }),
  brotli: whole(brotliCompressSync(CHAT), { ...JSON_TYPE, 'content-encoding': 'br' }),
  unknownEncoding: whole(CHAT, { ...JSON_TYPE, 'content-encoding': 'snappy' }),
  sseError: chunked([...EVENTS.slice(0, 1), ERROR_EVENT, ...EVENTS.slice(1)], last),
  sseErrorFirst: chunked([ERROR_EVENT], last),
  sseNoEnd: chunked(EVENTS.slice(0, 2), last),
  sseGarbage: chunked([EVENTS[0] ?? '', 'data: {"choices": tru\n\n'], last),
  badRequest: failing('400 Bad Request'),
  unauthorized: failing('401 Unauthorized', { 'www-authenticate': 'Bearer realm="x"' }),
  tooMany: failing('429 Too Many Requests', { 'retry-after': '1', 'x-ratelimit-remaining-requests': '0' }),
  serverError: failing('500 Internal Server Error'),
  htmlError: whole('<html>502</html>', { 'content-type': 'text/html' }, '502 Bad Gateway'),
  notJson: whole('{"id": tru'),
  empty: whole(''),
  hugeHead: raw(`HTTP/1.1 200 OK\r\nx-huge: ${'h'.repeat(40_000)}\r\ncontent-length: 0\r\n\r\n`),
  manyHeaders: raw(`HTTP/1.1 200 OK\r\n${many(300)}content-length: ${CHAT.length}\r\n\r\n${CHAT}`),
  repeatedHeaders: raw(
    `HTTP/1.1 200 OK\r\nx-a: 1\r\nx-a: 2\r\nset-cookie: a=1\r\nset-cookie: b=2\r\nContent-Type: application/json\r\ncontent-type: text/plain\r\ncontent-length: ${CHAT.length}\r\n\r\n${CHAT}`,
  ),
  latinHeader: raw(
    Buffer.from(
      `HTTP/1.1 200 caf\u00e9\r\nx-latin: caf\u00e9\r\ncontent-length: ${CHAT.length}\r\n\r\n${CHAT}`,
      'latin1',
    ),
  ),
  badHead: raw('not HTTP at all\r\n\r\n', end),
  badLength: raw(`HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n${CHAT}`, end),
  badChunk: raw(`${head('200 OK', { ...SSE_TYPE, 'transfer-encoding': 'chunked' })}zz\r\nhello\r\n`, end),
  http10: raw(`HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n${CHAT}`, end),
  trailers: raw(
    `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-sum\r\n\r\n${CHAT.length.toString(16)}\r\n${CHAT}\r\n0\r\nx-sum: 7\r\n\r\n`,
  ),
  extraBytes: raw(`${length(CHAT.length)}${CHAT}HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n`),
  switching: raw('HTTP/1.1 101 Switching Protocols\r\nupgrade: odd\r\nconnection: upgrade\r\n\r\nodd bytes'),
  closing: raw(`HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: ${CHAT.length}\r\n\r\n${CHAT}`, end),
}
