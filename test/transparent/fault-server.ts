import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { Certificate } from '../../lib/local/certificate'
import { listen } from '../../lib/local/listen'
import { FAULTS } from './faults'
import { RequestReader } from './request-reader'

/** One request as it was on the wire, and whose it was. */
export interface Request {
  /** The scene, as the `openai-organization` header names it. */
  readonly scene: string
  /** Every byte, in latin-1. */
  readonly bytes: string
  /** Was the connection made for this request? */
  readonly first: boolean
}

/** What the control of `app-equal.ts` asks of a request. */
interface Call {
  readonly headers: Record<string, string>
  readonly bytesWritten: number
  readonly done: Promise<void>
}

/** A server that does on the wire what a scene's name says: `gzipCut_pipeline` suffers the fault `gzipCut`. */
export interface FaultServer {
  readonly port: number
  readonly origin: string
  readonly calls: readonly Call[]
  requests(): readonly Request[]
  /** Forgets what was, between two runs. */
  begin(): Promise<void>
  close(): Promise<void>
}

export async function startFaultServer(tls?: Certificate): Promise<FaultServer> {
  const calls: Call[] = []
  const readers: RequestReader[] = []
  const open = new Set<Socket>()
  const accept = (socket: Socket): void => {
    open.add(socket)
    const done = new Promise<void>(resolve => socket.once('close', () => resolve()))
    // A client that breaks off is what many scenes are about.
    socket.on('close', () => open.delete(socket)).on('error', () => {})
    let first = true
    let reader = next()
    function next(): RequestReader {
      const made: RequestReader = new RequestReader({
        first,
        head: () => {
          readers.push(made)
          calls.push({ headers: { 'openai-organization': made.scene }, bytesWritten: 0, done })
          const fault = FAULTS[made.scene.split('_')[0] ?? '']
          if (fault?.at === 'head') fault.answer(socket, made)
        },
        body: () => {
          const fault = FAULTS[made.scene.split('_')[0] ?? '']
          if (fault === undefined) socket.end(`HTTP/1.1 500 x\r\ncontent-length: 0\r\n\r\n`)
          else if (fault.at !== 'head') fault.answer(socket, made)
        },
      })
      first = false
      return made
    }
    socket.on('data', (chunk: Buffer) => {
      for (let rest = reader.take(chunk); rest !== undefined; rest = reader.take(rest)) reader = next()
    })
  }
  const server: Server = tls === undefined ? createServer(accept) : createTlsServer(tls, accept)
  const port = await listen(server, 0)
  return {
    port,
    origin: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    calls,
    requests: () => readers.map(({ scene, bytes, first }) => ({ scene, bytes, first })),
    async begin() {
      const closed = [...open].map(socket => new Promise(resolve => socket.destroy().once('close', resolve)))
      await Promise.all(closed)
      readers.length = 0
      calls.length = 0
    },
    async close() {
      for (const socket of open) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
