import { createSocket, type Socket } from 'node:dgram'

/** On one machine the refusal comes at once, from another within a round trip, or never. */
const PATIENCE_MS = 300

/**
 * The message of why UDP reaches nobody at a port, if the machine there says so. Only a connected socket is told, and
 * hot-shots connects none. Asked with an empty datagram, which means nothing to DogStatsD. No answer proves nothing: a
 * firewall may have swallowed the question. `holds`: the process is kept alive until it is settled.
 */
export function udpRefusal(host: string, port: number, holds: boolean): Promise<string | undefined> {
  return new Promise(resolve => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
    const timer = setTimeout(settle, PATIENCE_MS)
    function settle(refusal?: string): void {
      clearTimeout(timer)
      closed(socket)
      resolve(refusal)
    }
    socket.on('error', cause => settle(cause.message))
    socket.on('connect', () => socket.send(''))
    socket.connect(port, host)
    if (holds) return
    timer.unref()
    socket.unref()
  })
}

/** What comes after the end is nobody's. */
function closed(socket: Socket): void {
  socket.removeAllListeners('error').on('error', () => {})
  socket.close()
}
