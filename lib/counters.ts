/**
 * Every counter of what happened to us, as opposed to the app. `*`: one for each place, reason or output; `OUTPUT` is
 * that of a queue, `logs` or `llmobs`. The compiler refuses a counter that stands not here, and the README's reference
 * is made from this.
 */
export const COUNTERS = {
  'calls.seen': 'calls that were observed',
  'calls.delivered.*':
    'calls handed to the tracer (`spans`) or the socket (`metrics`), written (`file`), taken by the intake (`logs`, `llmobs`)',
  'calls.unread': 'calls whose bodies could not be read in time at the end of the process',
  'dropped.read':
    'ended calls that waited too long, or too many at a time, to be read: sent without model, tokens and texts',
  'bodies.out_of_budget': 'bodies let go since `INTERCEPTOR_MAX_TOTAL_BYTES` was spent',
  'spans.posts': 'posts of spans by dd-trace',
  'spans.posts.failed': 'posts that the agent did not take',
  'metrics.unsent': 'datagrams or posts of metrics that failed',
  'metrics.refused': 'times that nobody listened at the UDP port, asked every 10 seconds',
  'metrics.dropped': 'datagrams dropped while the agent’s socket did not answer',
  'OUTPUT.*': '`written`, `sent`, `retries`, `truncated` (cut to size), `spooled`, `dropped` in all and by reason',
  'llmobs.*':
    'beside those: events that the app’s processor dropped, that a parent shows, and whose metadata is no JSON',
  'otel.*': 'no provider, a provider that was shut down, and what failed there',
  'file.dropped': 'records that `INTERCEPTOR_FILE` has not',
  'file.failed': 'failed writes to it',
  'live.dropped': 'events that the `interceptor` command has not seen',
  'hook.failed': 'times that an `onCall` or a subscriber threw',
  'redact.failed': 'texts left out since a redaction failed',
  'said.dropped': 'lines of ours that standard error did not take',
  'tokens.*': 'counting that failed, was rough, or had no worker',
  'price.model_unknown': 'calls whose model the price list does not know, though it knows the provider: a newer model',
  'websocket.*': 'WebSockets that were not followed, or not to their end',
  'swallowed.*': 'exceptions of ours, by place: each is a fault to be reported',
} as const

/** Whose queue: an event kind of the intake. */
export type QueueName = 'logs' | 'llmobs'

type Named<Key extends string> = Key extends `OUTPUT.${infer Rest}`
  ? Named<`${QueueName}.${Rest}`>
  : Key extends `${infer Start}*${infer End}`
    ? `${Start}${string}${End}`
    : Key

export type CounterName = Named<keyof typeof COUNTERS>

const counts = new Map<string, number>()

type Heard = (name: CounterName, by: number, why: string | undefined) => void

let listener: Heard | undefined

/** Read by `handle.counters()` and sent by the metrics sink as `interceptor.*`; the reason is for who listens. */
export function tally(name: CounterName, by = 1, why?: string): void {
  counts.set(name, (counts.get(name) ?? 0) + by)
  // What is said may be counted itself.
  if (listener !== undefined && name !== 'said.dropped') listener(name, by, why)
}

/** Tells one listener of each count. Gives what ends that. */
export function onTally(heard: Heard): () => void {
  listener = heard
  return () => {
    listener = undefined
  }
}

export function counters(): Record<string, number> {
  return Object.fromEntries(counts)
}
