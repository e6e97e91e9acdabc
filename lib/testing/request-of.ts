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
    headers: askedHeaders(headers),
    ...tapeContent(body, headers['content-type']),
  }
  const tape: Tape = { name: '', source: '', request, response: { status: 0, headers: {} } }
  return scrub(tape, secretsOf(headers)).request
}

const MAY_BE_SECRET = /auth|key|token|secret|cookie|^openai-(organization|project)$/

/** Credentials and names of the account in headers, as they may be said again in a body. */
export function secretsOf(headers: IncomingHttpHeaders): string[] {
  return Object.entries(headers)
    .filter(([name]) => MAY_BE_SECRET.test(name))
    .flatMap(([, value]) => value ?? [])
    .map(value => value.replace(/^(bearer|basic) +/i, ''))
}

/** Names of the account in an answer's headers. */
export function accountOf(headers: IncomingHttpHeaders): string[] {
  return [headers['openai-organization'], headers['openai-project']].flatMap(value => value ?? [])
}

/** Of a request's headers what tells about the call: gateways have credentials in any of the others. */
const KEPT = /^(content-type|accept|user-agent|openai-.+|x-stainless-.+)$/

export function askedHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(textHeaders(headers)).filter(([name]) => KEPT.test(name)))
}

export function textHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}
