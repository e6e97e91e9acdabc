import { existsSync } from 'node:fs'
import type { Tracer } from 'dd-trace'
import { member } from './member'

/** Where an agent of the same machine listens for traces. */
export const AGENT_SOCKET = '/var/run/datadog/apm.socket'

/**
 * Where dd-trace sends spans, as its `config/index.js` (5.132) resolves it from the environment: the URL, else host and
 * port where either is given, else the agent's socket if it is there, else this machine's port. Undefined if what was
 * given is no URL: dd-trace does not start then.
 */
export function agentUrl(env: NodeJS.ProcessEnv, socket = AGENT_SOCKET): string | undefined {
  const url = env.DD_TRACE_AGENT_URL || env.DD_TRACE_URL
  if (url) return URL.canParse(url) ? url.replace(/\/$/, '') : undefined
  const host = env.DD_AGENT_HOST || env.DD_TRACE_AGENT_HOSTNAME
  const port = env.DD_TRACE_AGENT_PORT
  if (!host && !port && existsSync(socket)) return `unix://${socket}`
  return `http://${bracketed(host || '127.0.0.1')}:${port || 8126}`
}

function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
}

/**
 * Where a running dd-trace sends spans now: `tracer.init({ url, hostname, port })` and `setUrl` go before the
 * environment, and only the exporter's private `_url` tells (a URL, 5.132 and 6.21). Undefined before `init`, and where
 * the field has moved: then the environment's address is all that is known.
 */
export function liveAgentUrl(tracer: Tracer): string | undefined {
  const url = member(member(member(tracer, '_tracer'), '_exporter'), '_url')
  return url instanceof URL || typeof url === 'string' ? String(url) : undefined
}
