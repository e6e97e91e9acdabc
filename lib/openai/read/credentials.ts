import { isCredential } from '../../redact/credential-name'
import { isPassword, isSecret, isSensitive, type Secret } from '../../redact/secret'
import { Recent } from '../../remembered'
import type { Headers } from '../../transport/headers'
import { field, isObject, type Json, str } from '../json'
import { boundedQuery, type Params, paramsOf } from '../params'

/** Whom a call is made as. */
export interface Credentials {
  /** As it may be shown: `sk-...` and four characters of a key, else `entra` or `jwt`. */
  readonly key?: string
  /** In full: for scrubbing them from texts, never for showing. */
  readonly secrets: readonly Secret[]
}

/** What of a request may hold credentials. */
export interface CredentialSource {
  readonly headers: Headers
  /** As the client named it, perhaps with userinfo. */
  readonly origin: string
  /** Without the question mark. */
  readonly query: string
}

/** Where a browser's WebSocket, which can send no header, puts its key. */
const PROTOCOLS = 'sec-websocket-protocol'
const HIDDEN = '[redacted]'
const MOST_SECRETS = 32
const LONGEST_SPLIT = 16_384

/** Keys by which a server knows who asks, the likeliest first; a gateway's own come after the server's. */
const KEY_HEADERS = ['api-key', 'x-api-key', 'ocp-apim-subscription-key', 'x-goog-api-key'] as const
const KEY_PARAMETERS = ['api-key', 'subscription-key', 'key'] as const

/** `sk-...` and the last four characters, whatever the key's own prefix: what the dashboards group by. */
export function fingerprint(key: string): string {
  return `sk-...${key.slice(-4)}`
}

/** Keys are few and calls are many: taking them apart is 15 µs a call. */
const known = new Recent<Credentials>(16, LONGEST_SPLIT)

export function credentialsOf({ headers, origin, query: whole }: CredentialSource): Credentials {
  const query = boundedQuery(whole)
  let name = `${origin}\n${query}\n${headers.get(PROTOCOLS) ?? ''}`
  for (const [header, value] of headers) if (isCredential(header) || isJson(value)) name += `\n${header}\n${value}`
  return known.of(name, () => readCredentials({ headers, origin, query }))
}

function readCredentials({ headers, origin, query }: CredentialSource): Credentials {
  const bearer = bearerOf(headers)
  const parameters = paramsOf(query)
  const key = apiKeyOf(headers, parameters, bearer)
  const shown = key === undefined ? tokenKind(bearer) : fingerprint(key)
  const secrets = new Map<string, string>()
  const hide = (values: readonly string[], shownAs: string): void => {
    for (const value of values) if (secrets.size < MOST_SECRETS && !secrets.has(value)) secrets.set(value, shownAs)
  }
  if (key !== undefined && isSecret(key)) hide([key], fingerprint(key))
  if (bearer !== undefined && isSecret(bearer)) hide([bearer], HIDDEN)
  for (const [name, value] of headers) {
    if (isCredential(name)) hide(secretsIn(name, value), HIDDEN)
    else if (isJson(value)) hide(credentialMembers(value), HIDDEN)
  }
  for (const [name, value] of parameters) {
    if (secrets.size >= MOST_SECRETS) break
    if (isParameter(name)) hide([value].filter(isSensitive), HIDDEN)
  }
  for (const pair of secrets.size < MOST_SECRETS ? query.split('&') : []) hide(rawSecret(pair), HIDDEN)
  hide(userinfoParts(origin), HIDDEN)
  return {
    ...(shown === undefined ? {} : { key: shown }),
    secrets: longestFirst([...secrets].map(([value, shownAs]) => ({ value, shown: shownAs }))),
  }
}

/** A credential that is part of another must not keep the longer one from being found. */
export function longestFirst(secrets: readonly Secret[]): Secret[] {
  return [...secrets].sort((a, b) => b.value.length - a.value.length)
}

function bearerOf(headers: Headers): string | undefined {
  return /^\s*bearer\s+([^\s,]+)/i.exec(headers.get('authorization') ?? '')?.[1]
}

/** The key is the name of a subprotocol. */
const KEY_SUBPROTOCOL = /(?:^|[\s,])openai-insecure-api-key\.([^\s,]+)/

function apiKeyOf(headers: Headers, parameters: Params, bearer: string | undefined): string | undefined {
  if (bearer !== undefined && !isWebToken(bearer)) return bearer
  for (const name of KEY_HEADERS) {
    const key = headers.get(name)?.trim()
    if (key && !isWebToken(key)) return key
  }
  const subprotocol = KEY_SUBPROTOCOL.exec(headers.get(PROTOCOLS) ?? '')?.[1]
  if (subprotocol !== undefined) return subprotocol
  return KEY_PARAMETERS.map(name => parameters.get(name)).find(value => value !== null && isSecret(value)) ?? undefined
}

function isWebToken(token: string): boolean {
  return /^eyJ[\w-]*\.[\w-]*\.[\w.-]*$/.test(token)
}

const ENTRA =
  /^https:\/\/(?:sts\.windows\.net|login\.microsoftonline\.(?:com|us)|login\.partner\.microsoftonline\.cn)\//

/** A token is another every hour: its end names nobody. */
function tokenKind(bearer: string | undefined): string | undefined {
  if (bearer === undefined || !isWebToken(bearer)) return undefined
  const issuer = str(field(claimsOf(bearer), 'iss'))
  return issuer !== undefined && ENTRA.test(issuer) ? 'entra' : 'jwt'
}

function claimsOf(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.split('.', 2)[1] ?? '', 'base64url').toString())
  } catch {
    return undefined
  }
}

/** Those that clients without a key fill with a word. */
const OFTEN_DUMMY: ReadonlySet<string> = new Set(['authorization', 'api-key', 'x-api-key'])

function secretsIn(name: string, value: string): string[] {
  const [, scheme = '', rest = value] = /^\s*([\w-]{1,40})\s+(.*)$/s.exec(value) ?? []
  if (scheme.toLowerCase() === 'basic') return [rest.trim(), ...basic(rest)]
  const hides = OFTEN_DUMMY.has(name) ? isSecret : isSensitive
  return wordsIn(name === PROTOCOLS ? protocolSecrets(value) : value).filter(hides)
}

/** Of `name=value` the value, decoded too; lists and JSON taken apart. */
function wordsIn(value: string): string[] {
  const words = value.slice(0, LONGEST_SPLIT).split(/[\s,;"'{}[\]]+/)
  return words.flatMap(word => {
    const bare = /^[\w.$-]{1,80}=(?!=*$)(.*)$/s.exec(word)?.[1] ?? word
    const last = /^[\w.$-]{1,40}:(.+)$/s.exec(bare)?.[1]
    return [...new Set([bare, percentDecoded(bare), ...(last === undefined ? [] : [last])])]
  })
}

const OPEN_OBJECT = 123

function isJson(value: string): boolean {
  return value.charCodeAt(0) === OPEN_OBJECT
}

/** Portkey's configuration comes whole in a header: what its members are called tells which are credentials. */
function credentialMembers(json: string): string[] {
  const members = json.slice(0, LONGEST_SPLIT).matchAll(/"([\w.$-]{1,80})"\s*:\s*"([^"\\]{1,4000})"/g)
  return [...members].flatMap(([, name = '', value = '']) => (isCredential(name) && isSensitive(value) ? [value] : []))
}

/** Members of a body that hold a credential: gateways take the provider's key there (`api_key`, LiteLLM). */
const IN_BODY = /(?:api|secret|access|private|auth|bearer)[_-]?(?:key|token)$|secret$|passw(?:or)?d$|credentials?$/i
const MOST_MEMBERS = 200

/** The credentials in a request's body, on its first two levels: what lies deeper is content. */
export function secretsInBody(body: Json | undefined): Secret[] {
  const found: Secret[] = []
  addSecrets(body, 1, found)
  return found
}

/** Without a list of the members: every call passes here, and nearly none has any. */
function addSecrets(value: Json | undefined, levelsBelow: number, found: Secret[]): void {
  if (!isObject(value)) return
  let left = MOST_MEMBERS
  for (const name in value) {
    if (left === 0) return
    left -= 1
    const inner = value[name]
    if (typeof inner !== 'string') {
      if (levelsBelow > 0) addSecrets(inner, levelsBelow - 1, found)
    } else if (inner.length <= LONGEST_SPLIT && IN_BODY.test(name.slice(-80)) && isSensitive(inner)) {
      found.push({ value: inner, shown: HIDDEN })
    }
  }
}

/** Subprotocols carry credentials behind a name that says so: `openai-insecure-api-key.…`. */
function protocolSecrets(value: string): string {
  const named = value.split(/[\s,]+/).map(protocol => /^([\w-]+)\.(.+)$/s.exec(protocol))
  return named.flatMap(match => (match?.[1] && match[2] && isCredential(match[1]) ? [match[2]] : [])).join(' ')
}

function basic(encoded: string): string[] {
  const pair = Buffer.from(encoded.trim(), 'base64').toString()
  const colon = pair.indexOf(':')
  return namedPair(colon < 0 ? pair : pair.slice(0, colon), colon < 0 ? '' : pair.slice(colon + 1))
}

function userinfoParts(origin: string): string[] {
  const [, user = '', password = ''] = /^\w+:\/\/([^/@:]*)(?::([^/@]*))?@/.exec(origin) ?? []
  return [...namedPair(user, password), ...namedPair(percentDecoded(user), percentDecoded(password))]
}

function namedPair(user: string, password: string): string[] {
  return [user].filter(isSensitive).concat([password].filter(isPassword))
}

function isParameter(name: string): boolean {
  return isCredential(name) || name === 'code'
}

/** As it stands in the query, where the client did not encode it as we would. */
function rawSecret(pair: string): string[] {
  const equals = pair.indexOf('=')
  const value = pair.slice(equals + 1)
  return equals > 0 && isSensitive(value) && isParameter(percentDecoded(pair.slice(0, equals))) ? [value] : []
}

function percentDecoded(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
