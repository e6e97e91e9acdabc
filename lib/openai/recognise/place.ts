import type { Api } from '../call'
import { paramsOf } from '../params'
import { decoded, isOperation } from './match'
import { type Provider, providerAt } from './providers'
import { ROUTES } from './routes'
import { PORTS, type Scheme, type Site } from './site'

/** Where a request goes, if it goes to OpenAI or to something like it. */
export interface Place {
  readonly api: Api
  /** What follows the API's base, from its slash on: `/chat/completions`. No query. */
  readonly operationPath: string
  /** A `/v1` stands right before it, as it does with OpenAI: `/api/chat` of another server has none. */
  readonly isUnderV1: boolean
  /** Without the question mark. */
  readonly query: string
  /** Azure's deployment, decoded: what stands for the model. */
  readonly deployment?: string
}

/** Hosts that are recognised unasked. */
export interface Builtin {
  readonly azure: boolean
  /** Other services answer there too: only paths that match are ours. */
  readonly only?: RegExp
  /** Whose host it is, if not OpenAI's or Azure's. */
  readonly provider?: Provider
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
export function place(
  rawOrigin: string,
  host: string,
  rawPath: string,
  builtin: Builtin | undefined,
  sites: readonly Site[] = [],
): Place | undefined {
  const end = rawPath.search(/[?#]/)
  const query = rawPath[end] === '?' ? (rawPath.slice(end + 1).split('#', 1)[0] ?? '') : ''
  const path = `/${end < 0 ? rawPath : rawPath.slice(0, end)}`.replace(/\/{2,}/g, '/')
  const { scheme, port } = schemeAndPortOf(rawOrigin)
  const target = { origin: `${scheme}://${host}${port === PORTS[scheme] ? '' : `:${port}`}`, path, query }

  if (builtin !== undefined && builtin.only?.test(path) !== false) {
    return builtin.azure ? azurePlace(target, 0) : compatiblePlace(target, '', builtin.provider)
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

function schemeAndPortOf(origin: string): { scheme: Scheme; port: number } {
  const parts = /^(\w+):\/\/(?:[^/]*@)?(?:\[[^\]]*\]|[^:/]*)(?::(\d+))?/.exec(origin)
  const scheme = /^(?:http|ws)$/i.test(parts?.[1] ?? '') ? 'http' : 'https'
  return { scheme, port: Number(parts?.[2] ?? PORTS[scheme]) }
}

/** Gateways take Azure's URL forms too, from Azure's clients. */
function speaksAzure({ path, query }: Target, from: number): boolean {
  if (deployedAt(path, from) !== undefined) return true
  return path.startsWith('/openai/', from) && paramsOf(query).has('api-version')
}

/** Where a deployment is named, and what it is: the operation follows `end`. */
interface Deployed {
  /** Where the part begins that is Azure's own. */
  readonly start: number
  readonly end: number
  readonly deployment: string
}

/**
 * Azure's `/openai/deployments/{deployment}`; API Management's under any prefix without `/openai`; Cloudflare's gateway,
 * `/azure-openai/{resource}/{deployment}`. The latter two only if an operation follows: any path may have such a word.
 */
const DEPLOYMENTS: readonly { readonly form: RegExp; readonly sure: boolean }[] = [
  { form: /\/openai\/deployments\/([^/]+)(?=\/.)/g, sure: true },
  { form: /\/deployments\/([^/]+)(?=\/.)/g, sure: false },
  { form: /\/azure-openai\/[^/]+\/([^/]+)(?=\/.)/g, sure: false },
]

function deployedAt(path: string, from: number): Deployed | undefined {
  for (const { form, sure } of DEPLOYMENTS) {
    form.lastIndex = from
    const named = form.exec(path)
    form.lastIndex = 0
    if (named?.[1] === undefined) continue
    const end = named.index + named[0].length
    if (sure || isOperation(path.slice(end))) return { start: named.index, end, deployment: decoded(named[1]) }
  }
  return undefined
}

/**
 * Azure's URL forms: `/openai/deployments/{deployment}/…`, `/openai/v1/…`, `/openai/…`, model inference's `/models/…`;
 * also the older `…/extensions/chat/completions` and `/openai/images/generations:submit`. A gateway may put anything
 * before `/openai`.
 */
function azurePlace({ origin, path, query }: Target, from: number): Place {
  const deployed = deployedAt(path, from)
  const openai = path.indexOf('/openai/', from)
  const root = deployed?.start ?? (openai < 0 ? from : openai)
  const rest = path.slice(openai < 0 ? from : openai + '/openai'.length)
  const asked = paramsOf(query)
  const version = asked.get('api-version') || undefined
  const deployment = deployed?.deployment ?? (asked.get('deployment') || undefined)
  const versioned = deployed === undefined ? under(rest, '/v1') : undefined
  const inference = deployed === undefined && versioned === undefined ? inferenceAt(rest) : 0
  const operation = deployed === undefined ? rest.slice(versioned ?? inference) : path.slice(deployed.end)
  return {
    api: {
      base: `${origin}${path.slice(0, root)}/`,
      type: 'azure',
      ...(version === undefined ? {} : { version }),
      ...(inference === 0 ? {} : { inference: true }),
    },
    operationPath: operation.replace(/^\/extensions(?=\/)/, '').replace(/:submit$/, '') || '/',
    isUnderV1: versioned !== undefined,
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
    isUnderV1: path.endsWith('/v1', at),
    query,
  }
}

const INFERENCE = /^(?:chat\.completions|completions|embeddings|responses|images|audio\..*|moderations)$/

/** The paths whose end is proof enough under any prefix, the longest first. Others (`/files`) may be of any server. */
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
