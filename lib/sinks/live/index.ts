import { randomBytes } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { threadId } from 'node:worker_threads'
import { tally } from '../../counters'
import {
  type CallingProcess,
  type CallOpened,
  eventToJson,
  type ForeignRequest,
  type SessionEvent,
} from '../../live/event'
import { leaveWord } from '../../live/left'
import type { Call, CallStart } from '../../openai/call'
import type { Wire } from '../../openai/wire'
import type { Opening } from '../../transport/exchange'
import { encodeEntry } from '../intake/entry'
import type { CallEnd, Sink } from '../sink'
import { createCallingContexts } from './calling-context'
import { looksLikeApi } from './looks-like-api'
import { Post } from './post'
import type { LiveTarget } from './target'

export interface LiveSink extends Sink {
  /** Writes what is pending, in the process's last moment. */
  exit(): void
  /** Takes note of a request to a host that is not recognised. */
  passedOver(opening: Opening): void
}

/** Longer lines have their texts cut. */
const MOST_LINE_BYTES = 8 * 1_048_576

/** Tells the command that this process runs under of each call's begin and end, in the format of `live/event.ts`. */
export function createLiveSink(target: LiveTarget, unobserved: <T>(fn: () => T) => T): LiveSink {
  const post = new Post(target, unobserved)
  const who = callingProcess()
  /** Other processes, and those that had the same id before, have calls too. */
  const prefix = randomBytes(6).toString('hex')
  const foreign = new Set<string>()
  const contexts = createCallingContexts(prefix)
  /** What is known of calls that have parts. */
  const sessions = new WeakMap<CallStart, Surroundings>()
  let opened = 0
  let lost = 0
  sayLoaded(target)

  const tell = (event: SessionEvent): boolean => {
    const line = lineOf(event)
    return line !== undefined && post.add(line)
  }
  const lostLine = (): string[] => {
    const line =
      lost === 0 ? undefined : lineOf({ event: 'lost', at: Date.now(), process: who, calls: lost, why: QUEUE_FULL })
    return line === undefined ? [] : [line]
  }
  const tellLost = (): void => {
    for (const line of lostLine()) if (post.add(line)) lost = 0
  }
  const tellAll = async (): Promise<void> => {
    await post.flush()
    // A full queue had no room for it.
    tellLost()
    await post.flush()
  }
  const surroundingsOf = (start: CallStart): Omit<Surroundings, 'id'> => {
    const session = start.session && sessions.get(start.session)
    const context = session === undefined ? contexts.of(start) : session.context
    return { ...(context && { context }), ...(session && { partOf: session.id }) }
  }
  const end = ({ id, ...around }: Surroundings, call: Call, wire: Wire | undefined): void => {
    tellLost()
    if (tell({ event: 'call', id, process: who, ...around, call, ...(wire === undefined ? {} : { wire }) })) return
    lost += 1
    tally('live.dropped')
  }
  return {
    open(start): CallEnd {
      opened += 1
      const call: Surroundings = { id: `${prefix}.${opened}`, ...surroundingsOf(start) }
      if (start.outlives === true) sessions.set(start, call)
      tell(openedEvent(call, who, start))
      return Object.assign((record: Call, wire?: Wire) => end(call, record, wire), {
        wantsSample: () => true,
        wantsWire: () => true,
      })
    },
    passedOver(opening) {
      const request = foreignRequest(opening, who)
      const key = request === undefined ? '' : `${request.method} ${request.host} ${request.path}`
      if (request === undefined || foreign.has(key) || foreign.size >= MOST_FOREIGN) return
      foreign.add(key)
      tell(request)
    },
    flush: tellAll,
    async stop() {
      contexts.stop()
      await tellAll()
      post.close()
    },
    exit() {
      const left = [...post.left(), ...lostLine()]
      if (left.length === 0) return
      try {
        appendFileSync(join(target.folder, `${prefix}.ndjson`), `${left.join('\n')}\n`, { mode: 0o600 })
      } catch {
        tally('live.dropped', left.length)
      }
    },
  }
}

/** Without it the command takes the process for one that cannot be observed: nothing else is lost. */
function sayLoaded({ folder }: LiveTarget): void {
  try {
    leaveWord(folder)
  } catch {
    tally('swallowed.live.word')
  }
}

const QUEUE_FULL = 'more calls ended than could be told'

/** Which call it is, and what it stands in. */
type Surroundings = Pick<CallOpened, 'id' | 'context' | 'partOf'>

function openedEvent(call: Surroundings, process: CallingProcess, start: CallStart): SessionEvent {
  const { operation, api, startedAt } = start
  const host = URL.canParse(api.base) ? new URL(api.base).host : ''
  return { event: 'open', ...call, at: startedAt, process, operation, host }
}

const MOST_FOREIGN = 200

function foreignRequest({ method, origin, path }: Opening, process: CallingProcess): ForeignRequest | undefined {
  if (!looksLikeApi(path) || !URL.canParse(origin)) return undefined
  const { host } = new URL(origin)
  return { event: 'foreign', at: Date.now(), process, method, host, path: path.replace(/[?#].*$/s, '') }
}

function callingProcess(): CallingProcess {
  const script = process.argv[1]
  return { pid: process.pid, thread: threadId, ...(script === undefined ? {} : { script: basename(script) }) }
}

function lineOf(event: SessionEvent): string | undefined {
  return encodeEntry(eventToJson(event), MOST_LINE_BYTES)?.json.toString()
}
