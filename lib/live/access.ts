import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Why a request is refused. */
export type Refusal = 'host' | 'origin' | 'token'

/**
 * Who may ask: programs on this machine that know the token, and pages of ours. A page of another site can make the
 * browser ask too: it knows no token, its origin is another, and with a name of its own for this machine (DNS rebinding)
 * the host is.
 */
export function refusalOf(request: IncomingMessage, port: number, token: string): Refusal | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]
  const { host = '', origin, 'sec-fetch-site': site } = request.headers
  if (!hosts.includes(host.toLowerCase())) return 'host'
  if (origin !== undefined && !hosts.some(ours => origin.toLowerCase() === `http://${ours}`)) return 'origin'
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'origin'
  return isToken(tokenIn(request), token) ? undefined : 'token'
}

function tokenIn({ headers, url = '' }: IncomingMessage): string {
  const bearer = /^Bearer (\w+)$/.exec(headers.authorization ?? '')?.[1]
  return bearer ?? /[?&]token=(\w+)/.exec(url)?.[1] ?? ''
}

/** Takes as long whatever is given: hashes are equally long, and compared to their ends. */
function isToken(given: string, token: string): boolean {
  return timingSafeEqual(hashOf(given), hashOf(token))
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
