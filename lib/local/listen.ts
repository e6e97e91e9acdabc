import type { Server } from 'node:net'

/** Listens and gives the port. Rejects with one line that names a taken port and what to do about it. */
export function listen(server: Server, port: number, host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException) => reject(taken(cause, port))
    server.once('error', fail)
    server.listen(port, host, () => {
      server.off('error', fail)
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : port)
    })
  })
}

export function taken(cause: NodeJS.ErrnoException, port: number | string): Error {
  if (cause.code !== 'EADDRINUSE') return cause
  return new Error(`port ${port} is taken: stop what listens there, or ask for port 0 to get a free one`, { cause })
}
