import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Observation, observationHere, type TakeRecord } from '../observation'
import type { CallRecord } from '../openai/call'
import type { Hosts } from '../openai/recognise/hosts'

interface BegunCall {
  record?: CallRecord
}

/** The calls of one observation, in the order of their begin. An observation around it is told of them too. */
export class BegunCalls implements Observation {
  readonly #around = observationHere()
  readonly #calls: BegunCall[] = []
  #open = 0
  #allEnded: (() => void) | undefined

  constructor(readonly hosts: Hosts) {}

  begin(): TakeRecord {
    const around = this.#around?.begin()
    const call: BegunCall = {}
    this.#calls.push(call)
    this.#open += 1
    return record => {
      around?.(record)
      call.record = record
      this.#open -= 1
      if (this.#open === 0) this.#allEnded?.()
    }
  }

  /** Resolves when none is open, and none begins in the turn after that: clients take a few promises until they call. */
  async records(): Promise<readonly CallRecord[]> {
    await nextTurn()
    while (this.#open > 0) {
      await new Promise<void>(resolve => {
        this.#allEnded = resolve
      })
      await nextTurn()
    }
    return this.#calls.flatMap(({ record }) => record ?? [])
  }
}
