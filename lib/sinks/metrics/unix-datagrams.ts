import { createRequire } from 'node:module'
import { Writable } from 'node:stream'
import { getSystemErrorName } from 'node:util'

/** What is used of the optional native module that hot-shots brings along. */
interface UnixDgram {
  createSocket(type: 'unix_dgram'): UnixSocket
}
interface UnixSocket {
  on(event: 'error', listener: (cause: unknown) => void): void
  connect(path: string): void
  send(bytes: Buffer, done: (cause?: Error & { errno?: number }) => void): void
  close(): void
}

/** Undefined where it was not built, or in a second thread, where it cannot be loaded. */
export function loadUnixDgram(): UnixDgram | undefined {
  try {
    return createRequire(require.resolve('hot-shots'))('unix-dgram')
  } catch {
    return undefined
  }
}

/**
 * A stream that sends each chunk as one datagram, over a socket that lives no longer: an open one keeps the process
 * alive (the module cannot unref it), and does not notice when the agent has made its socket anew. Costs about 40 µs a
 * datagram of 8 KB.
 */
export function unixDatagrams(path: string, failed: (cause: Error) => void): Writable {
  const unix = loadUnixDgram()
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      const failure = unix === undefined ? new Error('unix-dgram is not there') : sendOnce(unix, path, chunk)
      if (failure) failed(failure)
      // Never given the failure: it would end the stream, and the next datagram may well arrive.
      done()
    },
  })
}

function sendOnce(unix: UnixDgram, path: string, bytes: Buffer): Error | undefined {
  let failure: Error | undefined
  const socket = unix.createSocket('unix_dgram')
  try {
    socket.on('error', cause => {
      failure ??= named(cause)
    })
    socket.connect(path)
    if (failure === undefined)
      socket.send(bytes, cause => {
        failure ??= cause && named(cause)
      })
  } finally {
    socket.close()
  }
  return failure
}

/** The module tells errors by number only; 1 is its own for a full buffer. */
function named(cause: unknown): Error {
  const errno = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (errno === 1) return new Error('the agent’s buffer is full')
  return new Error(typeof errno === 'number' && errno < 0 ? getSystemErrorName(errno) : String(cause))
}
