import { nextTurn } from '../../turns'

/** What the rest is made of, each with what those before it have not loaded. */
const PARTS = [
  'undici/lib/core/util',
  'undici/lib/dispatcher/dispatcher-base',
  'undici/lib/core/request',
  'undici/lib/api',
  'undici/lib/dispatcher/client-h1',
  'undici/lib/dispatcher/client',
  'undici/lib/dispatcher/pool',
] as const

/** What we use of the package. */
export type Undici = Pick<typeof import('undici'), 'Pool' | 'EnvHttpProxyAgent' | 'buildConnector'>

/**
 * Loads undici when there are events to send, and not before. Whichever undici is loaded first, the package or the one
 * inside Node, makes its agent the process's dispatcher, and the next one leaves it at that: which one it is must be the
 * app's affair, and may be the very copy that we use. The package's entry file does it, its parts do not (7.30).
 *
 * In turns of the event loop: all at once it is a stretch of 20 ms in the middle of the app’s work, the longest part 6 ms.
 */
export async function loadUndici(): Promise<Undici> {
  try {
    for (const part of PARTS) {
      require(part)
      await nextTurn()
    }
    // As the entry file does: an agent for a proxy connects by `connect`, which is one of these.
    Object.assign(require('undici/lib/dispatcher/dispatcher').prototype, require('undici/lib/api'))
    return {
      Pool: require('undici/lib/dispatcher/pool'),
      EnvHttpProxyAgent: require('undici/lib/dispatcher/env-http-proxy-agent'),
      buildConnector: require('undici/lib/core/connect'),
    }
  } catch {
    // The parts have moved. Touching a global of Node's first keeps the app's `fetch` off our copy.
    void globalThis.Request
    return require('undici')
  }
}
