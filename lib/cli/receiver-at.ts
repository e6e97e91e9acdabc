import { type Receiver, type ReceiverOptions, startReceiver } from '../live/receiver'
import { Misuse } from './command'

/** A receiver at the port that was asked for, or at any that is free. */
export function receiverAt(port: number | undefined, options: Omit<ReceiverOptions, 'port'>): Promise<Receiver> {
  return startReceiver({ ...options, port: port ?? 0 }).catch((error: NodeJS.ErrnoException) => {
    const why = WHY[error.code ?? ''] ?? `cannot be used (${error.message})`
    throw new Misuse(`port ${port ?? 0} ${why}; leave --port out for one that is free`)
  })
}

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken',
  EACCES: 'may not be used by this user',
}
