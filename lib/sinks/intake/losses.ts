import { tally } from '../../counters'
import { sayEachMinute, sayOnce } from '../../say'
import type { EventKind } from './kind'

/** Where the writer's messages go: a line once, or at most once a minute, for each topic. */
export interface Notices {
  once(topic: string, line: string): void
  eachMinute(topic: string, line: string): void
}

export const notices: Notices = { once: sayOnce, eachMinute: sayEachMinute }

/** Every way in which an event is lost, and what is said of it. */
const LOSSES = {
  full: 'the queue is full; the oldest go',
  refused: 'the intake refused them alone',
  expired: 'the intake did not take them in time',
  exit: 'the process ended first; INTERCEPTOR_SPOOL_DIR would keep them for the next',
  unreadable: 'they are not JSON',
  spool: 'INTERCEPTOR_SPOOL_DIR cannot be written to',
  spool_full: 'the spool is full; the oldest go',
  stopped: 'they came after the end',
} as const

export type Loss = keyof typeof LOSSES

/** Counts what is lost, in all and by reason, and says so. */
export class Losses {
  total = 0
  readonly #kind: EventKind
  readonly #notices: Notices

  constructor(kind: EventKind, notices: Notices) {
    this.#kind = kind
    this.#notices = notices
  }

  add(entries: number, loss: Loss): void {
    if (entries === 0) return
    this.total += entries
    const { name, words } = this.#kind
    tally(`${name}.dropped`, entries)
    tally(`${name}.dropped.${loss}`, entries)
    this.#notices.eachMinute(`${name}.dropped.${loss}`, `${this.total} ${words.entries} lost so far: ${LOSSES[loss]}`)
  }
}
