import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { epochNow } from '../../clock'
import { guarded } from '../../guard'
import type { CallingContext } from '../../live/event'
import type { CallStart } from '../../openai/call'
import { templateOf } from '../../openai/recognise/match'
import { member } from '../../tracer/member'

/** Tells which of the app's async contexts a call is made in. */
export interface CallingContexts {
  /** On the app's stack. Nothing where the app has told of none. */
  of(start: CallStart): CallingContext | undefined
  stop(): void
}

/** Published by `node:http` when the app is about to be given a request. */
const REQUEST = 'http.server.request.start'

/**
 * An async context has no name in Node. Two kinds have one: what an HTTP request that the app answers has begun, and what a
 * function given to `withTags` has. Each request has its own although connections are kept alive.
 *
 * `prefix` makes ids unique in a session.
 */
export function createCallingContexts(prefix: string): CallingContexts {
  // Made at the first request: until then the app's promises are not followed for it.
  let storage: AsyncLocalStorage<CallingContext> | undefined
  const byTags = new WeakMap<object, CallingContext>()
  let count = 0
  const nextId = (): string => `${prefix}.context.${++count}`
  const begun = guarded('live.context', (message: unknown) => {
    storage ??= new AsyncLocalStorage()
    storage.enterWith({ id: nextId(), by: 'request', name: nameOf(member(message, 'request')), startedAt: epochNow() })
  })
  const ofTags = ({ tags, startedAt }: CallStart): CallingContext | undefined => {
    const known = byTags.get(tags)
    if (known !== undefined || Object.keys(tags).length === 0) return known
    // No name: the call's record has the tags, without what is secret.
    const made: CallingContext = { id: nextId(), by: 'tags', startedAt }
    byTags.set(tags, made)
    return made
  }
  subscribe(REQUEST, begun)
  return {
    of: start => (start.context === 'unknown' ? undefined : (storage?.getStore() ?? ofTags(start))),
    stop: () => void unsubscribe(REQUEST, begun),
  }
}

/** A path has ids in it, and whatever else a user has sent. */
function nameOf(request: unknown): string {
  const [method, url] = [member(request, 'method'), member(request, 'url')].map(part => String(part ?? ''))
  return `${method} ${templateOf(url ?? '', false)}`.slice(0, LONGEST_NAME)
}

const LONGEST_NAME = 200
