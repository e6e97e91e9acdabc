import type { TurnFacts } from '../openai/call'

/** As many as there are calls that can be gone on from. */
const MOST_ROOTS = 2_000

/** Says of what kind a link is, on the link. */
export const ROOT_LINK = { 'openai.link': 'turn.root' } as const

/** The first call of each turn as an output names it, which later calls are linked to. */
export class TurnRoots<Root> {
  readonly #roots = new Map<string, Root>()

  /** Takes note of a turn's first call, which has no link. */
  rootOf(turn: TurnFacts | undefined, own: () => Root): Root | undefined {
    if (turn === undefined) return undefined
    const root = this.#roots.get(turn.id)
    if (turn.index === 1) this.#keep(turn.id, root ?? own())
    else if (root !== undefined) this.#keep(turn.id, root)
    return turn.index === 1 ? undefined : root
  }

  /** The latest used are last. */
  #keep(id: string, root: Root): void {
    this.#roots.delete(id)
    this.#roots.set(id, root)
    const [oldest] = this.#roots.keys()
    if (this.#roots.size > MOST_ROOTS && oldest !== undefined) this.#roots.delete(oldest)
  }
}
