/** Everything that a client talks to, in a process of its own: the mock of OpenAI, and sinks that count what arrives. */
import { createSocket } from 'node:dgram'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { readDatagram } from '../../dist/local/receiver/dogstatsd'
import { decodeV04, type Span } from '../../dist/local/receiver/spans'
import { mock } from './mock'
import { countOtlp } from './otlp-count'
import type { Emitted } from './variants'

export interface Ports {
  readonly mock: number
  readonly sink: number
  readonly statsd: number
}

export type Counts = Record<Emitted, number>

/** Kept as they came: they are read when the run is over. */
let posted: { url: string; body: Buffer }[] = []
let datagrams: Buffer[] = []

const sink = createServer((req, res) => {
  const chunks: Buffer[] = []
  req.on('data', chunk => chunks.push(chunk))
  req.on('end', () => {
    const body = Buffer.concat(chunks)
    posted.push({ url: req.url ?? '', body: req.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body })
    if (req.url === '/info') return void res.end('{"version":"7.60.0","endpoints":["/v0.4/traces"]}')
    res.end(req.url?.startsWith('/v0') ? '{"rate_by_service":{"service:,env:":1}}' : '')
  })
})
const statsd = createSocket('udp4', bytes => datagrams.push(bytes))

function counts(): Counts {
  const spans = posted.filter(({ url }) => url.startsWith('/v0.4/traces')).flatMap(({ body }) => decodeV04(body))
  const lines = datagrams.flatMap(readDatagram)
  const otlp = (path: string) =>
    posted.filter(({ url }) => url === path).reduce((sum, { body }) => sum + countOtlp(body), 0)
  const values = (name: string) =>
    lines.reduce((sum, line) => sum + ('name' in line && line.name === name ? line.values.length : 0), 0)
  return {
    'dd.span': spans.length,
    'dd.openai': spans.filter(({ name }: Span) => name === 'openai.request').length,
    'statsd.duration': values('openai.request.duration'),
    'statsd.tokens': values('openai.tokens.total'),
    'otlp.span': otlp('/v1/traces'),
    'otlp.metric': otlp('/v1/metrics'),
  }
}

process.on('message', () => {
  // What was sent last may still be in the kernel.
  setTimeout(() => {
    process.send?.({ counts: counts() })
    posted = []
    datagrams = []
  }, 50)
})

const port = (server: { address(): unknown }): number => (server.address() as AddressInfo).port
mock.listen(0, '127.0.0.1', () => {
  sink.listen(0, '127.0.0.1', () => {
    statsd.bind(0, '127.0.0.1', () => {
      const ports: Ports = { mock: port(mock), sink: port(sink), statsd: port(statsd) }
      process.send?.({ ports })
    })
  })
})
