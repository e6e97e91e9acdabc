import { AsyncLocalStorage } from 'node:async_hooks'
import type { Tracer } from 'dd-trace'
import { LONGEST_TIMER_MS } from './clock'
import type { Config, ConfigKey } from './config'
import { suppress } from './context'
import { tally } from './counters'
import { Attempts, type CallSite } from './openai/attempts'
import { billed } from './openai/bill'
import type { Call, CallStart } from './openai/call'
import { createPricer } from './openai/price'
import { headersOf, type ReadCall, type Recognised, readCall, unreadCall } from './openai/read/read'
import { type SocketRecords, Sockets } from './openai/realtime/sockets'
import { createHosts, type Place } from './openai/recognise/hosts'
import { recognise } from './openai/recognise/recognise'
import { createTokenCounter } from './openai/tokens'
import { type ContentFilter, createContentFilter } from './redact/content-filter'
import { createCallSink } from './sinks/calls'
import { createLogWriter } from './sinks/intake/logs'
import { createLogSink } from './sinks/logs'
import { createMetricsSink } from './sinks/metrics'
import type { CallEnd, Sink } from './sinks/sink'
import { createSpanSink } from './sinks/spans'
import { callersTrace } from './tracer/tracer'
import { untraced } from './tracer/untraced'
import { Budget } from './transport/budget'
import { Exchange, type Opening } from './transport/exchange'
import { http } from './transport/http'
import { http2 } from './transport/http2'
import { IdleWatch } from './transport/idle'
import { undici } from './transport/undici'
import { pause } from './turns'
import { Work } from './work'

/** What a running interceptor can be asked. */
export interface Running {
  /** Waits until every ended call has been sent, `withinMs` at most. */
  flush(withinMs?: number): Promise<void>
  /** Are there calls that have not been sent? */
  pending(): boolean
  /** Ends what is still open: nothing can happen on it any more. */
  endOpen(): void
  /** Takes note of settings that have changed; the others are read from the configuration at every call. */
  changed(keys: ReadonlySet<ConfigKey>): void
  /** Keeps what cannot be sent any more, in the process's last moment. */
  exit(): void
  /** Unsubscribes, restores what was patched, ends what is open, and sends what is pending. */
  stop(): Promise<void>
}

const HOST_KEYS = ['hosts', 'openaiBaseUrl', 'azureEndpoint'] as const

/** In no context of the app's: no span is its parent, no tag its own. */
const outsideAll = AsyncLocalStorage.snapshot()

/** Joins the pieces; the only file that knows them all. */
export function run(config: Config, tracer: Tracer | undefined): Running {
  let hosts = createHosts(config)
  const budget = new Budget(config.maxTotalBytes)
  const watch = new IdleWatch(config.idleTimeoutMs)
  const work = new Work()
  const attempts = new Attempts()
  const sockets = new Sockets(budget)
  let filter = createContentFilter(config)
  const counter = createTokenCounter()
  const pricer = createPricer(config)
  const { site, apiKey, logsUrl, spoolDir } = config
  const unobserved = tracer === undefined ? suppress : untraced(tracer)
  const intake = config.logsEnabled ? createLogWriter({ site, apiKey, logsUrl, spoolDir, unobserved }) : undefined
  const metrics = createMetricsSink(config)
  const calls = createCallSink(config)
  // The span sink is first: it gives the call the trace that the others name. The call sink
  // is last: what its hooks do must not delay the others.
  const sinks: readonly Sink[] = [
    ...(tracer === undefined ? [] : [createSpanSink(config, tracer)]),
    ...(intake === undefined ? [] : [createLogSink(config, intake)]),
    metrics,
    calls,
  ]
  let unsent = false
  /** Logs that the intake does not take are tried once at the end, not for ever. */
  let triedLogs = false

  const open = (opening: Opening): Exchange | undefined => {
    const place = hosts.find(opening.origin, opening.path)
    if (place === undefined || !config.enabled) return undefined
    const { whose = 'callers' } = opening
    if (whose === 'unknown') return outsideAll(() => openAt(place, opening, 'unknown'))
    const start = (): Exchange | undefined => openAt(place, opening)
    return whose === 'callers' ? start() : whose(start)
  }

  const openAt = (place: Place, opening: Opening, context?: 'unknown'): Exchange | undefined => {
    const recognised = recognise(place, opening, context)
    if (recognised === undefined) return undefined
    tally('calls.seen')
    const site = { trace: callersTrace(tracer), tags: recognised.start.tags }
    const ends = openAll(recognised.start)
    const exchange = new Exchange(opening, config.maxBodyBytes, budget, () => {
      watch.delete(exchange)
      if (exchange.socket !== undefined && sockets.follow(exchange, recognised, recordsOf(ends))) return
      work.add({
        bytes: exchange.heldBytes,
        run: () => read(exchange, recognised, site, ends).catch(() => unread(exchange, recognised, filter, ends)),
        giveUp: () => endUnread(exchange, recognised, filter, ends),
      })
    })
    watch.add(exchange)
    unsent = true
    triedLogs = false
    return exchange
  }

  const openAll = (start: CallStart): CallEnd[] =>
    sinks.map(sink => opened(sink, start)).filter(end => end !== undefined)

  const recordsOf = (ends: CallEnd[]): SocketRecords => ({
    session: record => work.track(finish(record.call, record, ends)),
    part(record, session) {
      const { operation, endpoint, method, family, api, startedAt, tags } = record.call
      const start: CallStart = { operation, endpoint, method, family, api, startedAt, tags, session }
      const ends = openAll(start)
      work.track(finish(start.trace === undefined ? record.call : { ...record.call, trace: start.trace }, record, ends))
    },
  })

  const finish = async (read: Call, reading: ReadCall, ends: CallEnd[]): Promise<void> => {
    unsent = true
    const call = await filter.inTurns(read, reading.headers.secrets)
    // Counting may wait for the tokenizer to load: the next exchange need not.
    work.track(
      billed(call, reading, counter, pricer)
        .catch(() => unbilled(call))
        .then(whole => endInTurns(ends, whole)),
    )
  }

  const read = async (exchange: Exchange, recognised: Recognised, site: CallSite, ends: CallEnd[]): Promise<void> => {
    const reading = await readCall(exchange, recognised, config.maxBodyBytes, ends.some(wantsSample))
    await pause()
    await finish(joined(reading, exchange, attempts, site), reading, ends)
  }

  const untap = [undici, http, http2].map(tap => tap(open, origin => hosts.knows(origin)))
  const flushUntil = async (deadline: number): Promise<void> => {
    unsent = watch.open.size > 0
    await until(deadline, [sockets.done()])
    await until(deadline, [counter.flush(), work.done()])
    const others = sinks.filter(sink => sink !== metrics)
    await until(
      deadline,
      others.map(sink => sink.flush()),
    )
    await until(deadline, [metrics.flush()])
    triedLogs = true
  }
  return {
    flush: (withinMs = config.exitTimeoutMs) => flushUntil(performance.now() + withinMs),
    pending: () => unsent || (!triedLogs && (intake?.counts.pending ?? 0) > 0),
    endOpen() {
      watch.endAll()
      sockets.leaveAll()
    },
    changed(keys) {
      if (HOST_KEYS.some(key => keys.has(key))) hosts = createHosts(config)
      filter = createContentFilter(config)
    },
    exit() {
      calls.exit()
      intake?.spoolSync()
    },
    async stop() {
      for (const undo of untap.splice(0)) undo()
      watch.endAll()
      sockets.leaveAll()
      const deadline = performance.now() + config.exitTimeoutMs
      await flushUntil(deadline)
      await until(deadline, [...sinks.map(sink => sink.stop()), counter.stop()])
    },
  }
}

function joined({ call, sent, headers }: ReadCall, exchange: Exchange, attempts: Attempts, site: CallSite): Call {
  const { status, startedAt, state, method } = exchange
  const unanswered = call.error !== undefined && status === undefined
  const { attempt, waitMs } = attempts.join(
    { method, url: call.http.url, site, idempotencyKey: headers.idempotencyKey, body: sent },
    {
      startedAt,
      endedAt: state.is === 'ended' ? state.at : startedAt,
      attempt: call.attempt,
      mayBeRetried: unanswered || status === 408 || status === 409 || status === 429 || (status ?? 0) >= 500,
    },
  )
  return {
    ...call,
    ...(attempt === undefined ? {} : { attempt }),
    ...(waitMs === undefined ? {} : { retryWaitMs: waitMs }),
  }
}

/** Whatever fails in reading, a span that was begun is finished: it would hold back its whole trace. */
function unread(exchange: Exchange, recognised: Recognised, filter: ContentFilter, ends: readonly CallEnd[]): void {
  tally('swallowed.read')
  endUnread(exchange, recognised, filter, ends)
}

function endUnread(exchange: Exchange, recognised: Recognised, filter: ContentFilter, ends: readonly CallEnd[]): void {
  exchange.release()
  try {
    const headers = headersOf(exchange, recognised)
    endAll(ends, filter(unreadCall(exchange, recognised, headers), headers.secrets))
  } catch {
    const call = unreadCall(exchange, recognised)
    // Its headers cannot be read: whatever came from the wire may be a credential.
    const { model, ...rest } = call
    const operation = call.family === 'unknown' ? `${call.method} (unknown)` : call.operation
    const api = { base: '', type: call.api.type }
    endAll(ends, { ...rest, operation, api, tags: {}, http: { ...call.http, url: '' } })
  }
}

function unbilled(call: Call): Call {
  tally('swallowed.bill')
  return call
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

function wantsSample(end: CallEnd): boolean {
  return end.wantsSample?.() === true
}

/** Each sink in a slice of its own, if it takes that long. */
async function endInTurns(ends: readonly CallEnd[], call: Call): Promise<void> {
  for (const end of ends) {
    await pause()
    endAll([end], call)
  }
}

function endAll(ends: readonly CallEnd[], call: Call): void {
  for (const end of ends) {
    try {
      end(call)
    } catch {
      tally('swallowed.sink.end')
    }
  }
}

/**
 * Waits for promises, whatever becomes of them, but no longer than to a time of the monotonic clock; the wait keeps the
 * process alive.
 */
function until(deadline: number, promises: readonly Promise<unknown>[]): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise(resolve => {
    timer = setTimeout(resolve, Math.min(Math.max(0, deadline - performance.now()), LONGEST_TIMER_MS))
  })
  return Promise.race([Promise.allSettled(promises), patience]).finally(() => clearTimeout(timer))
}
