import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** How a receiving end misbehaves, until told otherwise. */
export interface Trouble {
  /** Answers with this status and takes nothing. */
  status?: number
  /** `Retry-After`, as sent. */
  retryAfter?: string
  /** Waits so many milliseconds before it answers. */
  slowMs?: number
  /** Never answers. */
  hanging?: boolean
  /** Breaks the connection at the request. */
  reset?: boolean
  /** Ends its side of the connection in the middle of the answer's head. */
  halfClosed?: boolean
  /** Says something that is not TLS on every new connection. */
  tlsFailure?: boolean
  /** Only every so-manyth request is in trouble; counting starts when the trouble does. */
  everyNth?: number
}

/** Resolves to `true` if the request has had its answer, or gets none, and is not to be taken. */
export async function applyTrouble(trouble: Trouble, req: IncomingMessage, res: ServerResponse): Promise<boolean> {
  const { status, retryAfter, slowMs, hanging, reset, halfClosed } = trouble
  if (slowMs) await sleep(slowMs, undefined, { ref: false })
  if (hanging) return true
  if (reset) {
    req.socket.destroy()
    return true
  }
  if (halfClosed) {
    req.socket.end('HTTP/1.1 202 Acc')
    return true
  }
  if (status === undefined) return false
  res.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end('{"errors":["in trouble"]}')
  return true
}
