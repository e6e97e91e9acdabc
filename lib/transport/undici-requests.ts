import type { Duplex } from 'node:stream'
import type { Exchange } from './exchange'
import { type Headers, headersFromObject, headersFromPairs, headersFromText } from './headers'
import { shadow, type Undo } from './shadow'

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

/**
 * The requests that are observed. Their callbacks are shadowed once for the class of each copy of undici: four shadows on
 * every request took 30 µs a call and gave each request a shape of its own. Others' requests pay a look-up for it.
 */
export class Requests {
  readonly #exchanges = new WeakMap<object, Exchange>()
  readonly #shadowed = new Map<object, readonly Undo[]>()

  add(request: UndiciRequest, exchange: Exchange): void {
    const prototype: object = Object.getPrototypeOf(request)
    if (!this.#shadowed.has(prototype)) this.#shadowed.set(prototype, this.#shadows(prototype))
    this.#exchanges.set(request, exchange)
  }

  delete(request: UndiciRequest): void {
    this.#exchanges.delete(request)
  }

  exchangeOf(request: unknown): Exchange | undefined {
    return this.#exchanges.get(request as object)
  }

  undo(): void {
    for (const undos of this.#shadowed.values()) for (const undo of undos) undo()
    this.#shadowed.clear()
  }

  #shadows(prototype: object): Undo[] {
    // 8 renamed the callback; where it has the new name it does not call the old one.
    const data = 'onResponseData' in prototype ? 'onResponseData' : 'onData'
    const upgrade = 'onRequestUpgrade' in prototype ? 'onRequestUpgrade' : 'onUpgrade'
    const exchangeOf = (request: unknown): Exchange | undefined => this.exchangeOf(request)
    return [
      shadow(prototype, upgrade, function (status, headers, socket) {
        // Over HTTP/2 a CONNECT's stream has no status.
        if (typeof status === 'number') exchangeOf(this)?.switched(status, () => headersIn(headers), socket as Duplex)
      }),
      shadow(prototype, 'onBodySent', function (chunk) {
        exchangeOf(this)?.sent(chunk)
      }),
      shadow(prototype, 'onRequestSent', function () {
        exchangeOf(this)?.requestSent()
      }),
      shadow(prototype, data, function (chunk) {
        exchangeOf(this)?.received(chunk)
      }),
    ]
  }
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
