/** Under this name of `globalThis` is the interceptor that runs in the process, whichever copy of this package started it. */
export const RUNNING: unique symbol = Symbol.for('interceptor.running')

/** Has one been started, and not been stopped since? */
export function isRunning(): boolean {
  return Reflect.get(globalThis, RUNNING) !== undefined
}
