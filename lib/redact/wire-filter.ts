import type { Config } from '../config'
import type { Json } from '../openai/json'
import type { Wire, WireSide } from '../openai/wire'
import { pause } from '../turns'
import { createRedactor, type Redactor } from '.'
import { isCredential } from './credential-name'
import { cleanInPieces } from './in-pieces'
import { scrubInTurnsFor } from './known'
import type { Scrub } from './scrub'
import type { Secret } from './secret'
import { textsIn } from './texts'

/** A wire's bodies as they were read: what can be redacted text by text. */
export interface WireBodies {
  readonly request: Json | undefined
  readonly response: Json | undefined
}

const HIDDEN = '[redacted]'

/**
 * What of the wire may leave: no credential; no content with capture off; with redaction only what is JSON, text by text.
 * A stream's pieces cannot be redacted: what is to be found may be spread over several. For the same reason
 * they are withheld where the folded answer echoes a credential that no piece shows.
 */
export function createWireFilter(
  config: Config,
): (wire: Wire, bodies: WireBodies, secrets: readonly Secret[]) => Promise<Wire> {
  const { captureContent, redactPatterns: patterns, redact: hook } = config
  const redactor = patterns.length === 0 && hook === undefined ? undefined : createRedactor({ patterns, hook })
  const contentOf = async (side: WireSide, json: Json | undefined, where: string): Promise<WireSide> => {
    if (side.body === undefined && side.chunks === undefined) return side
    if (!captureContent) return withoutText(side, 'off')
    if (redactor === undefined) return side
    const body = side.chunks === undefined && side.cut === undefined ? await redacted(redactor, json, where) : undefined
    return body === undefined ? withoutText(side, 'redacted') : { ...side, body }
  }
  return async ({ request, response }, bodies, secrets) => {
    const scrub: Scrub = secrets.length === 0 ? text => text : await scrubInTurnsFor(secrets)
    const asked = await scrubbed(await contentOf(request, bodies.request, 'request.body'), scrub)
    await pause()
    const safe = { ...asked, method: request.method, url: scrub(withoutCredentials(request.url)) }
    if (response === undefined) return { request: safe }
    const answered = await contentOf(response, bodies.response, 'response.body')
    const clean = await scrubbed(answered, scrub)
    const shown = (await isSpread(answered, clean, bodies.response, scrub)) ? withoutText(clean, 'redacted') : clean
    return { request: safe, response: { ...shown, status: response.status } }
  }
}

async function redacted(redactor: Redactor, json: Json | undefined, where: string): Promise<string | undefined> {
  if (typeof json !== 'object' || json === null) return undefined
  const ready = await redactor.ahead(textsIn(json))
  const clean = ready.redactJson(json, where)
  return clean === undefined ? undefined : JSON.stringify(clean, null, 2)
}

function withoutText(
  { body: _, chunks, cut: __, ...rest }: WireSide,
  withheld: NonNullable<WireSide['withheld']>,
): WireSide {
  const times = chunks?.map(({ ms, bytes }) => ({ ms, bytes }))
  return { ...rest, ...(times === undefined ? {} : { chunks: times }), withheld }
}

async function scrubbed(side: WireSide, scrub: Scrub): Promise<WireSide> {
  const headers = side.headers.map(
    ([name, value]) => [name, isCredential(name) ? hidden(value) : scrub(value)] as const,
  )
  const { body, chunks } = side
  return {
    ...side,
    headers,
    ...(body === undefined ? {} : { body: await cleanInPieces(body, scrub) }),
    ...(chunks === undefined ? {} : { chunks: await scrubbedChunks(chunks, scrub) }),
  }
}

/** Is a credential echoed over several events, in none of which it can be seen? */
async function isSpread(before: WireSide, after: WireSide, json: Json | undefined, scrub: Scrub): Promise<boolean> {
  if (before.chunks === undefined || before.chunks !== after.chunks) return false
  if (typeof json !== 'object' || json === null) return false
  for (const text of textsIn(json)) {
    if ((await cleanInPieces(text, scrub)) !== text) return true
    await pause()
  }
  return false
}

type Chunks = NonNullable<WireSide['chunks']>

/** An echo of a key may go across chunks: then the whole text stands in the first. */
async function scrubbedChunks(chunks: Chunks, scrub: Scrub): Promise<Chunks> {
  const whole = chunks.map(({ text = '' }) => text).join('')
  const clean = await cleanInPieces(whole, scrub)
  if (clean === whole) return chunks
  return chunks.map((chunk, i) => ({ ...chunk, ...(chunk.text === undefined ? {} : { text: i === 0 ? clean : '' }) }))
}

/** The scheme stays: it says how one has to authenticate. */
function hidden(value: string): string {
  const [, scheme] = /^(bearer|basic)\s/i.exec(value) ?? []
  return scheme === undefined ? HIDDEN : `${scheme} ${HIDDEN}`
}

/** Without userinfo, and without the values of what is called a key. */
function withoutCredentials(url: string): string {
  const [, before = url, query] = /^([^?#]*)\?([^#]*)/.exec(url) ?? []
  const bare = before.replace(/[#].*$/s, '').replace(/^([a-z][\w+.-]*:\/\/)[^/]*@/i, '$1')
  if (query === undefined) return bare
  const pairs = query.split('&').map(pair => {
    const name = pair.split('=', 1)[0] ?? ''
    return isCredential(name) || name === 'code' ? `${name}=${HIDDEN}` : pair
  })
  return `${bare}?${pairs.join('&')}`
}
