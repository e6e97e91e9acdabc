import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'

/** One request as the stand-in saw it, and what became of the answer. Filled in as it goes. */
export interface Received {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  /** What has arrived of the body. */
  readonly body: Buffer
  /** Name of the tape that answered. */
  tape?: string
  status?: number
  /** Bytes of the response's body, as sent. */
  bytesWritten: number
  /** `performance.now()` when the client closed before it had the whole answer. */
  closedEarlyAt?: number
  /** Resolves when the exchange is over, however it ended. */
  readonly done: Promise<void>
  /** Resolves when the request's body is complete; never, if the client goes before. */
  readonly complete: Promise<void>
}

export function receive(req: IncomingMessage, res: ServerResponse): Received {
  const chunks: Buffer[] = []
  const received: Received = {
    method: req.method ?? 'GET',
    url: req.url ?? '/',
    headers: req.headers,
    get body() {
      return Buffer.concat(chunks)
    },
    bytesWritten: 0,
    done: new Promise(resolve => res.once('close', resolve)),
    complete: new Promise(resolve => req.once('end', resolve)),
  }
  req.on('data', (chunk: Buffer) => chunks.push(chunk))
  res.once('close', () => {
    received.status = res.statusCode
    if (!res.writableFinished) received.closedEarlyAt = performance.now()
  })
  return received
}
