import type { ConnectionOptions } from 'node:tls'

/** What `net.connect`, `tls.connect` and `socket.connect` are asked, in whichever of their forms. */
export interface Dialled {
  readonly options: ConnectionOptions
  readonly done?: () => void
}

/** Undefined for a form that is not known: it is left to Node. */
export function dialled(args: readonly unknown[]): Dialled | undefined {
  // Node's own calls come with a list of both, made ready.
  const [first, ...rest] = Array.isArray(args[0]) ? args[0] : args
  const done = rest.find(isFunction)
  const more = rest.find(isOptions) ?? {}
  const options = isOptions(first) ? { ...first, ...more } : addressOf(first, rest[0])
  if (options === undefined) return undefined
  return { options: isOptions(first) ? options : { ...options, ...more }, ...(done === undefined ? {} : { done }) }
}

function addressOf(first: unknown, second: unknown): ConnectionOptions | undefined {
  if (typeof first === 'number' || (typeof first === 'string' && /^\d+$/.test(first))) {
    return { port: Number(first), ...(typeof second === 'string' ? { host: second } : {}) }
  }
  return typeof first === 'string' ? { path: first } : undefined
}

function isOptions(value: unknown): value is ConnectionOptions {
  return typeof value === 'object' && value !== null
}

function isFunction(value: unknown): value is () => void {
  return typeof value === 'function'
}
