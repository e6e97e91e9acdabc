import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Json } from '../../openai/json'
import { chooseTape } from '../tapes/choose'
import { eventText } from '../tapes/event-stream'
import { events, responseBytes, type Tape } from '../tapes/tape'
import { type AnswerEncoding, ENCODINGS, type StandInAnswer } from './answer'
import type { Received } from './received'
import { breakOff, deliver, encodePieces, encodeWhole, encodingName, paced, slices } from './wire'

/** A response before it is put on the wire. */
interface Reply {
  status: number
  headers: Record<string, string>
  /** One for a whole body, one an event for a stream. */
  pieces: readonly Buffer[]
  streamed: boolean
  encoding: AnswerEncoding
}

/** Belong to a connection or to the body as it was sent once, and are made anew. */
const NOT_REPLAYED = /^(connection|keep-alive|transfer-encoding|content-length|content-encoding|date|te|trailer)$/i

/** Answers a request whose body is complete. */
export async function reply(
  res: ServerResponse,
  received: Received,
  tapes: readonly Tape[],
  asked: StandInAnswer,
): Promise<void> {
  if (asked.headDelayMs) await sleep(asked.headDelayMs, undefined, { ref: false })
  const { fault } = asked
  if (fault && fault.kind !== 'truncate' && fault.afterBytes === undefined) return breakOff(res, fault)
  if (asked.earlyHints) res.writeEarlyHints({ link: '</v1/models>; rel=preload; as=fetch' })
  const { redirect } = asked
  if (redirect !== undefined && redirect !== received.url) {
    res.writeHead(asked.status ?? 307, { location: redirect }).end()
    return
  }
  const { tape, ...made } = make(received, tapes, asked)
  if (tape) received.tape = tape.name
  await writeReply(res, received, made, asked)
}

/** An error as the API words it. */
export function failureReply(status: number, message: string, type = 'invalid_request_error'): Reply {
  const code = status === 429 ? 'rate_limit_exceeded' : null
  return json(status, { error: { message, type: status >= 500 ? 'server_error' : type, param: null, code } })
}

function make(received: Received, tapes: readonly Tape[], asked: StandInAnswer): Reply & { tape?: Tape } {
  const { status, body, headers = {} } = asked
  if (body !== undefined) return withHeaders(json(status ?? 200, body), headers)
  const tape = asked.tape === undefined ? choose(tapes, received) : tapes.find(({ name }) => name === asked.tape)
  if (status !== undefined && status >= 400 && tape?.response.status !== status) {
    return withHeaders(failureReply(status, `The stand-in was asked to answer ${status}`), headers)
  }
  if (!tape)
    return failureReply(
      404,
      `no tape ${asked.tape === undefined ? 'answers' : `"${asked.tape}" for`} ${describe(received)}`,
    )
  return { ...withHeaders(replayed(tape, received, status), headers), tape }
}

function choose(tapes: readonly Tape[], { method, url, headers, body }: Received): Tape | undefined {
  return chooseTape(tapes, { method, path: url, body, contentType: headers['content-type'] ?? '' })
}

/** What was asked, as far as a message can show it. */
function describe({ method, url, body }: Received): string {
  const shown = body.toString().slice(0, 200)
  return shown === '' ? `${method} ${url}` : `${method} ${url} ${shown}`
}

function replayed(tape: Tape, received: Received, status = tape.response.status): Reply {
  const headers = Object.entries(tape.response.headers).filter(([name]) => !NOT_REPLAYED.test(name))
  return {
    status,
    headers: Object.fromEntries(headers),
    pieces: piecesOf(tape),
    streamed: events(tape) !== undefined,
    encoding: recorded(tape, String(received.headers['accept-encoding'] ?? '')),
  }
}

/** The encoding of the recording, for a client that takes it. */
function recorded({ response }: Tape, accepted: string): AnswerEncoding {
  const encoding = ENCODINGS.find(name => name === response.contentEncoding)
  return encoding && accepted.includes(encoding) ? encoding : 'identity'
}

const rendered = new WeakMap<Tape, readonly Buffer[]>()

function piecesOf(tape: Tape): readonly Buffer[] {
  const known = rendered.get(tape)
  if (known) return known
  const pieces = events(tape)?.map(event => Buffer.from(eventText(event))) ?? [responseBytes(tape)]
  rendered.set(tape, pieces)
  return pieces
}

function json(status: number, body: Json): Reply {
  const headers = { 'content-type': 'application/json' }
  return {
    status,
    headers,
    pieces: [Buffer.from(JSON.stringify(body, null, 2))],
    streamed: false,
    encoding: 'identity',
  }
}

function withHeaders(made: Reply, headers: Record<string, string>): Reply {
  return { ...made, headers: { ...made.headers, ...headers } }
}

async function writeReply(res: ServerResponse, received: Received, made: Reply, asked: StandInAnswer): Promise<void> {
  const { pieceBytes, delayMs = 0, encoding = made.encoding } = asked
  const gone = new AbortController()
  res.once('close', () => gone.abort())
  const bytes = Buffer.concat(made.pieces)
  const wire = made.streamed ? bytes : encodeWhole(bytes, encoding)
  const whole = made.streamed ? made.pieces : [wire]
  const pieces = paced(pieceBytes ? slices(wire, pieceBytes) : whole, delayMs, gone.signal)
  const name = encodingName(encoding)
  res.writeHead(made.status, {
    ...made.headers,
    ...(name !== undefined && { 'content-encoding': name }),
    ...(!made.streamed && hasBody(made.status) && { 'content-length': wire.length }),
  })
  const fault = asked.fault && { afterBytes: Math.floor(wire.length / 2), ...asked.fault }
  await deliver(res, made.streamed ? encodePieces(pieces, encoding) : pieces, received, fault)
}

function hasBody(status: number): boolean {
  return status >= 200 && status !== 204 && status !== 304
}
