import type { Duplex } from 'node:stream'
import { ClassShadows } from './class-shadows'
import type { Exchange } from './exchange'
import { type Headers, headersFromObject, headersFromPairs, headersFromText } from './headers'

/** What we use of undici's internal request, on 5 to 8. */
export interface UndiciRequest {
  readonly origin: string | URL
  readonly path: string
  readonly method: string
  /** Text as on the wire on 5, a flat list from 6. */
  readonly headers: unknown
  readonly host?: string | null
  readonly contentType?: string | null
  readonly upgrade?: string | null
}

/** The requests that are observed, by the callbacks that undici's own code calls. */
export function requestShadows(): ClassShadows<Exchange> {
  return new ClassShadows<Exchange>(prototype => ({
    // 8 renamed these; where a class has the new name it does not call the old one.
    ['onRequestUpgrade' in prototype ? 'onRequestUpgrade' : 'onUpgrade']: (exchange, status, headers, socket) => {
      // Over HTTP/2 a CONNECT's stream has no status.
      if (typeof status === 'number') exchange.switched(status, () => headersIn(headers), socket as Duplex)
    },
    onBodySent: (exchange, chunk) => exchange.sent(chunk),
    onRequestSent: exchange => exchange.requestSent(),
    ['onResponseData' in prototype ? 'onResponseData' : 'onData']: (exchange, chunk) => exchange.received(chunk),
  }))
}

export function requestHeaders({ headers, host, contentType }: UndiciRequest): Headers {
  const read = headersIn(headers)
  // These two are fields of their own on some versions.
  if (host && !read.has('host')) read.set('host', host)
  if (contentType && !read.has('content-type')) read.set('content-type', contentType)
  return read
}

/** Of an answer `Buffer[]` over HTTP/1, a plain object over HTTP/2 on 5 and 8. */
export function headersIn(headers: unknown): Map<string, string> {
  if (typeof headers === 'string') return headersFromText(headers)
  if (Array.isArray(headers)) return headersFromPairs(headers)
  return typeof headers === 'object' && headers !== null ? headersFromObject(headers) : new Map()
}
