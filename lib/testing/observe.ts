import { inObservation } from '../observation'
import type { CallRecord } from '../openai/call'
import { BegunCalls } from './begun-calls'
import { holdRunning } from './hold-running'
import { observedHosts } from './observed-hosts'

export interface ObserveOptions {
  /**
   * Servers whose calls are to be seen, beside OpenAI's own and those of the environment: origin, `host:port` or host, as in
   * `INTERCEPTOR_HOSTS`. The hosts of `OPENAI_BASE_URL`, as it is when `observe` is called, are known.
   */
  readonly hosts?: readonly string[]
}

/**
 * Runs a function and gives the records of the OpenAI calls that were begun in it, across awaits and in the order of their
 * begin. Calls of other code that runs at the same time are not among them.
 *
 * It waits until each call that was begun inside has ended and been read, those that the function did not await too: read
 * or cancel every answer. Inside `suppress` there is nothing to see. The records are those that `onCall` gets: read only,
 * with content unless capture is off.
 *
 * Nothing else is needed: without `register` or `start()`, the process is observed until the last `observe` has ended, and
 * nothing is sent anywhere. With them, all outputs get their calls as ever.
 *
 * Rejects with what the function throws or rejects with, without waiting for calls; and with an Error if
 * `INTERCEPTOR_ENABLED=false` keeps everything from being observed.
 */
export async function observe(fn: () => unknown, { hosts = [] }: ObserveOptions = {}): Promise<readonly CallRecord[]> {
  const release = holdRunning()
  const begun = new BegunCalls(observedHosts(hosts))
  try {
    await inObservation(begun, async () => fn())
    return await begun.records()
  } finally {
    await release()
  }
}
