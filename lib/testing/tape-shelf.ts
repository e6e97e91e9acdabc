import type { Tape } from '../local/tapes/tape-types'
import { type Asked, asked, differenceText, distance, isSame, type TapeRequest } from './tape-difference'

interface Kept {
  readonly tape: Tape
  readonly asked: Asked
}

/** The tapes that a player answers from. */
export class TapeShelf {
  readonly #kept: readonly Kept[]
  readonly #played = new Set<Tape>()

  constructor(tapes: readonly Tape[]) {
    this.#kept = tapes.map(tape => ({ tape, asked: asked(tape.request) }))
  }

  /** The tape of this very request. Where it was recorded more than once: one after the other, then the last again. */
  take(request: TapeRequest): Tape | undefined {
    const now = asked(request)
    const same = this.#kept.filter(kept => isSame(now, kept.asked)).map(({ tape }) => tape)
    const tape = same.find(tape => !this.#played.has(tape)) ?? same.at(-1)
    if (tape !== undefined) this.#played.add(tape)
    return tape
  }

  /** Why there is none: the request, the nearest tape, and what is not the same. */
  missing(request: TapeRequest): string {
    const now = asked(request)
    const what = `no tape answers ${String(now.get('method'))} ${String(now.get('path'))}`
    const [nearest] = this.#kept
      .map(kept => ({ ...kept, far: distance(now, kept.asked) }))
      .sort((one, other) => one.far - other.far)
    if (nearest === undefined) return `${what}: there are no tapes; make some with record()`
    const difference = differenceText(now, nearest.asked)
    return `${what}; the nearest is "${nearest.tape.name}" (- on the tape, + asked now):\n${difference}\nrecord() makes a tape of it`
  }
}
