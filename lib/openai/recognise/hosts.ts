import { resolve } from 'node:path'
import type { Config } from '../../config'
import { Recent } from '../../remembered'
import { type Say, say as sayLine } from '../../say'
import { builtinFor } from './builtin-hosts'
import { type Place, place } from './place'
import { type Site, siteOf, siteText } from './site'

export type { Place } from './place'

export interface Hosts {
  /**
   * Is asked for every request of the process: to a foreign host it costs one look at the host and nothing that lives
   * on. The origin may be in capitals and carry userinfo, port or path. Over a Unix socket the origin says nothing: it
   * is `localhost` or what the client liked, and what answers is whoever listens at `socketPath`.
   */
  find(origin: string, path: string, socketPath?: string): Place | undefined
  /** May a request to this origin be ours, whatever its path? */
  knows(origin: string): boolean
}

/** An app asks a few paths again and again: to take one apart is 10 µs in a process that does other things too. */
const MOST_PLACES = 100
const LONGEST_PLACE = 300

/** Knows the hosts: OpenAI's, Azure's, and those of the configuration, whose bad entries are said and left out. */
export function createHosts(
  { hosts, openaiBaseUrl, azureEndpoint }: Pick<Config, 'hosts' | 'openaiBaseUrl' | 'azureEndpoint'>,
  say: Say = sayLine,
): Hosts {
  const places = new Recent<Place | null>(MOST_PLACES, LONGEST_PLACE)
  const sites = new Map<string, Site[]>()
  const sockets = new Set<string>()
  const add = (variable: string, entry: string, azure: boolean): void => {
    const socket = socketOf(entry)
    if (socket !== undefined) {
      sockets.add(socket)
      return
    }
    const site = siteOf(entry, azure)
    if (site === undefined) {
      say(
        `${variable}: ${JSON.stringify(siteText(entry))} is no origin, host:port, host or Unix socket and is left out; ` +
          'write https://gateway.example.com/v1, gateway.example.com:8080, gateway.example.com or unix:///run/gateway.sock',
      )
      return
    }
    sites.set(
      site.host,
      [...(sites.get(site.host) ?? []), site].sort((a, b) => b.prefix.length - a.prefix.length),
    )
  }
  if (azureEndpoint !== undefined) add('AZURE_OPENAI_ENDPOINT', azureEndpoint, true)
  if (openaiBaseUrl !== undefined) add('OPENAI_BASE_URL', openaiBaseUrl, false)
  for (const entry of hosts) add('INTERCEPTOR_HOSTS', entry, false)

  return {
    knows(origin) {
      const host = hostOf(origin)
      return sites.has(host) || builtinFor(host) !== undefined
    },
    find(origin, path, socketPath) {
      const host = hostOf(origin)
      if (socketPath !== undefined) {
        return sockets.has(resolve(socketPath)) ? place(origin, host, path, undefined, [anySite(host)]) : undefined
      }
      const builtin = builtinFor(host)
      const ours = sites.get(host)
      if (builtin === undefined && ours === undefined) return undefined
      return places.of(`${origin} ${path}`, () => place(origin, host, path, builtin, ours) ?? null) ?? undefined
    },
  }
}

/** `unix:///path.sock`: everything that is asked there. */
function socketOf(entry: string): string | undefined {
  const path = /^unix:(?:\/\/)?(?<path>\/.+)$/i.exec(entry)?.groups?.path
  return path === undefined ? undefined : resolve(path)
}

function anySite(host: string): Site {
  return { host, prefix: '', azure: false }
}

/** OpenAI's own and Azure's, in difference to those of the configuration. */
export function isBuiltinHost(origin: string): boolean {
  return builtinFor(hostOf(origin)) !== undefined
}

const AT = 64
const COLON = 58
const SLASH = 47
const BRACKET = 93
const DOT = 46

/** One pass over the origin, one slice of it: asked of every request. */
function hostOf(origin: string): string {
  const scheme = origin.indexOf('://')
  let start = scheme < 0 ? 0 : scheme + 3
  let end = start
  let colon = -1
  for (; end < origin.length; end += 1) {
    const code = origin.charCodeAt(end)
    if (code === SLASH) break
    if (code === AT) start = end + 1
    if (code === AT || code === BRACKET) colon = -1
    else if (code === COLON) colon = end
  }
  if (colon >= 0) end = colon
  if (origin.charCodeAt(end - 1) === DOT) end -= 1
  return origin.slice(start, end).toLowerCase()
}
