import { Socket } from 'node:net'
import type { buildConnector, Dispatcher, Pool } from 'undici'
import { sayOnce } from '../../say'

interface Connecting {
  url: URL
  connectTimeoutMs: number
  env: NodeJS.ProcessEnv
}

/**
 * A pool of connections that is ours alone, through the proxy that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` ask for.
 * undici is loaded here and not before: a process that sends no logs does not pay for it.
 */
export function createDispatcher({ url, connectTimeoutMs, env }: Connecting): Dispatcher {
  const undici = loadUndici()
  const options = { connections: 1, pipelining: 1 }
  const direct = (): Pool =>
    new undici.Pool(url.origin, { ...options, connect: unheld(undici.buildConnector({ timeout: connectTimeoutMs })) })

  const httpProxy = env.http_proxy || env.HTTP_PROXY
  const httpsProxy = env.https_proxy || env.HTTPS_PROXY || httpProxy
  if (!(url.protocol === 'https:' ? httpsProxy : httpProxy)) return direct()
  try {
    return new undici.EnvHttpProxyAgent({
      ...options,
      httpProxy: httpProxy ?? '',
      httpsProxy: httpsProxy ?? '',
      noProxy: env.no_proxy || env.NO_PROXY || '',
      proxyTls: { timeout: connectTimeoutMs },
      requestTls: { timeout: connectTimeoutMs },
    })
  } catch {
    sayOnce('proxy', 'HTTPS_PROXY is not the URL of a proxy; logs are sent without one')
    return direct()
  }
}

/**
 * Whichever undici is loaded first puts its own agent in for the process's global `fetch`. Touching a global of Node's
 * makes that the built-in one: the app's `fetch` must not run on our copy.
 */
function loadUndici(): typeof import('undici') {
  void globalThis.Request
  return require('undici')
}

/**
 * Connections that do not keep the process alive: undici lets go of idle ones only, and with a hanging intake the app
 * would end later for our sake.
 */
function unheld(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) => {
    // It does return the socket, though its type does not say so.
    const socket: unknown = connect(options, callback)
    if (!(socket instanceof Socket)) return
    socket.unref()
    socket.ref = () => socket
  }
}
