type Method = (this: never, ...args: never[]) => unknown

/**
 * Puts another function in the place of an object's. Gives the undo; where somebody else has replaced it meanwhile, that one
 * stays, and ours under it hands everything on.
 */
export function patch(object: object, name: string, make: (original: Method) => Method): () => void {
  const original: unknown = Reflect.get(object, name)
  if (!isMethod(original)) throw new Error(`this Node.js has no ${name} to take over`)
  const replaced = make(original)
  let isOn = true
  const wrapper = function (this: unknown, ...args: unknown[]): unknown {
    return Reflect.apply(isOn ? replaced : original, this, args)
  }
  Reflect.set(object, name, wrapper)
  return () => {
    isOn = false
    if (Reflect.get(object, name) === wrapper) Reflect.set(object, name, original)
  }
}

function isMethod(value: unknown): value is Method {
  return typeof value === 'function'
}
