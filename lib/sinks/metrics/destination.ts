import { existsSync } from 'node:fs'
import type { Config } from '../../config'
import { sayOnce } from '../../say'
import { loadUnixDgram } from './unix-datagrams'

export type Destination = { kind: 'udp'; host: string; port: number } | { kind: 'unix'; path: string }

/** Where an agent of the same machine listens by default. */
const DEFAULT_SOCKET = '/var/run/datadog/dsd.socket'
const DEFAULT_PORT = 8125

type DestinationSettings = Pick<Config, 'dogstatsdUrl' | 'agentHost' | 'dogstatsdPort'>

/** The URL, else host and port where either is given, else the agent's socket if it is there, else this machine's port. */
export function destinationOf(config: DestinationSettings, defaultSocket = DEFAULT_SOCKET): Destination {
  const udp: Destination = { kind: 'udp', host: config.agentHost ?? '127.0.0.1', port: config.dogstatsdPort }
  const wished = fromUrl(config.dogstatsdUrl) ?? (isGiven(config) ? udp : fromSocket(defaultSocket)) ?? udp
  if (wished.kind === 'udp' || loadUnixDgram() !== undefined) return wished
  sayOnce(
    'metrics.unix',
    `metrics go to udp://${udp.host}:${udp.port} and not to ${wished.path}: Unix sockets need the native module ` +
      'unix-dgram, which npm builds after `npm approve-scripts unix-dgram` and `npm rebuild unix-dgram`',
  )
  return udp
}

export function destinationText(to: Destination): string {
  return to.kind === 'udp' ? `udp://${to.host}:${to.port}` : `unix://${to.path}`
}

function isGiven({ agentHost, dogstatsdPort }: DestinationSettings): boolean {
  return agentHost !== undefined || dogstatsdPort !== DEFAULT_PORT
}

function fromSocket(path: string): Destination | undefined {
  return existsSync(path) ? { kind: 'unix', path } : undefined
}

const UNIX_URL = /^unix(?:gram)?:\/\/(?<path>\/?[^?#]+)$/
const UDP_URL = /^udp:\/\/(?:\[(?<v6>[^\]]+)\]|(?<host>[^:/]+))(?::(?<port>\d{1,5}))?\/?$/

function fromUrl(url: string | undefined): Destination | undefined {
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
