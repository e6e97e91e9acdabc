import { digest } from '../../digest'
import type { Call, TurnFacts } from '../call'
import type { Json } from '../json'
import { fingerprint, type Pieces, prefixKept } from './fingerprint'
import { type CallBodies, conversationKeys, holdsPromptElsewhere, type KeysAsked, keysAsked, keysOffered } from './keys'
import { type KnownCall, KnownCalls } from './known-calls'
import { promptOf, resultsOf, toolCallsOf } from './prompt'
import { Turn } from './turn'

/** A call that has ended, before it is filtered. */
export interface Joining {
  readonly call: Call
  readonly request?: Json | undefined
  readonly response?: Json | undefined
  /** As whom and where it is asked: never kept but in a digest. */
  asker(): string
}

const GOES_ON = /\/(?:chat\/completions|responses|threads\/runs|threads\/\*\/runs|submit_tool_outputs)$/

/** Knows which calls follow from each other, by what their bodies say of each other. */
export class Turns {
  readonly #known = new KnownCalls()
  readonly #now: () => number

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** Calls that are known. */
  get size(): number {
    return this.#known.size
  }

  /** Takes note of an ended call, and tells its place in its turn. In slices, as long as the prompt asks. */
  async join({ call, request, response, asker }: Joining): Promise<TurnFacts | undefined> {
    if (!mayGoOn(call)) return undefined
    const scope = scopeOf(asker(), call)
    // Of lists that were read in part nobody knows what was behind.
    const prompt = call.truncated ? undefined : await fingerprint(promptOf(request), scope)
    const bodies: CallBodies = { scope, request, response, prompt }
    const before = this.#before(keysAsked(bodies))
    const isAnswered = response !== undefined && call.error === undefined
    if (before === undefined && !isAnswered) return undefined
    const turn = before?.turn ?? new Turn(call.trace)
    const index = (before?.index ?? 0) + 1
    const tools = isAnswered ? toolCallsOf(response) : []
    if (isAnswered)
      this.#known.add(
        { turn, index, prompt: piecesOf(bodies) },
        keysOffered(bodies, tools),
        conversationKeys(bodies),
        this.#now(),
      )
    const repeats = turn.repeats(tools, index)
    return {
      id: turn.id,
      index,
      ...(repeats === 0 ? {} : { repeats }),
      ...(before === undefined ? {} : sinceThen(before, bodies)),
    }
  }

  #before(asked: KeysAsked): KnownCall | undefined {
    const now = this.#now()
    const found = (keys: readonly string[]): KnownCall[] =>
      keys.map(key => this.#known.find(key, now)).filter(call => call !== undefined)
    const [named] = found([...asked.conversation, ...asked.response])
    return named ?? latestOfOne(found(asked.results)) ?? found(asked.prefix)[0]
  }
}

/** A socket's parts have the method of its handshake, as an answer that is fetched again has. */
function mayGoOn({ method, operation, endpoint }: Call): boolean {
  return (method === 'POST' || operation === 'createResponse') && GOES_ON.test(endpoint)
}

/** Results of calls of two turns say nothing of where this one belongs. */
function latestOfOne(calls: readonly KnownCall[]): KnownCall | undefined {
  const [first] = calls
  if (first === undefined || calls.some(({ turn }) => turn !== first.turn)) return undefined
  return calls.reduce((latest, call) => (call.index > latest.index ? call : latest))
}

function sinceThen({ turn, prompt: earlier }: KnownCall, bodies: CallBodies): Partial<TurnFacts> {
  const toolResults = resultsOf(bodies.request).length
  const later = piecesOf(bodies)
  const kept = earlier === undefined || later === undefined ? undefined : prefixKept(earlier, later)
  return {
    ...(toolResults === 0 ? {} : { toolResults }),
    ...(kept === undefined ? {} : { prefixKept: kept }),
    ...(turn.root === undefined ? {} : { root: turn.root }),
  }
}

/** Of a prompt of which the server has a part nothing can be compared. */
function piecesOf({ request, prompt }: CallBodies): Pieces | undefined {
  return holdsPromptElsewhere(request) ? undefined : prompt?.kept
}

/** The app's own word goes first: what it calls two sessions, or two users, is never one turn. */
function scopeOf(asker: string, { http, tags, api }: Call): string {
  const whose = [asker, http.host, http.port, api.base, tags.session_id ?? '', tags.user_id ?? '']
  return digest('sha256', JSON.stringify(whose))
}
