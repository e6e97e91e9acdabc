import type { SocketOptions } from 'node:dgram'
import { lookup } from 'node:dns'
import { type ClientOptions, StatsD } from 'hot-shots'
import type { Destination } from './destination'
import { unixDatagrams } from './unix-datagrams'

/**
 * What fits into one datagram: UDP's share of an Ethernet frame, less room for tunnels, as Datadog's own clients take
 * it; an agent's read buffer at a Unix socket, less the line end that a stream is given.
 */
const LARGEST_DATAGRAM = { udp: 1432, unix: 8191 } as const

/** How long a metric waits for others to share its datagram. */
const FLUSH_EVERY_MS = 1_000

export interface StatsdClient {
  readonly statsd: StatsD
  /** Bytes that a datagram may have. */
  readonly mostBytes: number
}

/** A hot-shots client that never throws, never keeps the process alive and adds no tags of its own. */
export function createClient(to: Destination, failed: (cause: Error) => void): StatsdClient {
  const mostBytes = LARGEST_DATAGRAM[to.kind]
  const options: ClientOptions = {
    ...(to.kind === 'udp' ? udp(to) : { protocol: 'stream', stream: unixDatagrams(to.path, failed) }),
    maxBufferSize: mostBytes,
    bufferFlushInterval: FLUSH_EVERY_MS,
    // How long `close` waits after its last send; everything is flushed before.
    closingFlushInterval: 1,
    // The container's id on each line, so that the agent can add the pod's tags.
    datadog: true,
    includeDatadogTelemetry: false,
    includeDataDogTags: false,
    errorHandler: failed,
  }
  return { statsd: new StatsD(options), mostBytes }
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
