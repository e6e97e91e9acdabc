import { AsyncLocalStorage } from 'node:async_hooks'
import type { CallRecord } from './openai/call'
import type { Hosts } from './openai/recognise/hosts'

export type TakeRecord = (record: CallRecord) => void

/** Who wants to hear of the calls that are begun in an async context; `observe` of `interceptor/testing` is one. */
export interface Observation {
  /** Hosts that are recognised there beside the configuration's. */
  readonly hosts: Hosts
  /** A call has been begun, on the app's stack; what it gives is told once, when the call has ended and been read. */
  begin(): TakeRecord
}

/**
 * One for the process, however many copies of this package there are. Its name carries the version of `Observation`. Made at
 * the first observation: without, a call costs one look at a property.
 */
const OBSERVATION = Symbol.for('interceptor.observation.1')
const shared = globalThis as { [OBSERVATION]?: AsyncLocalStorage<Observation | undefined> }

/** The innermost one that the running code is in. */
export function observationHere(): Observation | undefined {
  return shared[OBSERVATION]?.getStore()
}

/** Runs a function, and whatever is begun in it, in an observation or in none. */
export function inObservation<T>(observation: Observation | undefined, fn: () => T): T {
  if (observation === observationHere()) return fn()
  return storage().run(observation, fn)
}

function storage(): AsyncLocalStorage<Observation | undefined> {
  const found = shared[OBSERVATION]
  if (found !== undefined) return found
  const made = new AsyncLocalStorage<Observation | undefined>()
  // Not enumerable: the app may list its globals.
  Object.defineProperty(shared, OBSERVATION, { value: made })
  return made
}
