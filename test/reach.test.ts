import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { counters } from '../lib/counters'
import { startDogstatsd } from '../lib/local/receiver/dogstatsd'
import { udpRefusal } from '../lib/sinks/metrics/udp-refusal'
import { Reach } from '../lib/sinks/reach'
import { followAgent } from '../lib/tracer/agent-posts'
import { type Ground, prepareGround, ROOT } from './app'
import { said } from './said'

const reach = suite('an output that reaches nobody')

reach('is said after a minute, once, and again only after somebody was reached', () => {
  let now = 0
  const output = new Reach(() => now)
  const misses = (at: number): string[] => {
    now = at
    return said(() => output.missed(() => `nobody at ${at}`))
  }
  assert.equal([0, 30_000, 59_999].flatMap(misses), [])
  assert.equal([60_000, 90_000, 300_000].flatMap(misses), ['interceptor: nobody at 60000'])
  output.reached()
  assert.equal([400_000, 459_000].flatMap(misses), [])
  assert.equal(misses(460_000), ['interceptor: nobody at 460000'])
})

async function post(port: number, path: string): Promise<void> {
  const sent = request({ host: '127.0.0.1', port, path, method: 'PUT' })
  sent.on('error', () => {})
  const closed = new Promise<void>(resolve => sent.on('close', resolve))
  sent.on('response', response => response.resume())
  sent.end()
  await closed
}

reach('spans: each post of traces is counted, and why none arrives is said with the remedy', async () => {
  let status = 200
  const server = createServer((_, response) => response.writeHead(status).end('{}')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  let now = 0
  const lines: string[] = []
  const { write } = process.stderr
  process.stderr.write = line => lines.push(String(line)) > 0
  const before = { ...counters() }
  const unfollow = followAgent(() => 'http://agent:8126', new Reach(() => now))
  try {
    await post(port, '/v0.4/traces')
    await post(port, '/v1/chat/completions')
    status = 503
    await post(port, '/v0.5/traces')
    server.close()
    server.closeAllConnections()
    now = 60_000
    await post(port, '/v0.4/traces')
    await post(port, '/v0.4/traces')
  } finally {
    unfollow()
    process.stderr.write = write
  }
  await post(port, '/v0.4/traces')
  const added = (name: string): number => (counters()[name] ?? 0) - (before[name] ?? 0)
  assert.equal([added('spans.posts'), added('spans.posts.failed')], [4, 3])
  assert.is(lines.length, 1)
  assert.match(
    lines[0] ?? '',
    /no spans have reached the Datadog Agent at http:\/\/agent:8126 \(ECONN(?:REFUSED|RESET)\); .*DD_TRACE_AGENT_URL/,
  )
})

reach('metrics: a port where nobody listens is told from one where somebody does', async () => {
  const agent = await startDogstatsd({})
  assert.is(await udpRefusal('127.0.0.1', agent.port, true), undefined)
  await agent.close()
  assert.match((await udpRefusal('127.0.0.1', agent.port, true)) ?? '', /ECONNREFUSED/)
  assert.match((await udpRefusal('no-such-host.invalid', 8125, true)) ?? '', /ENOTFOUND|EAI_AGAIN/)
})

reach.run()

const app = suite<{ ground: Ground }>('what was delivered')

app.before(async context => {
  context.ground = await prepareGround()
})
app.after(({ ground }) => ground.close())

const TELL = `
const handle = require(${JSON.stringify(join(ROOT, 'dist/index.js'))}).start({})
const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] })
fetch(process.env.OPENAI_BASE_URL + '/chat/completions', { method: 'POST', body })
  .then(response => response.json())
  .then(() => handle.flush())
  .then(() => console.log(JSON.stringify(handle.counters())))`

app('is counted by output, and so are the posts that the agent took', async ({ ground }) => {
  const env = { DD_OPENAI_LOGS_ENABLED: 'true', DD_OPENAI_LOG_PROMPT_COMPLETION_SAMPLE_RATE: '1' }
  const { stdout, stderr } = await ground.run(ground.write('tell.cjs', TELL), { env })
  assert.is(stderr, '')
  const told = JSON.parse(stdout)
  const names = [
    'calls.seen',
    ...['spans', 'metrics', 'logs'].map(output => `calls.delivered.${output}`),
    'spans.posts',
  ]
  assert.equal(
    names.map(name => told[name]),
    [1, 1, 1, 1, 1],
  )
  assert.is(told['spans.posts.failed'], undefined)
})

app.run()
