import { AsyncLocalStorage } from 'node:async_hooks'
import type { Config, ConfigKey } from './config'
import { tally } from './counters'
import type { PassedOver } from './debug'
import { Delivery, endAll } from './delivery'
import { inObservation, type Observation, observationHere } from './observation'
import { Attempts, type CallSite } from './openai/attempts'
import { bill } from './openai/bill'
import type { Call, CallDraft, CallStart } from './openai/call'
import { createPricer } from './openai/price'
import { headersOf, type ReadCall, type Recognised, readCall, unreadCall } from './openai/read/read'
import { wireOf } from './openai/read/wire'
import { type SocketRecords, Sockets } from './openai/realtime/sockets'
import { createHosts, type Place } from './openai/recognise/hosts'
import { recognise } from './openai/recognise/recognise'
import { Redirects } from './openai/redirects'
import { createTokenCounter } from './openai/tokens'
import { AfterRoot } from './openai/turns/after-root'
import { Turns } from './openai/turns/turns'
import type { Wire } from './openai/wire'
import { createContentFilter } from './redact/content-filter'
import { createWireFilter } from './redact/wire-filter'
import type { CallEnd, Sink } from './sinks/sink'
import { wantedBy } from './sinks/wanted'
import { Budget } from './transport/budget'
import { Exchange, type Opening } from './transport/exchange'
import { IdleWatch } from './transport/idle'
import type { Concerns, Open } from './transport/transport'
import { pause } from './turns'
import type { Unobserved } from './unobserved/unobserved'
import { Work } from './work'

export interface CallsParts {
  readonly config: Config
  /** In the order in which they are given each call. */
  readonly sinks: readonly Sink[]
  readonly unobserved: Unobserved
  /** The trace that the app's code is in now; empty if in none. */
  callersTrace(): string
  /** Is told of each request that is no call. Runs on the app's stack. */
  readonly passedOver?: ((opening: Opening, why: PassedOver) => void) | undefined
}

/** Every call from its request to the sinks: recognised, filled by a transport, read, counted, priced, handed on. */
export interface Calls {
  readonly open: Open
  readonly concerns: Concerns
  /** Calls that have not been handed to the sinks: under way, waiting to be read, being counted. */
  readonly pending: number
  /** Takes note of settings that have changed; the others are read from the configuration at every call. */
  changed(keys: ReadonlySet<ConfigKey>): void
  /** Ends what is under way: nothing can happen on it any more. */
  endOpen(): void
  /** Resolves when every ended call has been handed to the sinks. Keeps the process alive until then. */
  done(): Promise<void>
  /** Hands those that are read and on their way to all sinks at once: nothing else can be waited for. */
  deliver(): void
  /** Hands the ended calls that have not been read to the sinks as they are, and tells how many there were. */
  giveUp(): number
  /** Lets go of what counting has started. */
  stop(): Promise<void>
}

/** A call that has been shown to the sinks and not been ended there. */
interface Unfinished {
  readonly exchange: Exchange
  readonly recognised: Recognised
  readonly site: CallSite
  readonly ends: readonly CallEnd[]
  /** That it was begun in: what a socket carries is begun there too, whoever's turn it is then. */
  readonly observation: Observation | undefined
  /** Read and filtered: what is left is to count and to price it. */
  known?: { readonly call: Call; readonly wire: Wire | undefined }
}

const HOST_KEYS = ['hosts', 'openaiBaseUrl', 'azureEndpoint'] as const

/** In no context of the app's: no span is its parent, no tag its own. */
const outsideAll = AsyncLocalStorage.snapshot()

export function createCalls({ config, sinks, unobserved, callersTrace, passedOver }: CallsParts): Calls {
  let hosts = createHosts(config)
  let filter = createContentFilter(config)
  let filterWire = createWireFilter(config)
  const budget = new Budget(config.maxTotalBytes)
  const watch = new IdleWatch(config.idleTimeoutMs)
  const work = new Work()
  const attempts = new Attempts()
  const turns = new Turns()
  const afterRoot = new AfterRoot()
  const sockets = new Sockets(budget)
  const redirects = new Redirects()
  const counter = createTokenCounter()
  const pricer = createPricer(config)
  const unfinished = new Set<Unfinished>()
  const delivery = new Delivery()

  const open = (opening: Opening): Exchange | undefined => {
    const { origin, path, socketPath } = opening
    const place = hosts.find(origin, path, socketPath) ?? observationHere()?.hosts.find(origin, path, socketPath)
    if (place === undefined || !config.enabled) {
      passedOver?.(opening, place === undefined ? 'host' : 'off')
      return undefined
    }
    const { whose = 'callers' } = opening
    if (whose === 'unknown') return outsideAll(() => openAt(place, opening, 'unknown'))
    const start = (): Exchange | undefined => openAt(place, opening)
    return whose === 'callers' ? start() : whose.runInAsyncScope(start)
  }

  const openAt = (place: Place, opening: Opening, context?: 'unknown'): Exchange | undefined => {
    if (unobserved(opening, place)) {
      passedOver?.(opening, 'exporter')
      return undefined
    }
    const recognised = recognise(place, opening, context)
    if (recognised === undefined) {
      passedOver?.(opening, 'suppressed')
      return undefined
    }
    Object.assign(recognised.start, redirects.take(opening))
    tally('calls.seen')
    const site = { trace: callersTrace(), tags: recognised.start.tags }
    const exchange = new Exchange(opening, config.maxBodyBytes, budget, () => ended(call))
    const call: Unfinished = {
      exchange,
      recognised,
      site,
      ends: openAll(recognised.start),
      observation: observationHere(),
    }
    exchange.redirected = () => redirects.add(exchange, recognised.start)
    unfinished.add(call)
    watch.add(exchange)
    return exchange
  }

  const openAll = (start: CallStart): CallEnd[] =>
    sinks.map(sink => opened(sink, start)).filter(end => end !== undefined)

  const ended = (call: Unfinished): void => {
    const { exchange, recognised } = call
    watch.delete(exchange)
    if (exchange.socket !== undefined && sockets.follow(exchange, recognised, recordsOf(call))) return
    work.add({
      bytes: exchange.heldBytes,
      run: () => read(call).catch(() => unread(call)),
      giveUp: () => finishUnread(call),
    })
  }

  const recordsOf = (socket: Unfinished): SocketRecords => {
    /** One after the other: the next may go on from this one. */
    let joined = Promise.resolve()
    return {
      session: record => work.track(complete(record.call, record, whole => finish(socket, whole))),
      part(record, session) {
        const { operation, endpoint, method, family, api, model, startedAt, tags } = record.call
        const known = { operation, endpoint, method, family, api, startedAt, tags, session }
        const start: CallStart = model === undefined ? known : { ...known, model }
        const ends = inObservation(socket.observation, () => openAll(start))
        const call: CallDraft = start.trace === undefined ? record.call : { ...record.call, trace: start.trace }
        const whole = (): Promise<void> => complete(call, record, billed => delivery.inTurns(ends, billed))
        joined = joined.then(() => addTurn(call, record)).then(whole, whole)
        work.track(joined)
      },
    }
  }

  const read = async (unread: Unfinished): Promise<void> => {
    if (!unfinished.has(unread)) return
    const { exchange, recognised, ends } = unread
    const reading = await readCall(exchange, recognised, config.maxBodyBytes, wantedBy(ends, config))
    await pause()
    const wire = await wireOfRead(exchange, reading)
    const { call } = reading
    addAttempt(call, reading, unread, attempts)
    await addTurn(call, reading)
    await complete(
      call,
      reading,
      whole => finish(unread, whole, wire),
      filtered => {
        unread.known = { call: filtered, wire }
      },
    )
  }

  /** A fault in it costs the turn and not the call. */
  const addTurn = async (call: CallDraft, { request, response, headers }: ReadCall): Promise<void> => {
    if (!config.turns) return
    try {
      const turn = await turns.join({ call, request, response, asker: headers.asker })
      if (turn !== undefined) call.turn = turn
    } catch {
      tally('swallowed.turn')
    }
  }

  /** Only where a sink wants it. A fault in it costs the wire and not the call. */
  const wireOfRead = async (exchange: Exchange, reading: ReadCall): Promise<Wire | undefined> => {
    const { decoded, call, headers, request, response } = reading
    if (decoded === undefined) return undefined
    try {
      const wire = wireOf(exchange, decoded, call.stream !== undefined)
      return await filterWire(wire, { request, response }, headers.secrets)
    } catch {
      tally('swallowed.wire')
      return undefined
    }
  }

  /** Counting may wait for the tokenizer to load: the next exchange need not. */
  const complete = async (
    read: Call,
    reading: ReadCall,
    hand: (call: Call) => Promise<void>,
    filtered: (call: Call) => void = () => {},
  ): Promise<void> => {
    const call: CallDraft = await filter.inTurns(read, reading.headers.secrets)
    filtered(call)
    const billed = bill(call, reading, counter, pricer).catch(() => tally('swallowed.bill'))
    work.track(afterRoot.hand(call.turn, billed, () => hand(call)))
  }

  /** Whatever fails in reading, a span that was begun is finished: it would hold back its whole trace. */
  const unread = (call: Unfinished): void => {
    if (!unfinished.has(call)) return
    tally('swallowed.read')
    finishUnread(call)
  }

  const finishUnread = (unread: Unfinished): void => {
    const { exchange, recognised, ends } = unread
    if (!unfinished.delete(unread)) return
    exchange.release()
    const { call, wire } = unread.known ?? { call: callWithoutBodies(exchange, recognised), wire: undefined }
    endAll(ends, call, wire)
  }

  const callWithoutBodies = (exchange: Exchange, recognised: Recognised): Call => {
    try {
      const headers = headersOf(exchange, recognised)
      return filter(unreadCall(exchange, recognised, headers), headers.secrets)
    } catch {
      return withoutWire(unreadCall(exchange, recognised))
    }
  }

  /** Once a call: whoever is late, the reader or who has given it up, finds it gone. */
  const finish = async (unfinishedCall: Unfinished, call: Call, wire?: Wire): Promise<void> => {
    if (unfinished.delete(unfinishedCall)) await delivery.inTurns(unfinishedCall.ends, call, wire)
  }

  return {
    open,
    concerns: origin => hosts.knows(origin) || observationHere()?.hosts.knows(origin) === true,
    get pending() {
      return unfinished.size + delivery.pending
    },
    changed(keys) {
      if (HOST_KEYS.some(key => keys.has(key))) hosts = createHosts(config)
      filter = createContentFilter(config)
      filterWire = createWireFilter(config)
    },
    endOpen() {
      watch.endAll()
      sockets.leaveAll()
    },
    async done() {
      await sockets.done()
      await Promise.all([counter.flush(), work.done()])
    },
    deliver: () => delivery.rest(),
    giveUp() {
      delivery.rest()
      const left = [...unfinished].filter(({ exchange }) => exchange.state.is === 'ended')
      for (const call of left) finishUnread(call)
      return left.length
    },
    stop() {
      work.stop()
      return counter.stop()
    },
  }
}

function addAttempt(
  call: CallDraft,
  { sent, headers }: ReadCall,
  { exchange, site }: Unfinished,
  attempts: Attempts,
): void {
  const { status, startedAt, state, method } = exchange
  const { asker, idempotencyKey } = headers
  const unanswered = call.error !== undefined && status === undefined
  const { attempt, waitMs } = attempts.join(
    { method, url: call.http.url, site, idempotencyKey, asker, body: sent },
    {
      startedAt,
      endedAt: state.is === 'ended' ? state.at : startedAt,
      attempt: call.attempt,
      retryAfterMs: call.retryAfterMs,
      mayBeRetried: unanswered || status === 408 || status === 409 || status === 429 || (status ?? 0) >= 500,
    },
  )
  if (attempt !== undefined) call.attempt = attempt
  if (waitMs !== undefined) call.retryWaitMs = waitMs
}

/** For a call whose headers cannot be read: whatever came from the wire may be a credential. */
function withoutWire(call: Call): Call {
  const { model, ...rest } = call
  const operation = call.family === 'unknown' ? `${call.method} (unknown)` : call.operation
  return { ...rest, operation, api: { base: '', type: call.api.type }, tags: {}, http: { ...call.http, url: '' } }
}

/** A sink that fails harms neither the app nor the other sinks. */
function opened(sink: Sink, start: CallStart): CallEnd | undefined {
  try {
    return sink.open(start)
  } catch {
    tally('swallowed.sink.open')
    return undefined
  }
}
