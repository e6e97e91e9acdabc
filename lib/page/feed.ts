import { eventFromJson, type SessionEvent } from '../live/event'

export interface Feed {
  /** Is given what came since it was called last; the first batch is the past. */
  take(events: readonly SessionEvent[]): void
  /** Of the connection: a receiver that has ended never comes back at this address. */
  connected(is: boolean): void
}

/** At most so often the page is drawn anew, however many calls there are. */
const BATCH_MS = 100

/** Begins to listen to the receiver that the page is from. Gives what ends that. */
export function listen(token: string, { take, connected }: Feed): () => void {
  const source = new EventSource(`/events?token=${encodeURIComponent(token)}`)
  let waiting: SessionEvent[] = []
  let timer: number | undefined
  const flush = (): void => {
    window.clearTimeout(timer)
    timer = undefined
    const events = waiting
    waiting = []
    take(events)
  }
  let isPast = true
  source.onmessage = ({ data }) => {
    const event = eventFromJson(JSON.parse(data))
    if (typeof event === 'string') return
    waiting.push(event)
    if (!isPast) timer ??= window.setTimeout(flush, BATCH_MS)
  }
  source.addEventListener('ready', () => {
    isPast = false
    flush()
    connected(true)
  })
  source.onerror = () => connected(false)
  return () => source.close()
}
