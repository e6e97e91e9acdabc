import type { SocketOptions } from 'node:dgram'
import { lookup } from 'node:dns'
import { type ClientOptions, StatsD } from 'hot-shots'
import { LONGEST_TIMER_MS } from '../../clock'
import { agentProxy } from './agent-proxy'
import { type Destination, LARGEST_DATAGRAM } from './destination'
import { unixDatagrams } from './unix-datagrams'

export interface StatsdClient {
  readonly statsd: StatsD
  /** Puts a line, whole but for the container's id, into the next datagram. */
  readonly line: (text: string) => void
}

/** A hot-shots client that never throws, never keeps the process alive and adds no tags of its own. */
export function createClient(
  to: Destination,
  failed: (cause: Error) => void,
  unobserved: <T>(fn: () => T) => T = fn => fn(),
): StatsdClient {
  const options: ClientOptions = {
    ...transportTo(to, failed, unobserved),
    maxBufferSize: LARGEST_DATAGRAM[to.kind],
    // Only to be sure: whoever puts lines in says when they are sent.
    bufferFlushInterval: LONGEST_TIMER_MS,
    // How long `close` waits after its last send; everything is flushed before.
    closingFlushInterval: 1,
    // The container's id on each line, so that the agent can add the pod's tags.
    datadog: true,
    includeDatadogTelemetry: false,
    includeDataDogTags: false,
    errorHandler: failed,
  }
  const statsd = new StatsD(options)
  if (!takesLines(statsd)) throw new Error('this version of hot-shots takes no whole lines')
  return { statsd, line: text => statsd.send(text) }
}

/**
 * What its `increment` and the like call in the end. Missing in its types (17.1), which have one value a line and no
 * more: asked for at run time, and pinned by a test.
 */
interface LineClient extends StatsD {
  send(line: string): void
}

function takesLines(statsd: StatsD): statsd is LineClient {
  return 'send' in statsd && typeof statsd.send === 'function'
}

function transportTo(
  to: Destination,
  failed: (cause: Error) => void,
  unobserved: <T>(fn: () => T) => T,
): ClientOptions {
  if (to.kind === 'udp') return udp(to)
  const stream = to.kind === 'unix' ? unixDatagrams(to.path, failed) : agentProxy(to.path, unobserved, failed)
  return { protocol: 'stream', stream }
}

function udp({ host, port }: { host: string; port: number }): ClientOptions {
  const options: ClientOptions = { protocol: 'udp', host, port }
  // hot-shots spares itself the lookup of an address, but asks for a name's once a datagram.
  if (isName(host)) options.udpSocketOptions = { type: 'udp4', lookup: rememberedLookup() }
  return options
}

function isName(host: string): boolean {
  return /[a-z]/i.test(host) && !host.includes(':')
}

const REMEMBERED_MS = 60_000

/** A lookup that asks at most once a minute, as a name may move. The socket asks for the address it binds to as well. */
function rememberedLookup(): NonNullable<SocketOptions['lookup']> {
  const known = new Map<string, { address: string; family: number; until: number }>()
  return (hostname, _, callback) => {
    const found = known.get(hostname)
    if (found && performance.now() < found.until) return callback(null, found.address, found.family)
    lookup(hostname, { family: 4 }, (cause, address, family) => {
      if (!cause) known.set(hostname, { address, family, until: performance.now() + REMEMBERED_MS })
      callback(cause, address, family)
    })
  }
}
