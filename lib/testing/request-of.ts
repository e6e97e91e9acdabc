import type { IncomingHttpHeaders } from 'node:http'
import { scrub } from '../local/tapes/scrub'
import { tapeContent } from '../local/tapes/tape-body'
import type { Tape } from '../local/tapes/tape-types'
import type { TapeRequest } from './tape-difference'

/** A request that has come in whole. */
export interface Received {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** A request that has come in, as it would be on a tape: scrubbed as those are, or none with a key in it were found. */
export function requestOf({ method, url, headers, body }: Received): TapeRequest {
  const request = {
    method,
    url: new URL(url, 'http://127.0.0.1').href,
    headers: textHeaders(headers),
    ...tapeContent(body, headers['content-type']),
  }
  const tape: Tape = { name: '', source: '', request, response: { status: 0, headers: {} } }
  return scrub(tape, secretsOf(headers)).request
}

/** The credentials of a request, as they may be said again in a body. */
export function secretsOf({ authorization, 'api-key': apiKey }: IncomingHttpHeaders): string[] {
  const bearer = authorization?.replace(/^\w+ /, '')
  return [bearer, apiKey].flatMap(secret => (typeof secret === 'string' ? secret : []))
}

export function textHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}
