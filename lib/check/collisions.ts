import type { Config } from '../config'
import { createHosts } from '../openai/recognise/hosts'
import { destinationOf } from '../sinks/metrics/destination'
import { type NamedReceiver, receiversOf } from '../unobserved/addresses'
import { urlShown } from './secrets'

const PROXIES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy']

/**
 * Receivers that stand on a host whose requests are observed: the same host, or a host without a port. What is sent
 * there is told apart by its maker, address and path; naming the gateway's own port leaves nothing to tell apart.
 */
export function collisionsOf(config: Config, env: NodeJS.ProcessEnv): string[] {
  const hosts = createHosts(config, () => {})
  const statsd = config.metricsEnabled ? destinationOf(config) : undefined
  const receivers: NamedReceiver[] = [
    ...receiversOf(config, env),
    { name: 'DogStatsD', url: statsd?.kind === 'udp' ? `http://${statsd.host}:${statsd.port}` : undefined },
    ...PROXIES.map(name => ({ name: `the proxy of ${name}`, url: env[name] || undefined })),
  ]
  return receivers.flatMap(({ name, url }) =>
    url !== undefined && isObserved(url, hosts)
      ? [`${name} (${urlShown(url)}) is on an observed host: write the gateway's own port, as in host:4000`]
      : [],
  )
}

function isObserved(url: string, hosts: ReturnType<typeof createHosts>): boolean {
  return URL.canParse(url) && hosts.find(new URL(url).origin, '/v1/traces') !== undefined
}
