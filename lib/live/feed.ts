import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Session, Told } from './session'

/** Of lines in one message: some hundred small calls, which a page reads in less than a frame. */
const PIECE_LENGTH = 256 * 1024
/** So that nobody between takes the silence for the end, and a page that is gone is noticed. */
const HEARTBEAT_MS = 15_000

/** What a page has: every event from one place to another, both included. */
interface Heard {
  readonly from: number
  readonly to: number
}

/**
 * Feeds a page by server-sent events. The newest of what was told so far comes first, so that a list is there at once, then
 * what was before it, piece by piece; what is told meanwhile comes in between. Messages:
 *
 * - `past`: first. `calls` is how many calls there are so far.
 * - `older`: events from before those that the page has, without `wire`, one a line, in their order.
 * - without a name: events from after those that the page has, the same way; and what was run, which comes twice.
 * - `ready`: the page has all that was told.
 *
 * `id` says what the page has then, as `FROM-TO`: one that lost its connection goes on from there (`Last-Event-ID`). Nothing
 * is written while a page does not read, so that none is kept for it.
 */
export function feed(session: Session, request: IncomingMessage, response: ServerResponse): void {
  const resumed = heardOf(request)
  let heard = resumed ?? { from: session.last + 1, to: session.last }
  let isReady = false
  const send = (): void => {
    while (!response.writableNeedDrain && !response.destroyed) {
      const newer = session.after(heard.to, PIECE_LENGTH)
      const older = newer.length > 0 ? [] : session.before(heard.from, PIECE_LENGTH)
      const first = newer[0] ?? older[0]
      if (first === undefined) break
      heard = newer.length > 0 ? { ...heard, to: newer.at(-1)?.at ?? heard.to } : { ...heard, from: first.at }
      response.write(messageOf(older.length > 0 ? 'older' : '', heard, [...newer, ...older]))
    }
    if (response.writableNeedDrain || isReady) return
    isReady = true
    response.write('event: ready\ndata: {}\n\n')
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  response.write(`retry: 1000\n\nevent: past\ndata: ${JSON.stringify({ calls: session.calls })}\n\n`)
  // What was run is the oldest event, and the page's title.
  const [first] = resumed === undefined ? session.after(0, 0) : []
  if (first?.event.event === 'session') response.write(messageOf('', heard, [first]))
  send()
  response.on('drain', send)
  const stop = session.listen(send)
  const heartbeat = setInterval(() => response.writableNeedDrain || response.write(':\n\n'), HEARTBEAT_MS)
  response.on('close', () => {
    clearInterval(heartbeat)
    stop()
  })
}

function heardOf({ headers }: IncomingMessage): Heard | undefined {
  const [, from, to] = /^(\d{1,15})-(\d{1,15})$/.exec(String(headers['last-event-id'])) ?? []
  return from === undefined || to === undefined ? undefined : { from: Number(from), to: Number(to) }
}

/** JSON has no line breaks. */
function messageOf(name: string, { from, to }: Heard, told: readonly Told[]): string {
  const lines = told.map(({ line }) => `data: ${line}\n`).join('')
  return `${name === '' ? '' : `event: ${name}\n`}id: ${from}-${to}\n${lines}\n`
}
