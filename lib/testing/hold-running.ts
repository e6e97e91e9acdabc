import { type Handle, start } from '..'
import { isRunning } from '../running'

/** Those that hold the interceptor that we have started. */
let holders = 0
let ours: Handle | undefined

/**
 * Starts an interceptor that sends nothing anywhere, unless one runs. Gives what lets go of it: with the last one it is
 * stopped. Throws where the environment keeps it off.
 */
export function holdRunning(): () => Promise<void> {
  if (!isRunning()) {
    ours = start({ outputs: [] })
    holders = 0
  }
  if (!isRunning()) throw new Error('nothing can be observed: INTERCEPTOR_ENABLED is false; unset it where tests run')
  if (ours === undefined) return async () => {}
  const held = ours
  holders += 1
  return async () => {
    if (held !== ours) return
    holders -= 1
    if (holders > 0) return
    ours = undefined
    await held.stop()
  }
}
