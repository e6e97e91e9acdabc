import type { Config } from '../config'
import { type Say, say as sayLine } from '../say'
import type { Api } from './call'
import { decoded, isOperation } from './match'
import { type Provider, providerAt } from './providers'
import { ROUTES } from './routes'

/** Where a request goes, if it goes to OpenAI or to something like it. */
export interface Place {
  readonly api: Api
  /** What follows the API's base, from its slash on: `/chat/completions`. No query. */
  readonly operationPath: string
  /** Without the question mark. */
  readonly query: string
  /** Azure's deployment, decoded: what stands for the model. */
  readonly deployment?: string
}

export interface Hosts {
  /**
   * Is asked for every request of the process: to a foreign host it costs one look at the host and nothing that lives
   * on. The origin may be in capitals and carry userinfo, port or path.
   */
  find(origin: string, path: string): Place | undefined
}

/** A host from the configuration, and what of it is ours. */
interface Site {
  /** Lower-case, as URLs spell it. */
  readonly host: string
  /** An origin's scheme says it too. Absent: any, and either scheme. */
  readonly port?: number
  /** Path that ours is under, no slash at its end; empty: all. */
  readonly prefix: string
  readonly azure: boolean
}

/** Hosts that are recognised unasked, they and what is under them. */
interface Builtin {
  readonly suffix: string
  readonly azure: boolean
  /** Other services answer there too: only paths that match are ours. */
  readonly only?: RegExp
}

/**
 * Azure's are those of recorded answers and of @pydantic/genai-prices 0.1.8. The sovereign clouds' (`us`, `cn`) follow
 * the same pattern and were not seen on the wire.
 */
const BUILTIN: readonly Builtin[] = [
  { suffix: 'api.openai.com', azure: false },
  { suffix: 'openai.azure.com', azure: true },
  { suffix: 'openai.azure.us', azure: true },
  { suffix: 'openai.azure.cn', azure: true },
  { suffix: 'cognitiveservices.azure.com', azure: true, only: /\/openai\// },
  { suffix: 'cognitiveservices.azure.us', azure: true, only: /\/openai\// },
  { suffix: 'cognitiveservices.azure.cn', azure: true, only: /\/openai\// },
  { suffix: 'services.ai.azure.com', azure: true, only: /^\/models\/|\/openai\// },
  { suffix: 'azure-api.net', azure: true, only: /\/openai\// },
]

const PORTS = { http: 80, https: 443 } as const
type Scheme = keyof typeof PORTS

/** Knows the hosts: OpenAI's, Azure's, and those of the configuration, whose bad entries are said and left out. */
export function createHosts(
  { hosts, openaiBaseUrl, azureEndpoint }: Pick<Config, 'hosts' | 'openaiBaseUrl' | 'azureEndpoint'>,
  say: Say = sayLine,
): Hosts {
  const sites = new Map<string, Site[]>()
  const add = (variable: string, entry: string, azure: boolean): void => {
    const site = siteOf(entry, azure)
    if (site === undefined) {
      say(
        `${variable}: ${JSON.stringify(shown(entry))} is no origin, host:port or host and is left out; ` +
          'write https://gateway.example.com/v1, gateway.example.com:8080 or gateway.example.com',
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
    find(origin, path) {
      const host = hostOf(origin)
      const builtin = builtinFor(host)
      const ours = sites.get(host)
      return builtin === undefined && ours === undefined ? undefined : place(origin, host, path, builtin, ours)
    },
  }
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

function builtinFor(host: string): Builtin | undefined {
  for (const builtin of BUILTIN) {
    const { suffix } = builtin
    if (!host.endsWith(suffix)) continue
    if (host.length === suffix.length || host.charCodeAt(host.length - suffix.length - 1) === DOT) return builtin
  }
  return undefined
}

/** A request to one of our hosts. */
interface Target {
  /** Normal: lower-case, no userinfo, no default port. */
  readonly origin: string
  /** Begins with a slash, none of them doubled, no query. */
  readonly path: string
  readonly query: string
}

/** From here on the host is one of ours. */
function place(
  rawOrigin: string,
  host: string,
  rawPath: string,
  builtin: Builtin | undefined,
  sites: readonly Site[] = [],
): Place | undefined {
  const end = rawPath.search(/[?#]/)
  const query = rawPath[end] === '?' ? (rawPath.slice(end + 1).split('#', 1)[0] ?? '') : ''
  const path = `/${end < 0 ? rawPath : rawPath.slice(0, end)}`.replace(/\/{2,}/g, '/')
  const { scheme, port } = doorOf(rawOrigin)
  const target = { origin: `${scheme}://${host}${port === PORTS[scheme] ? '' : `:${port}`}`, path, query }

  if (builtin !== undefined && builtin.only?.test(path) !== false) {
    return builtin.azure ? azurePlace(target, 0) : compatiblePlace(target, '', undefined)
  }
  const fitting = sites.filter(site => (site.port ?? port) === port && under(path, site.prefix) !== undefined)
  // A host may be both: what has /openai in its path is Azure's, the rest is not.
  const site = fitting.find(({ azure }) => !azure || path.includes('/openai/')) ?? fitting[0]
  if (site === undefined) return undefined
  const from = under(path, site.prefix) ?? 0
  return site.azure || speaksAzure(target, from)
    ? azurePlace(target, from)
    : compatiblePlace(target, site.prefix, providerAt(host, port))
}

function doorOf(origin: string): { scheme: Scheme; port: number } {
  const parts = /^(\w+):\/\/(?:[^/]*@)?(?:\[[^\]]*\]|[^:/]*)(?::(\d+))?/.exec(origin)
  const scheme = /^(?:http|ws)$/i.test(parts?.[1] ?? '') ? 'http' : 'https'
  return { scheme, port: Number(parts?.[2] ?? PORTS[scheme]) }
}

/** Gateways speak Azure's dialect too, to its clients. */
function speaksAzure({ path, query }: Target, from: number): boolean {
  if (path.includes('/openai/deployments/', from)) return true
  return path.startsWith('/openai/', from) && new URLSearchParams(query).has('api-version')
}

/**
 * Azure's URL forms: `/openai/deployments/{deployment}/…`, `/openai/v1/…`, `/openai/…`, model inference's `/models/…`;
 * also the older `…/extensions/chat/completions` and `/openai/images/generations:submit`. A gateway may put anything
 * before `/openai`.
 */
function azurePlace({ origin, path, query }: Target, from: number): Place {
  const openai = path.indexOf('/openai/', from)
  const root = openai < 0 ? from : openai
  const rest = path.slice(openai < 0 ? from : openai + '/openai'.length)
  const asked = new URLSearchParams(query)
  const version = asked.get('api-version') || undefined
  const named = /^\/deployments\/([^/]+)(?=\/.)/.exec(rest)
  const deployment = named?.[1] === undefined ? asked.get('deployment') || undefined : decoded(named[1])
  const at = named?.[0].length ?? under(rest, '/v1') ?? inferenceAt(rest)
  return {
    api: { base: `${origin}${path.slice(0, root)}/`, type: 'azure', ...(version === undefined ? {} : { version }) },
    operationPath:
      rest
        .slice(at)
        .replace(/^\/extensions(?=\/)/, '')
        .replace(/:submit$/, '') || '/',
    query,
    ...(deployment === undefined ? {} : { deployment }),
  }
}

/** `/models/chat/completions` is model inference's, `/models/gpt-4` is not. */
function inferenceAt(path: string): number {
  const end = under(path, '/models')
  return end !== undefined && isOperation(path.slice(end)) ? end : 0
}

/** OpenAI and its like: the operation is what follows the first base under which there is one. */
function compatiblePlace({ origin, path, query }: Target, prefix: string, provider: Provider | undefined): Place {
  const bases = [...(provider?.basePaths ?? []), `${prefix}/v1`, `${prefix}/openai/v1`, prefix]
  const ends = bases.map(base => under(path, base)).filter(end => end !== undefined)
  const at = ends.find(end => isOperation(path.slice(end))) ?? suffixAt(path) ?? ends[0] ?? 0
  return {
    api: {
      base: `${origin}${path.slice(0, at)}`,
      type: 'open_ai',
      ...(provider === undefined ? {} : { provider: provider.id }),
    },
    operationPath: path.slice(at) || '/',
    query,
  }
}

const INFERENCE = /^(?:chat\.completions|completions|embeddings|responses|images|audio\..*|moderations)$/

/** The paths whose end is proof enough under any prefix, the longest first. Others (`/files`) are anybody's words. */
const SUFFIXES = ROUTES.filter(
  ({ method, model, family }) => method === 'POST' && model === 'body' && INFERENCE.test(family),
)
  .map(route => route.path)
  .sort((a, b) => b.length - a.length)

function suffixAt(path: string): number | undefined {
  const trimmed = path.endsWith('/') ? path.slice(0, -1) : path
  const suffix = SUFFIXES.find(each => trimmed.endsWith(each))
  return suffix === undefined ? undefined : trimmed.length - suffix.length
}

/** Where the path goes on after a base, `*` being any one segment; nothing if it is not under it. */
function under(path: string, base: string): number | undefined {
  let at = 0
  for (const expected of base.split('/').slice(1)) {
    const slash = path.indexOf('/', at + 1)
    const stop = slash < 0 ? path.length : slash
    const segment = path.slice(at + 1, stop)
    if (segment === '' || (expected !== '*' && segment !== expected)) return undefined
    at = stop
  }
  return at
}

const SCHEMES: Readonly<Record<string, Scheme>> = { 'http:': 'http', 'https:': 'https', 'ws:': 'http', 'wss:': 'https' }
const HOST = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])$/

/** An origin, `host:port` or a host alone, each with or without a path prefix; nothing if it is none of them. */
function siteOf(entry: string, azure: boolean): Site | undefined {
  const isOrigin = /^[a-z][a-z0-9+.-]*:\/\//i.test(entry)
  const text = isOrigin ? entry : `http://${entry}`
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  const scheme = SCHEMES[url.protocol]
  const host = url.hostname.replace(/\.$/, '')
  if (scheme === undefined || !HOST.test(host)) return undefined
  const prefix = url.pathname.replace(/\/{2,}/g, '/').replace(/\/$/, '')
  if (isOrigin) return { host, port: Number(url.port || PORTS[scheme]), prefix, azure }
  // URLs drop their scheme's own port; an entry without a scheme means it.
  const port = url.port || new URL(`https://${entry}`).port
  return { host, prefix, azure, ...(port === '' ? {} : { port: Number(port) }) }
}

/** An entry as it may be said: no userinfo, no query. */
function shown(entry: string): string {
  return entry
    .replace(/[?#].*$/s, '')
    .replace(/^([a-z]+:\/\/)?[^/]*@/i, '$1')
    .slice(0, 100)
}
