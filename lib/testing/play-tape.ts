import type { ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { eventText } from '../local/tapes/event-stream'
import { contentBytes } from '../local/tapes/tape-body'
import type { Tape } from '../local/tapes/tape-types'

/** Belong to a connection or to the body as it was sent once, and are made anew. */
const NOT_REPLAYED = /^(connection|keep-alive|transfer-encoding|content-length|content-encoding|date|te|trailer)$/i

/**
 * Sends a tape's answer, not compressed: clients that decode nothing can read it. A stream goes event by event; with a
 * speed, each when it came, or at that multiple of it.
 */
export async function playTape(response: ServerResponse, { response: recorded }: Tape, speed?: number): Promise<void> {
  const headers = Object.entries(recorded.headers).filter(([name]) => !NOT_REPLAYED.test(name))
  const { events, eventsMs = [] } = recorded
  if (events === undefined) {
    const bytes = contentBytes(recorded)
    const length: [string, string][] = hasBody(recorded.status) ? [['content-length', String(bytes.length)]] : []
    response.writeHead(recorded.status, Object.fromEntries([...headers, ...length])).end(bytes)
    return
  }
  response.writeHead(recorded.status, Object.fromEntries(headers))
  response.flushHeaders()
  const begun = performance.now()
  for (const [index, event] of events.entries()) {
    if (response.destroyed) return
    if (speed !== undefined) await pause(Math.max(0, begun + (eventsMs[index] ?? 0) / speed - performance.now()))
    await new Promise(resolve => response.write(eventText(event), resolve))
  }
  response.end()
}

function hasBody(status: number): boolean {
  return status >= 200 && status !== 204 && status !== 304
}

/** The answer where there is no tape. 404: SDKs do not ask again. */
export function refuse(response: ServerResponse, message: string): void {
  const error = { message, type: 'unrecorded_request', param: null, code: null }
  response
    .writeHead(404, { 'content-type': 'application/json', 'x-should-retry': 'false' })
    .end(JSON.stringify({ error }))
}
