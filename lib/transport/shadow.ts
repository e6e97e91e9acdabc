import { tally } from '../counters'

/** Takes back what was done. Safe to call twice. */
export type Undo = () => void

type Method = (this: unknown, ...args: unknown[]) => unknown

/**
 * Lets `see` look at each call of a method of one object, before the method runs with the same `this` and arguments.
 * The app's result, exceptions and backpressure pass untouched. Undoing leaves a method that somebody else has put in
 * place since; ours underneath then only passes on.
 */
export function shadow(target: object, name: string, see: Look): Undo {
  return shadowAs(target, name, see, unseen)
}

/** The same for all objects of a class: its prototype's method is shadowed, its own or an inherited one. */
export function shadowClass(prototype: object, name: string, see: Look): Undo {
  return shadowAs(prototype, name, see, asInherited)
}

type Look = (this: unknown, ...args: unknown[]) => void
type Describe = (name: string, ours: Method, target: object) => PropertyDescriptor

function shadowAs(target: object, name: string, see: Look, describe: Describe): Undo {
  const original: unknown = Reflect.get(target, name)
  if (typeof original !== 'function') return () => {}
  const own = Object.getOwnPropertyDescriptor(target, name)
  let look: typeof see | undefined = see
  // The guard is written out here, and not wrapped around: a chunk passes one function of ours and not three.
  const ours: Method = function (...args) {
    try {
      if (look !== undefined) Reflect.apply(look, this, args)
    } catch {
      tally(`swallowed.shadow.${name}`)
    }
    return Reflect.apply(original as Method, this, args)
  }
  Object.defineProperty(target, name, own === undefined ? describe(name, ours, target) : { ...own, value: ours })
  return () => {
    look = undefined
    const now = Object.getOwnPropertyDescriptor(target, name)
    if (now === undefined || (now.get === undefined ? now.value : Reflect.apply(now.get, target, [])) !== ours) return
    if (own === undefined) Reflect.deleteProperty(target, name)
    else Object.defineProperty(target, name, own)
  }
}

/**
 * A property that does not show where the app prints or spreads the object. One that the app puts in its place is the
 * app's own in every way, as if ours had never been: assigning to a data property would leave it hidden.
 */
function unseen(name: string, ours: Method): PropertyDescriptor {
  return {
    get: () => ours,
    set(value: unknown) {
      Object.defineProperty(this, name, { value, writable: true, configurable: true, enumerable: true })
    },
    configurable: true,
    enumerable: false,
  }
}

/** Where a method was inherited, one of the class's own is enumerated as that was. */
function asInherited(name: string, ours: Method, target: object): PropertyDescriptor {
  return { value: ours, writable: true, configurable: true, enumerable: isEnumerated(name, target) }
}

function isEnumerated(name: string, target: object): boolean {
  for (let holder = Object.getPrototypeOf(target); holder !== null; holder = Object.getPrototypeOf(holder)) {
    const inherited = Object.getOwnPropertyDescriptor(holder, name)
    if (inherited !== undefined) return inherited.enumerable === true
  }
  return false
}
