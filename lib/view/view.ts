import type { CallOpened, SessionEvent } from '../live/event'
import { counted, duration } from './amounts'
import { callLine } from './call-line'
import { harmless } from './harmless'
import { type Screen, screenOf } from './screen'
import { summary } from './summary'
import type { Terminal } from './terminal'
import { Tally } from './totals'
import { cutTo } from './width'

/** Shows a session as it goes on. */
export interface View {
  take(event: SessionEvent): void
  /** Shows what it came to, and nothing after that. */
  finish(): void
}

/** A call that is open for so long is worth a line. */
const LONG_MS = 1_000
const LOOK_EVERY_MS = 500
/** Calls whose begin was told and whose end is not known. */
const MOST_OPEN = 100_000

/** For people: a line a call as it ends, what is open in the last line, and a summary. */
export class LinesView implements View {
  readonly tally = new Tally()
  readonly #screen: Screen
  readonly #open = new Map<string, CallOpened>()
  #lost = 0
  readonly #timer: NodeJS.Timeout | undefined

  constructor(
    private readonly terminal: Terminal,
    write: (text: string) => void,
    private readonly now: () => number = Date.now,
  ) {
    this.#screen = screenOf(terminal, write)
    if (terminal.isLive) this.#timer = setInterval(() => this.#showOpen(), LOOK_EVERY_MS).unref()
  }

  take(event: SessionEvent): void {
    if (event.event === 'open' && this.#open.size < MOST_OPEN) this.#open.set(event.id, event)
    if (event.event === 'lost') this.#lost += event.calls
    if (event.event !== 'call') return
    this.#open.delete(event.id)
    this.tally.add(event.call)
    this.#screen.line(callLine(event.call, this.terminal))
  }

  finish(): void {
    clearInterval(this.#timer)
    this.#screen.status('')
    const missing = { open: Math.max(0, this.#open.size - this.#lost), lost: this.#lost }
    for (const line of summary(this.tally, missing, this.terminal)) this.#screen.line(line)
  }

  #showOpen(): void {
    const [oldest] = this.#open.values()
    const age = oldest === undefined ? 0 : this.now() - oldest.at
    this.#screen.status(oldest === undefined || age < LONG_MS ? '' : this.#openText(oldest, age))
  }

  #openText({ operation }: CallOpened, age: number): string {
    const count = counted(this.#open.size, 'call')
    return cutTo(
      `${count} open, ${harmless(operation)} for ${duration(Math.floor(age / 1_000) * 1_000)}`,
      this.terminal.width() - 1,
    )
  }
}
