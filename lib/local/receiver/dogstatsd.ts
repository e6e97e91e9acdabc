import { createSocket } from 'node:dgram'
import { rmSync } from 'node:fs'
import { taken } from '../listen'
import { Arrivals, type Condition } from './arrivals'
import { parseMetric, type ReceivedMetric } from './dogstatsd-line'

export interface DogstatsdOptions {
  /** UDP port at 127.0.0.1; 0, the default: a free one. */
  port?: number
  /** Path of a Unix datagram socket instead. */
  socket?: string
}

/** A running stand-in for DogStatsD. */
export interface Dogstatsd {
  /** 0 at a Unix socket. */
  readonly port: number
  /** `udp://127.0.0.1:8125` or `unix:///path`. */
  readonly url: string
  readonly datagrams: readonly string[]
  /** Lines, or whole datagrams, that are not by the book, and why. */
  readonly rejected: readonly Rejected[]
  metrics(): readonly ReceivedMetric[]
  waitFor(condition: Condition<ReceivedMetric>, timeoutMs?: number): Promise<readonly ReceivedMetric[]>
  close(): Promise<void>
}

export interface Rejected {
  line: string
  reason: string
}

/** What an agent reads of a datagram unless `dogstatsd_buffer_size` says otherwise; the rest it drops. */
const MOST_BYTES_OF_A_DATAGRAM = 8192

export async function startDogstatsd(options: DogstatsdOptions = {}): Promise<Dogstatsd> {
  const arrivals = new Arrivals<ReceivedMetric>('metrics', showMetric)
  const datagrams: string[] = []
  const rejected: Rejected[] = []
  const take = (bytes: Buffer) => {
    datagrams.push(bytes.toString())
    for (const read of readDatagram(bytes)) {
      if ('reason' in read) rejected.push(read)
      else arrivals.add(read)
    }
  }
  const { socket, port } = options
  const bound = await (socket === undefined ? bindUdp(port ?? 0, take) : bindUnix(socket, take))
  return {
    ...bound,
    datagrams,
    rejected,
    metrics: () => arrivals.items,
    waitFor: (condition, timeoutMs) => arrivals.waitFor(condition, timeoutMs),
  }
}

/** Exported for tests of what is rejected. */
export function readDatagram(bytes: Buffer): (ReceivedMetric | Rejected)[] {
  const text = bytes.toString()
  if (bytes.length > MOST_BYTES_OF_A_DATAGRAM)
    return [{ line: text, reason: `a datagram of ${bytes.length} bytes is cut by the agent` }]
  if (!Buffer.from(text).equals(bytes)) return [{ line: text, reason: 'not UTF-8' }]
  const lines = text.replace(/\n$/, '').split('\n')
  return lines.map(line => {
    try {
      return parseMetric(line)
    } catch (cause) {
      return { line, reason: cause instanceof Error ? cause.message : String(cause) }
    }
  })
}

type Bound = Pick<Dogstatsd, 'port' | 'url' | 'close'>

function bindUdp(port: number, take: (bytes: Buffer) => void): Promise<Bound> {
  const socket = createSocket('udp4', take)
  return new Promise((resolve, reject) => {
    socket.once('error', cause => reject(taken(cause, port)))
    socket.bind(port, '127.0.0.1', () => {
      const { port: got } = socket.address()
      const close = () => new Promise<void>(closed => void socket.close(closed))
      resolve({ port: got, url: `udp://127.0.0.1:${got}`, close })
    })
  })
}

/** What is used of the optional package `unix-dgram`, which hot-shots brings where it could be built. */
interface UnixDgramModule {
  createSocket(type: 'unix_dgram', onMessage: (bytes: Buffer) => void): UnixDgramSocket
}
interface UnixDgramSocket {
  on(event: 'error' | 'listening', listener: (cause: NodeJS.ErrnoException) => void): void
  bind(path: string): void
  close(): void
}

/** Can a Unix datagram socket be had here? Tests that need one ask first. */
export function hasUnixDatagrams(): boolean {
  return requireUnixDgram() !== undefined
}

function requireUnixDgram(): UnixDgramModule | undefined {
  try {
    return require('unix-dgram')
  } catch {
    return undefined
  }
}

function bindUnix(path: string, take: (bytes: Buffer) => void): Promise<Bound> {
  const unix = requireUnixDgram()
  if (!unix)
    return Promise.reject(new Error('Unix datagram sockets need the package unix-dgram: npm install unix-dgram'))
  const socket = unix.createSocket('unix_dgram', take)
  return new Promise((resolve, reject) => {
    const close = async () => {
      socket.close()
      rmSync(path, { force: true })
    }
    socket.on('error', cause => reject(taken(cause, path)))
    socket.on('listening', () => resolve({ port: 0, url: `unix://${path}`, close }))
    socket.bind(path)
  })
}

function showMetric({ name, type, values, tags }: ReceivedMetric): string {
  return `${name} ${type} ${values.join(' ')} ${tags.join(',')}`
}
