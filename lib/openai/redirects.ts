import type { Exchange, Opening } from '../transport/exchange'
import type { CallStart } from './call'

/** A client follows at once; an answer that nobody follows is forgotten. */
const LONGEST_HOP_MS = 10_000
const MOST_HOPS = 100

interface Hop {
  readonly start: CallStart
  readonly at: number
}

/** What a call is told of the hop before it. */
export interface Redirected {
  /** Hops so far. */
  readonly redirects: number
  /** The span of the hop before. */
  readonly redirectedFrom?: string
}

/** Links the request that follows a redirect to the one that was redirected: each hop is an exchange of its own. */
export class Redirects {
  readonly #hops = new Map<string, Hop>()

  /** Asked when the head of a redirect has come, before any client can follow it. */
  add(exchange: Exchange, start: CallStart): void {
    const location = exchange.responseHeaders().get('location')
    const url = location === undefined ? undefined : resolvedUrl(location, exchange)
    if (url === undefined) return
    if (this.#hops.size >= MOST_HOPS) this.#hops.clear()
    this.#hops.set(url, { start, at: performance.now() })
  }

  /** The hop that led to this request, once. Costs nothing where there was no redirect. */
  take(opening: Opening): Redirected | undefined {
    if (this.#hops.size === 0) return undefined
    const url = resolvedUrl(opening.path, opening)
    const hop = url === undefined ? undefined : this.#hops.get(url)
    if (hop === undefined || url === undefined) return undefined
    this.#hops.delete(url)
    if (performance.now() - hop.at > LONGEST_HOP_MS) return undefined
    const { redirects = 0, trace } = hop.start
    return { redirects: redirects + 1, ...(trace === undefined ? {} : { redirectedFrom: trace.spanId }) }
  }
}

function resolvedUrl(location: string, { origin, path }: Pick<Opening, 'origin' | 'path'>): string | undefined {
  if (!URL.canParse(path, origin)) return undefined
  const base = new URL(path, origin).href
  if (!URL.canParse(location, base)) return undefined
  const url = new URL(location, base)
  url.hash = ''
  return url.href
}
