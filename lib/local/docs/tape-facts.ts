import { readConfig } from '../../config'
import type { Fact } from '../../openai/call'
import { readCall } from '../../openai/read/read'
import { createHosts } from '../../openai/recognise/hosts'
import { recognise } from '../../openai/recognise/recognise'
import { ROUTES } from '../../openai/recognise/routes'
import { Budget } from '../../transport/budget'
import { Exchange } from '../../transport/exchange'
import { requestBytes, responseBytes, type Tape } from '../tapes/tape'

/** One fact that a reader gives, as the span names it without `openai.`, and of which families. */
export interface TapeFact {
  readonly name: string
  readonly type: 'string' | 'number'
  /** A prompt or an output. */
  readonly isContent: boolean
  readonly families: ReadonlySet<string>
}

const ROOM = 1 << 26
const FAMILY_OF_OPERATION = new Map(ROUTES.map(({ id, family }) => [id, family]))

/** Every fact that the readers find in the tapes, by name; places in lists are `N`. */
export async function factsOfTapes(tapes: readonly Tape[]): Promise<TapeFact[]> {
  const found = new Map<
    string,
    { name: string; type: 'string' | 'number'; isContent: boolean; families: Set<string> }
  >()
  for (const tape of tapes) {
    const call = await callOfTape(tape)
    if (call === undefined) continue
    const family = FAMILY_OF_OPERATION.get(call.operation) ?? ''
    for (const side of ['request', 'response'] as const) {
      const add = (key: string, value: Fact, isContent: boolean): void => {
        const name = `${side}.${key.replaceAll(/\.\d+(?=\.|$)/g, '.N')}`
        const known = found.get(name) ?? {
          name,
          type: typeof value === 'number' ? ('number' as const) : ('string' as const),
          isContent,
          families: new Set(),
        }
        known.families.add(family)
        found.set(name, known)
      }
      for (const [key, value] of call[side].fields) add(key, value, false)
      for (const [key, value] of call[side].content) add(key, value, true)
    }
  }
  return [...found.values()].sort((one, other) => (one.name < other.name ? -1 : 1))
}

/** What the product reads of the exchange on a tape. */
export async function callOfTape(tape: Tape): Promise<Awaited<ReturnType<typeof readCall>>['call'] | undefined> {
  const { origin, host, pathname, search } = new URL(tape.request.url)
  const opening = { method: tape.request.method, origin, path: pathname + search }
  const place = createHosts({ ...readConfig({}), hosts: [host] }).find(origin, opening.path)
  const recognised = place && recognise(place, opening)
  if (recognised === undefined) return undefined
  const exchange = new Exchange(opening, ROOM, new Budget(ROOM), () => {})
  exchange.requestHeaders = () => new Map(Object.entries(tape.request.headers))
  exchange.sent(requestBytes(tape))
  exchange.head(tape.response.status, () => new Map(Object.entries(tape.response.headers)))
  exchange.received(responseBytes(tape))
  exchange.end('complete')
  return (await readCall(exchange, recognised, ROOM)).call
}
