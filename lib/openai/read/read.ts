import { clipped } from '../../redact/clipped'
import { Recent } from '../../remembered'
import type { Body } from '../../transport/body'
import { type Decoded, decode } from '../../transport/decode'
import type { Exchange } from '../../transport/exchange'
import type { Headers } from '../../transport/headers'
import { isTimeout } from '../../transport/outcome'
import { pause } from '../../turns'
import type { Call, CallDraft, CallError, CallStart, Facts, Incomplete, StreamFacts, Usage } from '../call'
import { callOf } from '../call-of'
import { at, field, type Json, str } from '../json'
import { paramsOf } from '../params'
import type { Asked, Payload, Reader } from '../readers/reader'
import { longestFirst, secretsInBody } from './credentials'
import { bodyError, httpError, networkError } from './errors'
import { defined, type HeaderFacts, readHeaders } from './headers'
import { type BodyReading, isBinary, readRequest, readResponse } from './payload'
import { looksLikeEvents } from './sse'
import { readStream, type StreamReading } from './stream'
import type { StreamTimes } from './stream-times'

/** What recognising a request has told, before a byte was read. */
export interface Recognised {
  readonly start: CallStart
  readonly reader: Reader
  readonly params: ReadonlyMap<string, string>
  readonly query: string
  /** The operation's model, where the path names it. */
  readonly pathModel?: string
  /** Where in the request's body the model stands; dots lead into objects. */
  readonly modelField: string
  /** The answer is a file: its size is all that is read of it. */
  readonly answersFile: boolean
  /** Path without the query. */
  readonly path: string
}

/** A call, and the bodies it was read from: for counting tokens. */
export interface ReadCall {
  readonly call: CallDraft
  readonly request?: Json
  readonly response?: Json
  readonly headers: HeaderFacts
  /** Kept bytes of the request, and its full size: what an attempt is known again by. */
  readonly sent: { readonly bytes: readonly Uint8Array[]; readonly size: number }
  /** What passed, undone of its encodings: for those who show it. */
  readonly decoded?: DecodedBodies
}

export interface DecodedBodies {
  readonly sent: Decoded
  readonly received: Decoded
}

/** What is only made for those who show it. */
export interface Wanted {
  /** A copy of all that was asked and answered. */
  readonly sample: boolean
  /** What passed on the wire. */
  readonly wire: boolean
  /** Characters of each prompt and output: what is beyond is not searched for secrets, and given to nobody. */
  readonly textChars: number
}

/** Kept of a decompressed body at least. */
const LEAST_OUTPUT = 64 * 1024
const NO_FACTS: Facts = { fields: new Map(), content: new Map() }
const NO_PAYLOAD: Payload = { kind: 'none' }
const LONGEST_MODEL = 200
const WHOLE: Wanted = { sample: true, wire: false, textChars: Number.POSITIVE_INFINITY }
/** Of a query so much is read; what is beyond is not shown. */
const LONGEST_QUERY = 16 * 1024
/** The SDK's clock runs while `fetch` still prepares the request: by ours its timeout comes early. */
const SDK_AHEAD_MS = 100

/** Both sides' headers: making them takes as long as reading them, so it is done once. */
interface BothHeaders {
  readonly request: Headers
  readonly response: Headers
}

/** Both bodies of an exchange as far as they could be read. */
interface Bodies {
  readonly asking: BodyReading
  readonly answering: BodyReading
  /** Where the answer was a stream of events. */
  readonly stream: StreamReading | undefined
  readonly sent: Decoded
  readonly received: Decoded
}

/** Builds the call out of an ended exchange. Nothing here runs on the app's stack. */
export async function readCall(
  exchange: Exchange,
  recognised: Recognised,
  maxBodyBytes: number,
  wanted: Wanted = WHOLE,
): Promise<ReadCall> {
  const { start, reader } = recognised
  const { status, state } = exchange
  const wire = headersIn(exchange)
  const bodies = await readBodies(exchange, recognised, wire, maxBodyBytes)
  const { asking, answering, stream, sent, received } = bodies
  const request = jsonOf(asking.payload)
  const response = jsonOf(answering.payload)
  const headers = withBodySecrets(headersOf(exchange, recognised, wire), request)
  const query = paramsOf(recognised.query.slice(0, LONGEST_QUERY))
  const asked: Asked = { payload: asking.payload, params: recognised.params, query }
  const succeeded = hasSucceeded(exchange)
  const error = errorOf(exchange, headers, answering.payload, reader, stream !== undefined)
  const outcome = state.is === 'ended' ? state.outcome : 'abandoned'
  const { networkMs, loopBusyMs } = network(exchange, headers.processingMs)
  await pause()
  const requestFacts = reader.request(asked)
  await pause()
  const responseFacts = succeeded ? reader.response(answering.payload) : NO_FACTS
  await pause()

  const answered = succeeded ? answering.payload : NO_PAYLOAD
  const call = callOf(start, {
    durationMs: durationOf(exchange),
    http: httpOf(start.api.base, exchange, recognised.path),
    model: modelOf(asking.payload, recognised),
    responseModel: succeeded ? str(field(response, 'model'))?.slice(0, LONGEST_MODEL) : undefined,
    caller: headers.caller,
    request: clipped(requestFacts, wanted.textChars),
    response: clipped(responseFacts, wanted.textChars),
    parameters: wanted.sample ? reader.parameters?.(asked, answered) : undefined,
    sample: (wanted.sample ? reader.sample : undefined)?.(asked, answered) ?? {},
    usage: succeeded && response !== undefined ? reader.usage?.(response) : undefined,
    serviceTier: str(field(response, 'service_tier')) ?? str(field(request, 'service_tier')),
    error,
    incomplete: succeeded ? incompleteOf(exchange, reader, response, stream, error) : undefined,
    aborted: outcome === 'aborted' && error === undefined && stream?.ended !== true,
    stream: stream === undefined ? undefined : streamFacts(exchange, stream),
    rateLimits: headers.rateLimits,
    processingMs: headers.processingMs,
    networkMs,
    loopBusyMs,
    retryAfterMs: status !== undefined && status >= 400 ? headers.retryAfterMs : undefined,
    attempt: headers.attempt,
    truncated: isCut(bodies) || (outcome === 'failed' && status !== undefined),
    unparsed: [...(asking.unparsed ? ['request'] : []), ...(answering.unparsed ? ['response'] : [])],
  })
  const bytes = { bytes: [sent.head, sent.tail], size: sent.size }
  return defined<ReadCall>({
    call,
    request,
    response,
    headers,
    sent: bytes,
    decoded: wanted.wire ? { sent, received } : undefined,
  })
}

/** Decodes both bodies, reads what is there, and gives the exchange's memory back. */
async function readBodies(
  exchange: Exchange,
  recognised: Recognised,
  wire: BothHeaders,
  maxBodyBytes: number,
): Promise<Bodies> {
  const limit = Math.max(LEAST_OUTPUT, maxBodyBytes)
  const [sent, received] = await Promise.all([
    decode(exchange.requestBody, wire.request.get('content-encoding'), limit),
    decode(exchange.responseBody, wire.response.get('content-encoding'), limit),
  ])
  try {
    return await readBoth(exchange, recognised, wire, sent, received)
  } finally {
    // Not before: what is being read counts like what is being received.
    exchange.release()
    sent.release()
    received.release()
  }
}

async function readBoth(
  exchange: Exchange,
  recognised: Recognised,
  wire: BothHeaders,
  sent: Decoded,
  received: Decoded,
): Promise<Bodies> {
  const asking = await readRequest(sent, wire.request.get('content-type')?.trim() ?? '')
  const type = wire.response.get('content-type')?.trim().toLowerCase() ?? ''
  const succeeded = hasSucceeded(exchange)
  const isFile = succeeded && (recognised.answersFile || isBinary(type))
  const isStream =
    succeeded && !recognised.answersFile && (type.startsWith('text/event-stream') || looksLikeEvents(received.head))
  const events = isStream ? await readStream(received, recognised.reader) : undefined
  // An error is often sent as JSON under the type of the stream that was asked for.
  const stream = events?.events === 0 && isJson(received.head) ? undefined : events
  return { asking, answering: stream ?? (await readResponse(received, type, isFile)), stream, sent, received }
}

/** Not all of it was read: over the bound of bytes or of values. */
function isCut({ sent, received, asking, answering }: Bodies): boolean {
  return sent.truncated || received.truncated || asking.bounded === true || answering.bounded === true
}

function isJson(head: Uint8Array): boolean {
  return /^\s*[{[]/.test(Buffer.from(head.subarray(0, 64)).toString())
}

function hasSucceeded({ status }: Exchange): boolean {
  return status !== undefined && status < 400
}

/** What the headers of both sides tell: all of a call that is known without reading its bodies. */
export function headersOf(
  exchange: Exchange,
  { start, query }: Recognised,
  wire: BothHeaders = headersIn(exchange),
): HeaderFacts {
  const answeredAt = start.startedAt + since(exchange, exchange.headAt)
  const target = { origin: exchange.origin, query }
  return readHeaders(wire.request, wire.response, answeredAt, target)
}

function withBodySecrets(headers: HeaderFacts, request: Json | undefined): HeaderFacts {
  const more = secretsInBody(request)
  return more.length === 0 ? headers : { ...headers, secrets: longestFirst([...headers.secrets, ...more]) }
}

function headersIn(exchange: Exchange): BothHeaders {
  return { request: exchange.requestHeaders(), response: exchange.responseHeaders() }
}

/** What is known of a call without reading it, for when a fault of ours keeps us from that: it must end all the same. */
export function unreadCall(exchange: Exchange, recognised: Recognised, headers?: HeaderFacts): Call {
  const { start, path, pathModel, reader } = recognised
  const { status, state } = exchange
  const told = headers && errorOf(exchange, headers, NO_PAYLOAD, reader, false)
  const error = told ?? (status !== undefined && status >= 400 ? httpError(status, NO_PAYLOAD) : undefined)
  return {
    ...start,
    durationMs: durationOf(exchange),
    http: httpOf(start.api.base, exchange, path),
    ...(pathModel === undefined ? {} : { model: pathModel }),
    caller: headers?.caller ?? {},
    request: NO_FACTS,
    response: NO_FACTS,
    sample: {},
    ...(error === undefined ? {} : { error }),
    ...(headers?.attempt === undefined ? {} : { attempt: headers.attempt }),
    ...(headers?.processingMs === undefined ? {} : { processingMs: headers.processingMs }),
    aborted: state.is === 'ended' && state.outcome === 'aborted' && error === undefined,
    rateLimits: headers?.rateLimits ?? new Map(),
    truncated: false,
    unparsed: ['request', 'response'],
  }
}

function durationOf({ state, startedAt }: Exchange): number {
  return state.is === 'ended' ? state.at - startedAt : 0
}

function jsonOf(payload: Payload): Json | undefined {
  return payload.kind === 'json' ? payload.value : undefined
}

function since(exchange: Exchange, time: number | undefined): number {
  return time === undefined ? 0 : Math.max(0, time - exchange.startedAt)
}

/** Body, form field, path (where an Azure deployment stands, too): in that order. */
function modelOf(payload: Payload, { modelField, pathModel }: Recognised): string | undefined {
  const form = payload.kind === 'form' ? payload.fields.get(modelField) : undefined
  return (str(at(jsonOf(payload), ...modelField.split('.'))) ?? str(form) ?? pathModel)?.slice(0, LONGEST_MODEL)
}

const PORTS: Readonly<Record<string, number>> = { 'https:': 443, 'http:': 80, 'wss:': 443, 'ws:': 80 }

const NOWHERE = { protocol: '', hostname: '', port: '', origin: '' }

/** Bases are few, and a URL takes 10 µs to parse in a process that does other things too. */
const bases = new Recent<typeof NOWHERE>(100, 300)

/** From `api.base`, which has neither userinfo nor query. */
export function httpOf(base: string, exchange: Exchange, path: string): Call['http'] {
  // A `host` header may say anything while the connection goes elsewhere.
  const { protocol, hostname, port, origin } = bases.of(base, () => (URL.canParse(base) ? partsOf(base) : NOWHERE))
  const http: Call['http'] = {
    url: `${origin}${path}`,
    host: hostname,
    port: port === '' ? (PORTS[protocol] ?? 0) : Number(port),
  }
  if (exchange.status !== undefined) http.status = exchange.status
  return http
}

/** Plain members: those of a URL are made at every look. */
function partsOf(base: string): typeof NOWHERE {
  const { protocol, hostname, port, origin } = new URL(base)
  return { protocol, hostname, port, origin }
}

function errorOf(
  exchange: Exchange,
  headers: HeaderFacts,
  answer: Payload,
  reader: Reader,
  streamed: boolean,
): CallError | undefined {
  const { state, status } = exchange
  if (status !== undefined && status >= 400) return httpError(status, answer)
  if (state.is === 'ended' && state.outcome === 'failed') return networkError(state.error)
  if (ranOutOfPatience(exchange, headers))
    return networkError(Object.assign(new Error('Request timed out.'), { name: 'TimeoutError' }))
  const failure = answer.kind === 'json' ? reader.failure?.(answer.value) : undefined
  return failure === undefined ? undefined : bodyError(failure, streamed)
}

/**
 * The SDK's timeout aborts the request like a user who leaves. What tells them apart before the head: version 4, and 6
 * and 7 for a timeout of one call, name their patience in a header, in whole seconds. For a timeout of the whole client 6
 * and 7 do not; but they abort straight from a timer, while the app’s abort reaches the SDK by its signal’s event. From 7
 * on an app's own timer that aborts looks alike: it is a deadline, too. A patience under a second is told as 0: there an
 * abort is taken for a timeout.
 */
function ranOutOfPatience(exchange: Exchange, { timeoutS, attempt }: HeaderFacts): boolean {
  const { state, startedAt, status } = exchange
  if (state.is !== 'ended' || state.outcome !== 'aborted' || status !== undefined) return false
  if (isTimeout(state.error)) return true
  if (timeoutS === undefined) return attempt !== undefined && exchange.abortedByTimer
  return state.at - startedAt + SDK_AHEAD_MS >= timeoutS * 1000
}

function incompleteOf(
  exchange: Exchange,
  reader: Reader,
  response: Json | undefined,
  stream: StreamReading | undefined,
  error: CallError | undefined,
): Incomplete | undefined {
  const outcome = exchange.state.is === 'ended' ? exchange.state.outcome : 'abandoned'
  const told = response === undefined ? undefined : reader.incomplete?.(response)
  if (outcome === 'failed') return 'cut'
  // The SDK from 7 on cancels the body once it has seen `[DONE]`, before the connection's own end.
  const left = (outcome === 'aborted' || outcome === 'abandoned') && stream?.ended !== true
  if (left) return told ?? outcome
  if (told !== undefined) return told
  if (error !== undefined) return 'failed'
  return stream !== undefined && !stream.terminated ? 'cut' : undefined
}

function streamFacts(exchange: Exchange, stream: StreamReading): StreamFacts {
  const { times } = stream
  const body = exchange.responseBody
  return defined({
    events: stream.events,
    firstEventMs: relative(exchange, times.firstEventAt),
    firstTokenMs: relative(exchange, times.firstTokenAt),
    firstContentMs: relative(exchange, times.firstContentAt),
    lastMs: relative(exchange, body.lastAt),
    longestGapMs: stream.events > 1 ? longestGap(body, times) : undefined,
    paced: times.pacedSince(exchange.startedAt),
    perOutputTokenMs: undefined,
    chunkGapsMs: times.gaps.kept,
  })
}

/** Where arrivals are known only so exactly, the longest silence between two chunks is nearer the truth. */
function longestGap({ longestGap: betweenChunks, markedEveryMs }: Body, { longestGap: found }: StreamTimes): number {
  return Math.max(Math.min(found, betweenChunks), found - markedEveryMs)
}

/** Over the tokens that were seen to come, less the first, which waited for the prompt to be read. Milliseconds. */
export function paceOf({ paced }: StreamFacts, usage: Usage = {}): number | undefined {
  if (paced === undefined || usage.output === undefined) return undefined
  const visible = usage.output - (paced.withReasoning ? 0 : (usage.reasoningOutput ?? 0))
  return visible < 2 ? undefined : paced.ms / (visible - 1)
}

function relative(exchange: Exchange, time: number | undefined): number | undefined {
  return time === undefined ? undefined : since(exchange, time)
}

/** Busy for less is no reason to doubt: preparing a request, and reading others' answers, takes some time. */
const LEAST_BUSY_MS = 10
/** Told where at most so much of it can be the app's own doing. */
const MOST_BUSY_SHARE = 0.25

/**
 * The head is seen when the app's thread is free: if that was busy in between, nobody knows how long it had been there.
 * A thread that is busy all the time, in short turns, is told like one that was held once.
 */
function network(exchange: Exchange, processingMs: number | undefined): Pick<Call, 'networkMs' | 'loopBusyMs'> {
  if (processingMs === undefined || exchange.headAt === undefined) return {}
  const networkMs = exchange.headAt - exchange.startedAt - processingMs
  const loopBusyMs = exchange.busyUntilHead
  if (networkMs < 0) return {}
  return loopBusyMs > LEAST_BUSY_MS && loopBusyMs > MOST_BUSY_SHARE * networkMs ? { loopBusyMs } : { networkMs }
}
