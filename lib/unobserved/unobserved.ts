import type { Tracer } from 'dd-trace'
import type { Config } from '../config'
import { isBuiltinHost } from '../openai/recognise/hosts'
import { isOperation } from '../openai/recognise/match'
import type { Place } from '../openai/recognise/place'
import type { Opening } from '../transport/exchange'
import { Addresses } from './addresses'
import { isMarked } from './marks'
import { isReceiversPath } from './paths'

/** Is a request to one of our hosts the tracer's own, ours, or another exporter's? Asked in the caller's context. */
export type Unobserved = (opening: Opening, place: Place) => boolean

/**
 * What is sent because of an observed call must not be observed: each post would lead to the next one, for ever. A
 * gateway may stand on the agent's host, on its very port, so the host alone decides nothing. Any one of three tells,
 * and each stands in where another fails:
 *
 * - the request is marked by who makes it,
 * - it goes to where spans and logs are known to go, and asks for nothing that OpenAI has,
 * - its path is one that agents, intakes and collectors answer at.
 *
 * A foreign host costs nothing here: it is asked for requests to ours only, 1 µs each.
 */
export function createUnobserved(config: Config, tracer: Tracer | undefined): Unobserved {
  const addresses = new Addresses(config, tracer)
  return (opening, place) => {
    if (isMarked()) return true
    // OpenAI's own hosts are nobody's agent: what is unknown there is new, and shall be seen.
    if (isOperation(place.operationPath) || isBuiltinHost(opening.origin)) return false
    return isReceiversPath(pathOf(opening)) || addresses.has(opening.origin)
  }
}

/** Of a request to a host that is none of ours: is it an exporter's, by its mark or its path? For what is said alone. */
export function looksExported(opening: Opening): boolean {
  return isMarked() || isReceiversPath(pathOf(opening))
}

function pathOf({ path }: Opening): string {
  const end = path.search(/[?#]/)
  return (end < 0 ? path : path.slice(0, end)).replace(/\/{2,}/g, '/')
}
