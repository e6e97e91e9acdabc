import type { Tape } from '../local/tapes/tape'
import { asked, differences, differenceText, type TapeRequest } from './tape-difference'

interface Kept {
  readonly tape: Tape
  readonly asked: ReadonlyMap<string, unknown>
}

/** The tapes that a player answers from. */
export class TapeShelf {
  readonly #kept: readonly Kept[]
  readonly #played = new Map<Tape, number>()

  constructor(tapes: readonly Tape[]) {
    this.#kept = tapes.map(tape => ({ tape, asked: asked(tape.request) }))
  }

  /** The tape of this very request. Where it was recorded more than once: one after the other, then the last again. */
  take(request: TapeRequest): Tape | undefined {
    const now = asked(request)
    const same = this.#kept.filter(kept => differences(now, kept.asked).length === 0).map(({ tape }) => tape)
    const tape = same.find(tape => !this.#played.has(tape)) ?? same.at(-1)
    if (tape !== undefined) this.#played.set(tape, (this.#played.get(tape) ?? 0) + 1)
    return tape
  }

  /** Why there is none: the request, the nearest tape, and what is not the same. */
  missing(request: TapeRequest): string {
    const now = asked(request)
    const what = `no tape answers ${String(now.get('method'))} ${String(now.get('path'))}`
    const nearest = this.#nearest(now)
    if (nearest === undefined) return `${what}: there are no tapes; make some with record()`
    return `${what}; the nearest is "${nearest.tape.name}":\n${differenceText(now, nearest.asked)}\nrecord() makes one of it`
  }

  #nearest(now: ReadonlyMap<string, unknown>): Kept | undefined {
    // Another operation is farther off than any number of other values.
    const far = ({ asked }: Kept): number =>
      differences(now, asked).reduce((sum, path) => sum + (path === 'path' || path === 'method' ? 1e6 : 1), 0)
    return [...this.#kept].sort((a, b) => far(a) - far(b))[0]
  }
}
