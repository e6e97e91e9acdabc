import { shadow, shadowClass, type Undo } from './shadow'

/** Looks at a call of a method of an object that is watched. */
export type See<T> = (watched: T, ...args: unknown[]) => void

interface Watched<T> {
  readonly value: T
  /** Methods that somebody has put on the object itself. */
  readonly own: readonly string[]
}

/**
 * Watches objects by methods of their class, which are shadowed once. Nothing of ours is on the objects themselves: they
 * print, spread and enumerate as without us, and keep the shape that their class gives them (four shadows on each request
 * took 30 µs a call). Objects of the class that are not watched pay a look-up.
 */
export class ClassShadows<T> {
  readonly #watched = new WeakMap<object, Watched<T>>()
  readonly #classes = new Map<object, readonly Undo[]>()

  /** `methodsOf`: what to look at, by the names that methods have in this class. */
  constructor(private readonly methodsOf: (prototype: object) => Readonly<Record<string, See<T>>>) {}

  /** Gives what ends it. */
  watch(target: object, value: T): Undo {
    const prototype: object = Object.getPrototypeOf(target)
    const methods = this.methodsOf(prototype)
    if (!this.#classes.has(prototype)) this.#classes.set(prototype, this.#shadowsOf(prototype, methods))
    const own = Object.keys(methods).filter(name => Object.hasOwn(target, name))
    this.#watched.set(target, { value, own })
    // One that stands on the object itself was perhaps made before the class's was shadowed, and never comes to it.
    const undos = own.map(name => shadow(target, name, (...args) => methods[name]?.(value, ...args)))
    return () => {
      this.#watched.delete(target)
      for (const undo of undos) undo()
    }
  }

  of(target: unknown): T | undefined {
    return this.#watched.get(target as object)?.value
  }

  /** Gives the classes their methods back. */
  undo(): void {
    for (const undos of this.#classes.values()) for (const undo of undos) undo()
    this.#classes.clear()
  }

  #shadowsOf(prototype: object, methods: Readonly<Record<string, See<T>>>): Undo[] {
    const watched = this.#watched
    return Object.entries(methods).map(([name, see]) =>
      shadowClass(prototype, name, function (...args) {
        const found = watched.get(this as object)
        if (found !== undefined && !found.own.includes(name)) see(found.value, ...args)
      }),
    )
  }
}
