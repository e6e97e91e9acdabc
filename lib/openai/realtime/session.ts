import type { SocketEnd, SocketMessage } from '../../transport/websocket/follow'
import type { RateLimit } from '../call'
import { at, count, field, isObject, type Json, type JsonObject, list, num, obj, str } from '../json'
import { eventOf, type SessionEvent } from './event'
import { asItem, isTerminal, responseIdOf, Turn, type TurnRequest } from './turn'

/** Turns that are open at once, items that wait for the next turn: more than any session has. */
const MOST_OPEN = 16
const MOST_ITEMS = 100

/** What was heard: one transcript, billed by itself. */
export interface Transcription {
  readonly startedAt: number
  readonly endedAt: number
  readonly model: string | undefined
  readonly event: JsonObject
}

/** How a turn ended: with its own last event, or without one. */
export type TurnEnd = 'told' | 'cut'

export interface SessionEvents {
  turn(turn: Turn, end: TurnEnd, endedAt: number): void
  transcription(transcription: Transcription): void
}

/** What is counted of a session, by side. */
export interface SideCounts {
  client: number
  server: number
}

/**
 * Follows the events of a session: which turns there are, what asked for each, and what the session says of itself. A
 * turn begins where a response was asked for: by the client's `response.create`, else where the server heard the user
 * stop, else with the response itself.
 */
export class Session {
  readonly events: SideCounts = { client: 0, server: 0 }
  readonly rateLimits = new Map<string, RateLimit>()
  turns = 0
  errors = 0
  /** Events that were too large to be read. */
  skipped = 0
  /** The session as the server last told it. */
  settings: JsonObject = {}
  lastError: JsonObject | undefined

  readonly #open = new Map<string, Turn>()
  #asked: TurnRequest[] = []
  #heardAt: number | undefined
  #items: { id: string | undefined; item: Json }[] = []

  constructor(private readonly tell: SessionEvents) {}

  get model(): string | undefined {
    return str(this.settings.model)
  }

  message({ side, at: now, data, isBinary }: SocketMessage): void {
    this.events[side] += 1
    const event = isBinary ? undefined : eventOf(data)
    if (event === undefined) return
    if (event.skipped) this.skipped += 1
    if (side === 'client') this.#fromClient(event, now)
    else this.#fromServer(event, now)
  }

  /** Turns that are still open end with it. */
  closed({ at: now }: SocketEnd): void {
    for (const turn of [...this.#open.values()]) this.#finish(turn, 'cut', now)
    for (const asking of this.#asked.splice(0)) this.tell.turn(new Turn(undefined, asking), 'cut', now)
  }

  #fromClient({ type, body }: SessionEvent, now: number): void {
    if (type === 'response.create') {
      const { type: _, event_id: __, response, ...rest } = body
      // Realtime wraps what is asked for in `response`; the Responses API has it at the top.
      this.#asked.push({ at: now, body: isObject(response) ? response : rest })
      if (this.#asked.length > MOST_OPEN) this.#asked.shift()
    } else if (type === 'conversation.item.create') {
      this.#addItem(undefined, field(body, 'item'))
    } else if (type === 'response.cancel' || type === 'conversation.item.truncate') {
      for (const turn of this.#open.values()) turn.interrupted = true
    }
  }

  #fromServer({ type, body }: SessionEvent, now: number): void {
    if (isObject(body.session)) this.settings = body.session
    if (type === 'rate_limits.updated') this.#limits(body)
    else if (type === 'error') this.#failed(body, now)
    else if (type === 'input_audio_buffer.speech_stopped' || type === 'input_audio_buffer.committed') {
      this.#heardAt ??= now
      this.#addItem(str(body.item_id), { type: 'message', role: 'user', content: [{ type: 'input_audio' }] })
    } else if (type.startsWith('conversation.item.input_audio_transcription.')) this.#transcribed(type, body, now)
    else if (type.startsWith('response.')) this.#answered(type, body, now)
  }

  #answered(type: string, body: JsonObject, now: number): void {
    const turn = this.#turnOf(type, body, now)
    if (turn === undefined) return
    turn.add(type, body, now)
    if (at(body, 'response', 'status_details', 'reason') === 'turn_detected') turn.interrupted = true
    if (isTerminal(type)) this.#finish(turn, 'told', now)
  }

  /** By its id; the Responses API's deltas have none, and belong to the turn that is open. */
  #turnOf(type: string, body: JsonObject, now: number): Turn | undefined {
    const id = responseIdOf(body)
    const known = id === undefined ? [...this.#open.values()].at(-1) : this.#open.get(id)
    if (known !== undefined || type !== 'response.created' || this.#open.size >= MOST_OPEN) return known
    const turn = new Turn(id, this.#askingAt(now))
    this.#open.set(id ?? '', turn)
    return turn
  }

  #askingAt(now: number): TurnRequest {
    const asked = this.#asked.shift()
    const items = this.#items.splice(0).map(({ item }) => item)
    const startedAt = asked?.at ?? this.#heardAt ?? now
    this.#heardAt = undefined
    const given = asked?.body ?? {}
    return { at: startedAt, body: given.input === undefined && items.length > 0 ? { ...given, input: items } : given }
  }

  #finish(turn: Turn, end: TurnEnd, now: number): void {
    this.#open.delete(turn.id ?? '')
    this.turns += 1
    this.tell.turn(turn, end, now)
  }

  /** An error before a response was begun answers the request that waits for one. */
  #failed(body: JsonObject, now: number): void {
    this.errors += 1
    this.lastError = obj(body.error ?? body)
    const asking = this.#open.size === 0 ? this.#asked.shift() : undefined
    if (asking === undefined) return
    const turn = new Turn(undefined, asking)
    turn.add('error', body, now)
    this.#finish(turn, 'told', now)
  }

  #addItem(id: string | undefined, item: Json | undefined): void {
    if (!isObject(item) || this.#items.length >= MOST_ITEMS) return
    if (id !== undefined && this.#items.some(known => known.id === id)) return
    this.#items.push({ id: id ?? str(item.id), item: asItem(item) })
  }

  #transcribed(type: string, body: JsonObject, now: number): void {
    const id = str(body.item_id)
    const known = this.#items.find(item => item.id === id)
    if (known !== undefined && typeof body.transcript === 'string') {
      known.item = { type: 'message', role: 'user', content: [{ type: 'input_text', text: body.transcript }] }
    }
    if (!type.endsWith('.completed') && !type.endsWith('.failed')) return
    const model = str(at(this.settings, 'audio', 'input', 'transcription', 'model'))
    const older = str(at(this.settings, 'input_audio_transcription', 'model'))
    this.tell.transcription({ startedAt: this.#heardAt ?? now, endedAt: now, model: model ?? older, event: body })
  }

  #limits(body: JsonObject): void {
    for (const row of list(body.rate_limits)) {
      const name = str(field(row, 'name'))
      if (name === undefined || this.rateLimits.size >= MOST_OPEN) continue
      const seconds = num(field(row, 'reset_seconds'))
      this.rateLimits.set(name, {
        ...ifKnown('limit', count(field(row, 'limit'))),
        ...ifKnown('remaining', count(field(row, 'remaining'))),
        ...ifKnown('resetMs', seconds === undefined ? undefined : seconds * 1000),
      })
    }
  }
}

function ifKnown<K extends keyof RateLimit>(key: K, value: number | undefined): RateLimit {
  return value === undefined ? {} : { [key]: value }
}
