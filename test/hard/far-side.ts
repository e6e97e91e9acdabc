/** The other end of a hard run, in a process of its own: the API, the Agent, DogStatsD and the logs intake. It only counts. */
import { createSocket, type Socket } from 'node:dgram'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { readDatagram } from '../../lib/local/receiver/dogstatsd'
import { type Receiver, startReceiver } from '../../lib/local/receiver/receiver'
import { decodeV04 } from '../../lib/local/receiver/spans'
import { answerOf, isKind, type Kind } from './answers'
import type { Counts, Mode, Order } from './far'

const counts: Counts = { calls: 0, spans: 0, durations: 0, datagrams: 0, rejected: 0, entries: 0 }
/** Streams that wait for the word to go on. */
const waiting: (() => void)[] = []

function respond(kind: Kind, response: ServerResponse): void {
  const { status, headers, first, rest } = answerOf(kind)
  counts.calls += 1
  response.writeHead(status, headers)
  if (kind !== 'left' && kind !== 'held') response.end(first + rest)
  else response.write(first)
  if (kind === 'held') waiting.push(() => response.end(rest))
}

async function startApi(): Promise<number> {
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    response.on('error', () => {})
    const kind = request.headers['x-kind']
    request.on('error', () => {}).resume()
    request.on('end', () => (isKind(kind) ? respond(kind, response) : response.writeHead(404).end()))
  })
  await new Promise<void>(resolve => server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, resolve))
  return (server.address() as AddressInfo).port
}

function startTraces(): Promise<Receiver> {
  return startReceiver({}, ({ req, res, body }) => {
    if (req.url?.startsWith('/v0.4/traces')) {
      counts.spans += decodeV04(body).filter(({ name }) => name === 'openai.request').length
      res.end('{"rate_by_service":{"service:,env:":1}}')
    } else if (req.url === '/info') res.end('{"version":"7.60.0","endpoints":["/v0.4/traces"],"client_drop_p0s":false}')
    else res.writeHead(404).end()
  })
}

function startLogs(): Promise<Receiver> {
  return startReceiver({}, ({ res, body }) => {
    const entries: unknown = JSON.parse(gunzipSync(body).toString())
    counts.entries += Array.isArray(entries) ? entries.length : 0
    res.writeHead(202).end('{}')
  })
}

function takeDatagram(bytes: Buffer): void {
  if (bytes.length === 0) return
  counts.datagrams += 1
  for (const read of readDatagram(bytes)) {
    if ('reason' in read) counts.rejected += 1
    else if (read.name === 'openai.request.duration') counts.durations += read.values.length
  }
}

function startMetrics(port: number): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 22 }, takeDatagram)
  return new Promise(resolve => socket.bind(port, '127.0.0.1', () => resolve(socket)))
}

async function main(): Promise<void> {
  const [api, agent, intake] = await Promise.all([startApi(), startTraces(), startLogs()])
  let metrics: Socket | undefined = await startMetrics(0)
  const statsd = metrics.address().port
  let isDown = false
  const setMode = async (mode: Mode): Promise<void> => {
    for (const receiver of [agent, intake]) {
      receiver.trouble(mode === 'hanging' ? { hanging: true } : {})
      if (mode === 'dead' && !isDown) await receiver.down()
      if (mode !== 'dead' && isDown) await receiver.up()
    }
    isDown = mode === 'dead'
    if (isDown) metrics = void metrics?.close()
    else metrics ??= await startMetrics(statsd)
  }
  const release = (): void => {
    for (const go of waiting.splice(0)) go()
  }
  const obey = async (order: Order): Promise<unknown> => {
    if (order.mode !== undefined) await setMode(order.mode)
    if (order.release) release()
    return { ...counts, waiting: waiting.length, ports: { api, agent: agent.port, intake: intake.port, statsd } }
  }
  process.on('message', async ({ id, order }: { id: number; order: Order }) => {
    process.send?.({ id, answer: await obey(order) })
  })
  process.on('disconnect', () => process.exit())
}

void main()
