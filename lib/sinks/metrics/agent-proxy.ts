import { Writable } from 'node:stream'
import { tally } from '../../counters'
import { request } from '../../node-http'

/** As dd-trace's own metrics: the trace agent hands lines on to DogStatsD. */
const PATH = '/dogstatsd/v2/proxy'
const PATIENCE_MS = 2_000
/** While the agent does not answer, what is newer than this is kept, and the rest dropped. */
const MOST_BYTES = 256 * 1024

/**
 * A stream that posts its chunks to the trace agent's Unix socket: all that has come since the last post in one. It
 * needs no native module, as DogStatsD's own socket does. Costs a request a second.
 */
export function agentProxy(
  socketPath: string,
  unobserved: <T>(fn: () => T) => T,
  failed: (cause: Error) => void,
): Writable {
  return new Writable({
    writev(chunks, done) {
      const body = newest(chunks.map(({ chunk }) => Buffer.from(chunk)))
      unobserved(() => post(socketPath, body)).then(
        () => done(),
        cause => {
          failed(cause)
          // Never given the failure: it would end the stream, and the next post may well be taken.
          done()
        },
      )
    },
  })
}

function newest(chunks: Buffer[]): Buffer {
  let bytes = chunks.reduce((sum, { length }) => sum + length, 0)
  while (bytes > MOST_BYTES) {
    bytes -= chunks.shift()?.length ?? 0
    tally('metrics.dropped')
  }
  return Buffer.concat(chunks)
}

function post(socketPath: string, body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path: PATH, method: 'POST', agent: false, timeout: PATIENCE_MS })
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${PATIENCE_MS / 1000} seconds`)))
    sent.on('error', reject)
    sent.on('response', response => {
      response.resume().on('error', reject)
      const { statusCode = 0 } = response
      if (statusCode < 400) resolve()
      else reject(new Error(statusCode === 404 ? 'this agent takes no metrics there' : `the answer was ${statusCode}`))
    })
    sent.end(body)
  })
}
