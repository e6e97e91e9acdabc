import type { EventSender, SendResult } from './sender'

/**
 * Sends to the first of several targets that is there: an agent may be too old to take such events, or may not run. Once
 * one has answered as what it should be, it stays; while none has, the first is asked first again.
 */
export function firstThatTakes(
  openings: readonly (() => EventSender)[],
  chosen: (sender: EventSender, before: EventSender, why: string) => void,
): EventSender {
  const senders: (EventSender | undefined)[] = openings.map(() => undefined)
  let settled: number | undefined
  let current = 0
  const senderAt = (index: number): EventSender | undefined => {
    senders[index] ??= openings[index]?.()
    return senders[index]
  }

  const post = async (body: Buffer, from: number): Promise<SendResult> => {
    const sender = senderAt(from)
    if (sender === undefined) return { failure: 'none' }
    current = from
    const result = await sender.post(body)
    if (!isMissing(result)) {
      if ('status' in result) settled = from
      return result
    }
    const next = settled === undefined ? senderAt(from + 1) : undefined
    if (next === undefined) return result
    const answer = await post(body, from + 1)
    if (settled !== undefined) chosen(next, sender, 'status' in result ? String(result.status) : result.failure)
    return answer
  }

  return {
    get shown() {
      return senderAt(current)?.shown ?? ''
    },
    get hasKey() {
      return senderAt(current)?.hasKey ?? false
    },
    post: body => post(body, settled ?? 0),
    close() {
      for (const sender of senders) sender?.close()
    },
  }
}

/** Nobody is there: the socket does not exist, the port is closed, the host has no address. */
const NOBODY: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOENT', 'ENOTFOUND', 'EACCES', 'EHOSTUNREACH'])

function isMissing(result: SendResult): boolean {
  return 'status' in result ? result.status === 404 || result.status === 405 : NOBODY.has(result.failure)
}
