interface Asked {
  readonly origin: string
  readonly path: string
  readonly method: string
}

/** A dispatcher of Node's own undici that makes of each request what it is told. */
export interface ReplayDispatcher {
  dispatch(asked: Asked, handler: object): boolean
}

const GLOBAL = Symbol.for('undici.globalDispatcher.1')

/**
 * Extends the class that all of undici's dispatchers extend, so that `dispatch` is the real one and whatever patches it
 * is measured too. `make` runs where the real ones make the request.
 */
export async function replayDispatcher(make: (asked: Asked, handler: object) => void): Promise<ReplayDispatcher> {
  // The first use loads it; a data URL asks nobody.
  await fetch('data:,')
  const agent: unknown = Reflect.get(globalThis, GLOBAL)
  const prototype: unknown = typeof agent === 'object' && agent !== null ? Object.getPrototypeOf(agent) : undefined
  if (typeof prototype !== 'object' || prototype === null) throw new Error('this Node has no global dispatcher')
  const Base = Object.getPrototypeOf(prototype).constructor as new () => ReplayDispatcher
  const inner = Object.getOwnPropertySymbols(prototype).find(({ description }) => description === 'dispatch')
  if (inner === undefined) throw new Error('this Node’s dispatchers have no inner dispatch')
  class Replayer extends Base {}
  Object.defineProperty(Replayer.prototype, inner, {
    value: (asked: Asked, handler: object) => {
      make(asked, handler)
      return true
    },
  })
  return new Replayer()
}
