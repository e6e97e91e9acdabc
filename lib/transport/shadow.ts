import { guarded } from '../guard'

/** Takes back what was done. Safe to call twice. */
export type Undo = () => void

type Method = (this: unknown, ...args: unknown[]) => unknown

/**
 * Lets `see` look at each call of a method of one object, before the method runs with the same `this` and arguments.
 * The app's result, exceptions and backpressure pass untouched. Undoing leaves a method that somebody else has put in
 * place since; ours underneath then only passes on.
 */
export function shadow(
  target: object,
  name: string,
  see: (this: unknown, ...args: unknown[]) => void,
  where: string = `shadow.${name}`,
): Undo {
  const original: unknown = Reflect.get(target, name)
  if (typeof original !== 'function') return () => {}
  const own = Object.getOwnPropertyDescriptor(target, name)
  let look = guarded(where, see)
  const ours: Method = function (...args) {
    Reflect.apply(look, this, args)
    return Reflect.apply(original as Method, this, args)
  }
  // An own one of ours must not show where the app prints or spreads the object; one that showed goes on showing.
  const enumerable = own?.enumerable ?? false
  Object.defineProperty(target, name, { value: ours, writable: true, configurable: true, enumerable })
  return () => {
    look = () => {}
    if (Object.getOwnPropertyDescriptor(target, name)?.value !== ours) return
    if (own === undefined) Reflect.deleteProperty(target, name)
    else Object.defineProperty(target, name, own)
  }
}
