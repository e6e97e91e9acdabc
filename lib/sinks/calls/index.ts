import { channel } from 'node:diagnostics_channel'
import type { Config } from '../../config'
import { suppress } from '../../context'
import { tally } from '../../counters'
import { observationHere, type TakeRecord } from '../../observation'
import type { Call, CallHook, CallRecord } from '../../openai/call'
import { sayOnce } from '../../say'
import type { Sink } from '../sink'
import { type CallFile, openCallFile } from './file'
import { recordOf } from './record'

export interface CallSink extends Sink {
  /** Writes what is pending, in the process's last moment. */
  exit(): void
}

/** What is published on it is a `CallRecord`. */
const CHANNEL = channel('interceptor:call')

/**
 * Hands out each call that has ended: to the observation it was begun in, the file, the hooks and the channel. A record is only made where somebody
 * wants it. The sink is to be the last: what a hook does must not delay the others.
 */
export function createCallSink(config: Config): CallSink {
  const file: CallFile | undefined = config.file === undefined ? undefined : openCallFile(config.file)
  const isHeard = (): boolean => file !== undefined || config.onCall.length > 0 || CHANNEL.hasSubscribers
  const end = (call: Call, take: TakeRecord | undefined): void => {
    // Its calls would lead to more calls of it.
    if (take !== undefined || isHeard()) suppress(() => handOut(recordOf(call), take))
  }
  const handOut = (record: CallRecord, take: TakeRecord | undefined): void => {
    take?.(record)
    file?.write(record)
    for (const hook of config.onCall) tell(hook, record)
    if (CHANNEL.hasSubscribers) CHANNEL.publish(record)
  }
  return {
    open() {
      const take = observationHere()?.begin()
      return Object.assign((call: Call) => end(call, take), { wantsSample: () => take !== undefined || isHeard() })
    },
    flush: async () => file?.flush(),
    stop: async () => file?.stop(),
    exit: () => file?.exit(),
  }
}

function tell(hook: CallHook, record: CallRecord): void {
  try {
    // A promise's rejection must not become the app's.
    Promise.resolve(hook(record)).catch(fileFailed)
  } catch {
    fileFailed()
  }
}

/** What it threw is not said: it may be about content. */
function fileFailed(): void {
  tally('hook.failed')
  sayOnce('hook', 'the onCall function threw or its promise rejected; the app goes on, and so do the outputs')
}
