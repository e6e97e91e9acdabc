import { createHosts, type Hosts, isBuiltinHost } from '../openai/recognise/hosts'
import { PORTS, siteOf } from '../openai/recognise/site'

/** The places whose connections are taken over. */
export interface CapturedHosts {
  /** May OpenAI calls go over a connection to there? */
  isOurs(host: string, port: number): boolean
  /** Is a request one? */
  readonly find: Hosts['find']
}

/** OpenAI's and its like, those of the environment as it is now, and more. */
export function capturedHosts(more: readonly string[]): CapturedHosts {
  const { OPENAI_BASE_URL, AZURE_OPENAI_ENDPOINT, INTERCEPTOR_HOSTS = '' } = process.env
  const named = INTERCEPTOR_HOSTS.split(',').map(entry => entry.trim())
  const hosts = [...more, ...named].filter(entry => entry !== '')
  const known = createHosts({
    hosts,
    openaiBaseUrl: OPENAI_BASE_URL || undefined,
    azureEndpoint: AZURE_OPENAI_ENDPOINT || undefined,
  })
  const sites = [...hosts, OPENAI_BASE_URL || [], AZURE_OPENAI_ENDPOINT || []]
    .flat()
    .flatMap(entry => siteOf(entry, false) ?? [])
  return {
    // A host without a port may have a database at another one.
    isOurs: (host, port) =>
      isBuiltinHost(host) ||
      sites.some(site => site.host === host && (site.port === undefined ? isOfWeb(port) : site.port === port)),
    find: known.find,
  }
}

function isOfWeb(port: number): boolean {
  return port === PORTS.http || port === PORTS.https
}
