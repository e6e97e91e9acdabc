import { isCredential } from '../../redact/credential-name'
import type { Headers } from '../../transport/headers'
import { field, type Json, str } from '../json'
import { paramsOf } from '../params'

/** What of a request tells as whom it is made. */
export interface AskerSource {
  readonly headers: Headers
  /** As the client named it, perhaps with userinfo. */
  readonly origin: string
  /** Without the question mark. */
  readonly query: string
}

/** They change from answer to answer, or from request to request, whoever asks. */
const CHANGES = /cookie|csrf|xsrf|signature|nonce|^sec-|^x-amz-(?:date|content)/

/**
 * As whom a request is made, in a form that is equal over the attempts of one call: keys in full, and of a token that is
 * renewed between two attempts (Entra's every hour, a signature at each) whom it names. It holds credentials: it is to be
 * put through a digest, never to be kept or shown.
 */
export function askerOf({ headers, origin, query }: AskerSource): string {
  const named: string[] = []
  const add = (name: string, value: string): void => {
    if (isCredential(name) && !CHANGES.test(name)) named.push(`${name}=${stable(value)}`)
  }
  for (const [name, value] of headers) add(name, value)
  for (const [name, value] of paramsOf(query)) add(name, value)
  return [origin, ...named.sort()].join('\n')
}

const SIGNED = /^\s*AWS4-[\w-]+\s+Credential=([^/,\s]+)/
const WEB_TOKEN = /eyJ[\w-]*\.([\w-]*)\.[\w.-]*/

function stable(value: string): string {
  const signer = SIGNED.exec(value)?.[1]
  if (signer !== undefined) return signer
  const claims = claimsOf(WEB_TOKEN.exec(value)?.[1])
  const names = ['iss', 'sub', 'oid', 'azp', 'appid', 'client_id'].map(name => str(field(claims, name)) ?? '')
  return names.some(name => name !== '') ? names.join(' ') : value
}

function claimsOf(encoded: string | undefined): Json | undefined {
  try {
    return encoded === undefined ? undefined : JSON.parse(Buffer.from(encoded, 'base64url').toString())
  } catch {
    // No token of that form: it is compared as it is.
    return undefined
  }
}
