import type { Tracer } from 'dd-trace'
import { say } from '../say'

/** What the environment tells the first `init`: an option that says the same is no other. */
const INIT_VARIABLES: Readonly<Record<string, string>> = {
  service: 'DD_SERVICE',
  env: 'DD_ENV',
  version: 'DD_VERSION',
  url: 'DD_TRACE_AGENT_URL',
  hostname: 'DD_AGENT_HOST',
  port: 'DD_TRACE_AGENT_PORT',
}

/**
 * Starts the tracer if nobody has. dd-trace keeps the options of the first `init` and drops those of the app's in
 * silence; if these are others, it is said once. Gives the undo.
 *
 * Whether the tracer runs already only its private `_initialized` tells (5.132, 6.21); where that is gone, options that
 * were dropped because of somebody else are said to be dropped because of us.
 */
export function initFirst(tracer: Tracer): () => void {
  if (Reflect.get(tracer, '_initialized') === true) return () => {}
  tracer.init()
  const undo = (): void => {
    if (Object.getOwnPropertyDescriptor(tracer, 'init')?.value === init) Reflect.deleteProperty(tracer, 'init')
  }
  const original: unknown = tracer.init
  const init = function (this: unknown, ...args: unknown[]): unknown {
    undo()
    const dropped = otherOptions(args[0])
    if (dropped.length > 0) {
      say(
        `tracer.init({ ${dropped.join(', ')} }) has no effect: interceptor/register has started dd-trace; set ` +
          'INTERCEPTOR_START_TRACER=false, and the app starts it',
      )
    }
    return typeof original === 'function' ? Reflect.apply(original, this, args) : this
  }
  Object.defineProperty(tracer, 'init', { value: init, configurable: true, writable: true })
  return undo
}

/** Whatever it is that the app gives: nothing of ours may fail in its call. */
function otherOptions(options: unknown): string[] {
  try {
    return typeof options === 'object' && options !== null ? Object.entries(options).flatMap(otherOption) : []
  } catch {
    return []
  }
}

function otherOption([name, value]: [string, unknown]): string[] {
  const variable = INIT_VARIABLES[name]
  const isSame = variable !== undefined && process.env[variable] === String(value)
  return value === undefined || isSame ? [] : [name.slice(0, 50).replace(/\W/g, '?')]
}
