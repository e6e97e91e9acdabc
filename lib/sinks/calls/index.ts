import { channel } from 'node:diagnostics_channel'
import type { Config } from '../../config'
import { suppress } from '../../context'
import { tally } from '../../counters'
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
 * Hands out each call that has ended: to the file, the hooks and the channel. A record is only made where somebody
 * wants it. The sink is to be the last: what a hook does must not delay the others.
 */
export function createCallSink(config: Config): CallSink {
  const file: CallFile | undefined = config.file === undefined ? undefined : openCallFile(config.file)
  const isHeard = (): boolean => file !== undefined || config.onCall.length > 0 || CHANNEL.hasSubscribers
  const end = (call: Call): void => {
    // Its calls would lead to more calls of it.
    if (isHeard()) suppress(() => handOut(recordOf(call)))
  }
  const handOut = (record: CallRecord): void => {
    file?.write(record)
    for (const hook of config.onCall) tell(hook, record)
    if (CHANNEL.hasSubscribers) CHANNEL.publish(record)
  }
  return {
    open: () => Object.assign((call: Call) => end(call), { wantsSample: isHeard }),
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
