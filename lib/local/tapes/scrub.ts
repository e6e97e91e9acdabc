import type { Tape } from './tape'

/** What is kept of an answer's headers. Everything else (cookies, the edge's own) tells nothing about a call. */
const KEPT = /^(content-(type|disposition)|cache-control|retry-after(-ms)?|www-authenticate|openai-|x-|apim-|azureml-)/
const SECRET_HEADERS = /^(authorization|proxy-authorization|(x-)?api-key|cookie|set-cookie)$/
/** They name the account, and are read by us: the header stays, its value does not. */
const ACCOUNT_HEADERS = /^openai-(organization|project)$/
const SECRET_PARAMS = /^(api-?key|key|token|sig|signature)$/i

/** A key as OpenAI or Azure (32 hex digits after its header's name) writes it, or a bearer token. */
const SECRETS = [
  /sk-[A-Za-z0-9_-]{16,}/g,
  /\bBearer [A-Za-z0-9._~+/-]{16,}=*/gi,
  /(?<=\bapi-key[\\"':= ]{1,8})[A-Za-z0-9]{32,}/gi,
]

/** The secret-looking strings of a text. */
export function findSecrets(text: string): string[] {
  return SECRETS.flatMap(pattern => text.match(pattern) ?? [])
}

/** A copy without secrets: `known` ones literally, and whatever looks like one. */
export function scrub(tape: Tape, known: readonly string[] = []): Tape {
  const { request, response } = tape
  const kept = Object.entries(response.headers).filter(([name]) => KEPT.test(name))
  const bare: Tape = {
    ...tape,
    request: { ...request, url: scrubbedText(request.url), headers: cleanHeaders(Object.entries(request.headers)) },
    response: { ...response, headers: cleanHeaders(kept) },
  }
  // Bodies are JSON at any depth: it is their text that is searched, key-shaped strings have nothing to escape.
  const literally = known.filter(secret => secret.length >= 8)
  const text = literally.reduce((text, secret) => text.replaceAll(secret, 'scrubbed'), JSON.stringify(bare))
  const scrubbed: Tape = JSON.parse(SECRETS.reduce((text, pattern) => text.replace(pattern, 'scrubbed'), text))
  return scrubbed
}

function cleanHeaders(headers: [string, string][]): Record<string, string> {
  const kept = headers.filter(
    ([name]) => !SECRET_HEADERS.test(name) && !/^(host|connection|content-length)$/.test(name),
  )
  return Object.fromEntries(kept.map(([name, value]) => [name, ACCOUNT_HEADERS.test(name) ? 'scrubbed' : value]))
}

function scrubbedText(text: string): string {
  const url = new URL(text)
  url.username = ''
  url.password = ''
  for (const name of [...url.searchParams.keys()]) if (SECRET_PARAMS.test(name)) url.searchParams.delete(name)
  return url.href
}
