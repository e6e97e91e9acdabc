import { eventFromJson, type SessionEvent } from '../live/event'
import type { Batch } from './rows'

export interface Feed {
  /** Is given what came since it was called last. */
  take(batch: Batch): void
  /** Of the connection: a receiver that has ended never comes back at this address. */
  connected(is: boolean): void
  /** How many calls there are, as long as not all of them have come; then undefined. */
  expect(calls: number | undefined): void
}

/** At most so often the page is drawn anew, however many calls there are. */
const BATCH_MS = 100
/** The same while the past comes: drawing 50,000 calls takes the time that reading them needs. */
const PAST_BATCH_MS = 500

/** Begins to listen to the receiver that the page is from (`lib/live/feed.ts`). Gives what ends that. */
export function listen(token: string, { take, connected, expect }: Feed): () => void {
  const source = new EventSource(`/events?token=${encodeURIComponent(token)}`)
  let older: SessionEvent[][] = []
  let newer: SessionEvent[] = []
  let timer: number | undefined
  let isDrawn = false
  let isPast = true
  const flush = (): void => {
    window.clearTimeout(timer)
    timer = undefined
    isDrawn = true
    take({ older: older.reverse().flat(), newer })
    older = []
    newer = []
  }
  const draw = (): void => {
    if (!isDrawn) flush()
    else timer ??= window.setTimeout(flush, isPast ? PAST_BATCH_MS : BATCH_MS)
  }
  source.addEventListener('past', ({ data }) => {
    isPast = true
    connected(true)
    expect(JSON.parse(data).calls)
  })
  source.addEventListener('older', ({ data }) => {
    older.push(eventsOf(data))
    draw()
  })
  source.onmessage = ({ data }) => {
    newer.push(...eventsOf(data))
    draw()
  }
  source.addEventListener('ready', () => {
    isPast = false
    flush()
    expect(undefined)
  })
  source.onerror = () => connected(false)
  return () => source.close()
}

function eventsOf(lines: string): SessionEvent[] {
  return lines.split('\n').flatMap(line => {
    const event = eventFromJson(JSON.parse(line))
    return typeof event === 'string' ? [] : [event]
  })
}
