import { ClientRequestInterceptor } from '@mswjs/interceptors/ClientRequest'
import { FetchInterceptor } from '@mswjs/interceptors/fetch'
import { decoded } from './decoded'
import type { Tape } from './tape'
import { tapeContent } from './tape-body'

/** Takes a tape when its answer is complete; it is not named and not scrubbed yet. */
export type Take = (tape: Tape) => void

/**
 * Watches what global fetch and node:http exchange with one host, and lets every request through. An exchange that
 * breaks off is no tape: `lost` is told why. Gives the undo.
 */
export function startRecorder(host: string, take: Take, lost: (reason: string) => void): () => void {
  const watch =
    (decode: (bytes: Buffer, encoding: string) => Buffer) =>
    ({ request, response }: { request: Request; response: Response }) => {
      if (new URL(request.url).host !== host) return
      // Not awaited: the app's own answer waits for listeners that are.
      tapeOf(request, response, decode).then(take, cause => lost(`${request.method} ${request.url}: ${cause}`))
    }
  const overFetch = new FetchInterceptor()
  const overHttp = new ClientRequestInterceptor()
  overFetch.on(
    'response',
    watch(bytes => bytes),
  )
  overHttp.on('response', watch(decoded))
  overFetch.apply()
  overHttp.apply()
  return () => {
    overFetch.dispose()
    overHttp.dispose()
  }
}

async function tapeOf(
  request: Request,
  response: Response,
  decode: (bytes: Buffer, encoding: string) => Buffer,
): Promise<Tape> {
  const asked = Buffer.from(await request.arrayBuffer())
  const answered = Buffer.from(await response.arrayBuffer())
  const contentEncoding = response.headers.get('content-encoding')
  return {
    name: '',
    source: `recorded ${new Date().toISOString().slice(0, 10)} from ${new URL(request.url).host}`,
    request: {
      method: request.method,
      url: request.url,
      headers: Object.fromEntries(request.headers),
      ...tapeContent(asked, request.headers.get('content-type') ?? ''),
    },
    response: {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      ...(contentEncoding !== null && { contentEncoding }),
      ...tapeContent(decode(answered, contentEncoding ?? ''), response.headers.get('content-type') ?? ''),
    },
  }
}
