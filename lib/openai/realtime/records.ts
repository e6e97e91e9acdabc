import type { SocketEnd } from '../../transport/websocket/follow'
import type { Call, CallError, CallStart, Fact, Facts, RateLimit, StreamFacts } from '../call'
import { field, type Json, type JsonObject, obj, str } from '../json'
import { bodyError } from '../read/errors'
import { defined, type HeaderFacts } from '../read/headers'
import type { ReadCall } from '../read/read'
import { readerFor } from '../readers'
import { facts } from '../readers/facts'
import { failureIn } from '../readers/failure'
import { foldAll } from '../readers/fold'
import type { Asked } from '../readers/reader'
import { usageOf } from '../usage'
import { type SocketOperation, TRANSCRIPTION, turnOn } from './operations'
import type { Session, Transcription, TurnEnd } from './session'
import type { Turn } from './turn'

/** What all records of one socket share. */
export interface SocketFacts {
  readonly start: CallStart
  /** The handshake's begin on the monotonic clock, for times told from it. */
  readonly openedAt: number
  readonly http: Call['http']
  readonly headers: HeaderFacts
  /** Named in the address. */
  readonly pathModel: string | undefined
}

const NO_FACTS: Facts = { fields: new Map(), content: new Map() }

/** One answer of the model. */
export function turnRecord(socket: SocketFacts, session: Session, turn: Turn, end: TurnEnd, endedAt: number): ReadCall {
  const { operation, family } = turnOn(socket.start.operation)
  const reader = readerFor(family, operation)
  const request: JsonObject = { ...sessionSettings(session), ...turn.asking.body }
  const asked: Asked = { payload: { kind: 'json', value: request }, params: new Map(), query: new URLSearchParams() }
  const response = (reader.fold && foldAll(reader.fold(), turn.events)) ?? {}
  const failure = failureIn(response)
  const error = failure === undefined ? undefined : bodyError(failure, true)
  const told = reader.incomplete?.(response) ?? (error === undefined ? undefined : 'failed')
  const call = record(socket, { operation, family }, turn.asking.at, endedAt, {
    model: str(request.model) ?? session.model ?? socket.pathModel,
    responseModel: str(field(response, 'model')) ?? session.model,
    request: reader.request(asked),
    response: withSpeech(reader.response({ kind: 'json', value: response }), turn),
    sample: reader.sample?.(asked, { kind: 'json', value: response }) ?? {},
    usage: reader.usage?.(response),
    serviceTier: str(field(response, 'service_tier')) ?? str(request.service_tier),
    error,
    incomplete: end === 'cut' ? 'cut' : told,
    stream: streamOf(turn),
    rateLimits: new Map(session.rateLimits),
  })
  return turnCall(socket, call, request, response)
}

/** What was heard in one go, by a model and at a price of its own. */
export function transcriptionRecord(socket: SocketFacts, heard: Transcription): ReadCall {
  const failure = failureIn(heard.event)
  const error: CallError | undefined = failure === undefined ? undefined : bodyError(failure, true)
  const text = str(heard.event.transcript)
  const call = record(socket, TRANSCRIPTION, heard.startedAt, heard.endedAt, {
    model: heard.model ?? socket.pathModel,
    response: facts().string('item_id', heard.event.item_id).text('text', text),
    sample: text === undefined ? {} : { text },
    usage: usageOf(heard.event),
    error,
    incomplete: error === undefined ? undefined : 'failed',
  })
  return turnCall(socket, call, undefined, heard.event)
}

/** The socket from its handshake to its close. */
export function sessionRecord(socket: SocketFacts, session: Session, end: SocketEnd): ReadCall {
  const abnormal = end.isClosed && end.by === undefined
  const found = facts()
    .string('id', session.settings.id)
    .string('status', end.isClosed ? (abnormal ? 'lost' : 'closed') : 'open')
    .number('close_code', end.isClosed ? end.code : undefined)
    .string('close_reason', end.reason)
    .string('closed_by', end.by)
    .number('events_sent', session.events.client)
    .number('events_received', session.events.server)
    .number('bytes_sent', end.bytes.client)
    .number('bytes_received', end.bytes.server)
    .number('turns_count', session.turns)
    .number('errors_count', session.errors)
  const call = record(
    socket,
    { operation: socket.start.operation, family: socket.start.family },
    socket.openedAt,
    end.at,
    {
      model: socket.pathModel ?? session.model,
      responseModel: session.model,
      response: found,
      error: abnormal ? LOST : undefined,
      incomplete: abnormal ? 'cut' : end.isClosed ? undefined : 'abandoned',
      truncated: end.truncated || session.skipped > 0,
    },
  )
  return turnCall(socket, { ...call, ...withTrace(socket.start) }, undefined, undefined)
}

/** No close frame: the network, or one of the processes, went away. */
const LOST: CallError = {
  class: 'APIConnectionError',
  kind: 'connection',
  message: 'the socket closed without a close frame (1006)',
}

type Known = { [K in keyof Call]?: Call[K] | undefined }

function record(socket: SocketFacts, kind: SocketOperation, from: number, to: number, known: Known): Call {
  const { endpoint, method, api, tags } = socket.start
  return {
    endpoint,
    method,
    api,
    tags,
    ...kind,
    startedAt: socket.start.startedAt + (from - socket.openedAt),
    durationMs: Math.max(0, to - from),
    http: socket.http,
    caller: socket.headers.caller,
    request: NO_FACTS,
    response: NO_FACTS,
    sample: {},
    aborted: false,
    rateLimits: new Map<string, RateLimit>(),
    truncated: false,
    unparsed: [],
    ...defined<Known>(known),
  }
}

function withTrace({ trace }: CallStart): Pick<CallStart, 'trace'> {
  return trace === undefined ? {} : { trace }
}

function turnCall(
  { headers }: SocketFacts,
  call: Call,
  request: Json | undefined,
  response: Json | undefined,
): ReadCall {
  return defined<ReadCall>({ call, request, response, headers, sent: { bytes: [], size: 0 } })
}

/** What the session was set to is asked with every turn; what a turn says itself goes first. */
function sessionSettings({ settings }: Session): JsonObject {
  const { model, instructions, tools, tool_choice, temperature, modalities, output_modalities, voice } = settings
  const audio = obj(obj(settings.audio).output)
  const asked = { model, instructions, tools, tool_choice, temperature, modalities: output_modalities ?? modalities }
  const given = Object.entries({ ...asked, voice: voice ?? audio.voice }).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given) as JsonObject
}

function withSpeech(found: Facts, turn: Turn): Facts {
  const fields = new Map<string, Fact>(found.fields)
  if (turn.firstAudioAt !== undefined) fields.set('time_to_first_audio_ms', turn.firstAudioAt - turn.asking.at)
  if (turn.interrupted) fields.set('interrupted', 'true')
  return { fields, content: found.content }
}

function streamOf(turn: Turn): StreamFacts {
  const since = (time: number | undefined): number | undefined =>
    time === undefined ? undefined : Math.max(0, time - turn.asking.at)
  return defined<StreamFacts>({
    events: turn.eventCount,
    firstEventMs: since(turn.times.firstEventAt),
    firstTokenMs: since(turn.times.firstTokenAt),
    firstContentMs: since(turn.times.firstContentAt),
    lastMs: since(turn.lastAt),
    longestGapMs: turn.eventCount > 1 ? turn.times.longestGap : undefined,
    paced: turn.times.pacedSince(turn.asking.at),
    perOutputTokenMs: undefined,
    chunkGapsMs: turn.times.gaps.kept,
  })
}
