import { existsSync } from 'node:fs'
import type { Config } from '../../config'
import { sayOnce } from '../../say'
import { agentUrl } from '../../tracer/agent-url'
import { loadUnixDgram } from './unix-datagrams'

/** DogStatsD's own port or socket, or the trace agent's socket, which hands metrics on. */
export type Destination =
  | { kind: 'udp'; host: string; port: number }
  | { kind: 'unix'; path: string }
  | { kind: 'proxy'; path: string }

/**
 * What fits into one datagram: UDP's share of an Ethernet frame, less room for tunnels, as Datadog's own clients take
 * it; an agent's read buffer at a Unix socket, less the line end that a stream is given.
 */
export const LARGEST_DATAGRAM = { udp: 1432, unix: 8191, proxy: 8191 } as const

/** Where an agent of the same machine listens by default. */
const DEFAULT_SOCKET = '/var/run/datadog/dsd.socket'
const DEFAULT_PORT = 8125

type DestinationSettings = Pick<Config, 'dogstatsdUrl' | 'agentHost' | 'dogstatsdPort'>

/**
 * The URL, else host and port where either is given, else the agent's socket if it is there, else the trace agent's if
 * that is one (Kubernetes: the admission controller mounts it), else this machine's port.
 */
export function destinationOf(
  config: DestinationSettings,
  defaultSocket = DEFAULT_SOCKET,
  traces = agentUrl(process.env),
): Destination {
  const udp: Destination = { kind: 'udp', host: config.agentHost ?? '127.0.0.1', port: config.dogstatsdPort }
  const wished = fromUrl(config.dogstatsdUrl) ?? (isGiven(config) ? udp : fromSocket(defaultSocket))
  if (wished !== undefined && (wished.kind !== 'unix' || loadUnixDgram() !== undefined)) return wished
  const proxy = fromTraces(traces)
  if (wished === undefined || proxy !== undefined) return proxy ?? udp
  sayOnce(
    'metrics.unix',
    `metrics go to udp://${udp.host}:${udp.port} and not to ${wished.path}: Unix sockets need the native module ` +
      'unix-dgram, which npm builds after `npm approve-scripts unix-dgram` and `npm rebuild unix-dgram`',
  )
  return udp
}

export function destinationText(to: Destination): string {
  if (to.kind === 'udp') return `udp://${to.host}:${to.port}`
  return to.kind === 'unix' ? `unix://${to.path}` : `unix://${to.path} (of the trace agent)`
}

function isGiven({ agentHost, dogstatsdPort }: DestinationSettings): boolean {
  return agentHost !== undefined || dogstatsdPort !== DEFAULT_PORT
}

function fromSocket(path: string): Destination | undefined {
  return existsSync(path) ? { kind: 'unix', path } : undefined
}

function fromTraces(url: string | undefined): Destination | undefined {
  const path = url === undefined ? undefined : UNIX_URL.exec(url)?.groups?.path
  return path === undefined ? undefined : { kind: 'proxy', path }
}

const UNIX_URL = /^unix(?:gram)?:\/\/(?<path>\/?[^?#]+)$/
const UDP_URL = /^udp:\/\/(?:\[(?<v6>[^\]]+)\]|(?<host>[^:/]+))(?::(?<port>\d{1,5}))?\/?$/

function fromUrl(url: string | undefined): Exclude<Destination, { kind: 'proxy' }> | undefined {
  if (url === undefined) return undefined
  const path = UNIX_URL.exec(url)?.groups?.path
  if (path !== undefined) return { kind: 'unix', path }
  const { v6, host = v6, port = String(DEFAULT_PORT) } = UDP_URL.exec(url)?.groups ?? {}
  if (host !== undefined && Number(port) >= 1 && Number(port) <= 65_535)
    return { kind: 'udp', host, port: Number(port) }
  sayOnce(
    'metrics.url',
    `DD_DOGSTATSD_URL: ${JSON.stringify(url)} is not udp://host:port or unix:///path; it is ignored`,
  )
  return undefined
}
