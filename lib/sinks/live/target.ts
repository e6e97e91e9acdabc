import { isObject } from '../../openai/json'

/** Where a process that runs under `interceptor <command>` tells its calls. Only that command sets it. */
export interface LiveTarget {
  /** On this machine's loopback. */
  readonly port: number
  readonly token: string
  /** What cannot be posted in a process's last moment is written there, and read when the program has ended. */
  readonly folder: string
}

/** No setting of the user's: it does not begin like one, so that it is not looked for among them. */
export const LIVE_TARGET = '_INTERCEPTOR_LIVE'

export function targetToText({ port, token, folder }: LiveTarget): string {
  return JSON.stringify({ port, token, folder })
}

/** What does not read as one is none: a process must not fail by it. */
export function targetFrom(env: NodeJS.ProcessEnv): LiveTarget | undefined {
  const { port, token, folder } = parsed(env[LIVE_TARGET])
  const isTarget = typeof port === 'number' && typeof token === 'string' && typeof folder === 'string'
  return isTarget && /^\w+$/.test(token) && Number.isInteger(port) ? { port, token, folder } : undefined
}

function parsed(text: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '{}')
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}
