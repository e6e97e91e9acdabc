import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Session, Told } from './session'

/** A page that does not read has so much kept for it; then it is let go, and asks again from where it was. */
const MOST_WAITING_BYTES = 64 * 1_048_576
/** So that nobody between takes the silence for the end, and a page that is gone is noticed. */
const HEARTBEAT_MS = 15_000

/**
 * Feeds a page by server-sent events: what was told so far, then what is told. Each has its place as `id`, after which a page
 * that comes back goes on (`Last-Event-ID`); `data` is the event without `wire`. One called `ready` stands between what
 * was and what comes.
 */
export function feed(session: Session, request: IncomingMessage, response: ServerResponse): void {
  const last = Number(request.headers['last-event-id'] ?? 0)
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  response.write('retry: 1000\n\n')
  const send = (told: Told): void => {
    response.write(textOf(told))
    if (response.writableLength > MOST_WAITING_BYTES) response.destroy()
  }
  // As many texts at once as there are would be as many writes.
  response.write(
    session
      .after(Number.isSafeInteger(last) ? last : 0)
      .map(textOf)
      .join(''),
  )
  response.write('event: ready\ndata: {}\n\n')
  const stop = session.listen(send)
  const heartbeat = setInterval(() => response.write(':\n\n'), HEARTBEAT_MS)
  response.on('close', () => {
    clearInterval(heartbeat)
    stop()
  })
}

/** JSON has no line breaks. */
function textOf({ at, line }: Told): string {
  return `id: ${at}\ndata: ${line}\n\n`
}
