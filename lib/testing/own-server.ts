import { createServer, type RequestListener } from 'node:http'
import { listen } from '../local/listen'
import { addPlayedHost } from './observed-hosts'

/** A server on loopback for the clients of other processes; what is asked of it is observed as a call. */
export interface OwnServer {
  /** `http://127.0.0.1:port` */
  readonly origin: string
  close(): Promise<void>
}

export async function openOwnServer(listener: RequestListener): Promise<OwnServer> {
  const server = createServer(listener)
  const port = await listen(server, 0)
  const forget = addPlayedHost(`127.0.0.1:${port}`)
  return {
    origin: `http://127.0.0.1:${port}`,
    async close() {
      forget()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
