import { existsSync } from 'node:fs'
import type { Config, OutputName } from '../../config'
import { AGENT_SOCKET } from '../../tracer/agent-url'

/** Any of them says that there is an agent, an account, or a choice. */
const SAYS_SO = [
  'INTERCEPTOR_OUTPUTS',
  'DD_TRACE_AGENT_URL',
  'DD_TRACE_URL',
  'DD_TRACE_AGENT_PORT',
  'DD_TRACE_AGENT_HOSTNAME',
  'DD_AGENT_HOST',
  'DD_DOGSTATSD_URL',
  'DD_DOGSTATSD_PORT',
  'DD_API_KEY',
]

/** Loaded by the app's own command line, or by what the user had in `NODE_OPTIONS`: it is set up already. */
const LOADED = /dd-trace|interceptor\/register/

/**
 * The outputs of a process that runs under `interceptor <command>`: the default one only where the user's own
 * configuration has somebody to send to. Without, dd-trace is not even loaded.
 */
export function outputsMeant(
  config: Config,
  env: NodeJS.ProcessEnv,
  execArgv: readonly string[],
): readonly OutputName[] {
  const isChosen = SAYS_SO.some(name => (env[name] ?? '').trim() !== '')
  const isLoaded = LOADED.test([...execArgv, env.NODE_OPTIONS ?? ''].join(' '))
  return isChosen || isLoaded || existsSync(AGENT_SOCKET) ? config.outputs : []
}
