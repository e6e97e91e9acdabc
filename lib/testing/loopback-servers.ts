import { randomBytes } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { ConnectionOptions } from 'node:tls'
import { listen } from '../local/listen'

export interface LoopbackServers {
  /** Where the plain one listens. */
  readonly plain: ConnectionOptions
  /** Where the one with TLS listens, and what a client needs to trust it. */
  readonly secure: ConnectionOptions
  close(): Promise<void>
}

/** Two servers with one listener. TLS is real, by a key that both sides share instead of a certificate. */
export async function openLoopbackServers(handle: RequestListener): Promise<LoopbackServers> {
  const psk = randomBytes(32)
  const plain = createServer(handle)
  const secure = createTlsServer({ pskCallback: () => psk, ciphers: 'PSK', ALPNProtocols: ['http/1.1'] }, handle)
  return {
    plain: { host: '127.0.0.1', port: await listen(plain, 0) },
    secure: {
      host: '127.0.0.1',
      port: await listen(secure, 0),
      pskCallback: () => ({ psk, identity: 'interceptor' }),
      ciphers: 'PSK',
      checkServerIdentity: () => undefined,
    },
    async close() {
      for (const server of [plain, secure]) {
        server.closeAllConnections()
        await new Promise(resolve => server.close(resolve))
      }
    },
  }
}
