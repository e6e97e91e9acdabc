import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readConfig } from '../lib/config'
import { readDatagram } from '../lib/local/receiver/dogstatsd'
import { createClient } from '../lib/sinks/metrics/client'
import { destinationOf, destinationText } from '../lib/sinks/metrics/destination'
import { type Ground, prepareGround, ROOT } from './app'

/** Where the operating system has only the trace agent's socket, metrics go the way of dd-trace's own. */

interface Agent {
  readonly path: string
  readonly bodies: string[]
  close(): void
}

async function agentAt(path: string, answer: (res: ServerResponse, posts: number) => void): Promise<Agent> {
  const bodies: string[] = []
  const server = createServer(async (req: IncomingMessage, res: ServerResponse) => {
    const body = await text(req)
    if (req.url === '/dogstatsd/v2/proxy') bodies.push(body)
    answer(res, bodies.length)
  }).listen(path)
  await once(server, 'listening')
  return {
    path,
    bodies,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

const proxy = suite<{ folder: string }>('metrics over the trace agent’s socket')

proxy.before(context => {
  context.folder = mkdtempSync(join(tmpdir(), 'apm-'))
})
proxy.after(({ folder }) => rmSync(folder, { recursive: true, force: true }))

proxy('are sent there only where nothing else is named or there', () => {
  const config = (settings: object) => readConfig({}, settings)
  const to = (settings: object) => destinationOf(config(settings), '/nowhere/dsd.socket', 'unix:///var/run/apm.socket')
  assert.equal(to({}), { kind: 'proxy', path: '/var/run/apm.socket' })
  assert.is(destinationText(to({})), 'unix:///var/run/apm.socket (of the trace agent)')
  assert.equal(to({ agentHost: 'agent' }), { kind: 'udp', host: 'agent', port: 8125 })
  assert.equal(to({ dogstatsdUrl: 'udp://dog:99' }), { kind: 'udp', host: 'dog', port: 99 })
  assert.is(destinationOf(config({}), '/nowhere/dsd.socket', 'http://agent:8126').kind, 'udp')
})

proxy('lines arrive whole; a refusal is told and the next ones arrive', async ({ folder }) => {
  const agent = await agentAt(join(folder, 'a.socket'), (res, posts) => res.writeHead(posts === 2 ? 503 : 200).end())
  const failures: string[] = []
  const client = createClient({ kind: 'proxy', path: agent.path }, cause => failures.push(cause.message))
  for (const name of ['one', 'two', 'three']) {
    client.line(`${name}:1|c`)
    await new Promise<void>(resolve => client.statsd.flush(() => resolve()))
  }
  await new Promise<void>(resolve => client.statsd.close(() => resolve()))
  agent.close()
  const names = agent.bodies.flatMap(body => readDatagram(Buffer.from(body))).map(read => 'name' in read && read.name)
  assert.equal(names, ['one', 'two', 'three'])
  assert.equal(failures, ['the answer was 503'])
})

proxy('an agent that takes no metrics, or is not there, is told', async ({ folder }) => {
  const agent = await agentAt(join(folder, 'b.socket'), res => res.writeHead(404).end())
  for (const [path, why] of [
    [agent.path, /takes no metrics there/],
    [join(folder, 'none.socket'), /ENOENT/],
  ] as const) {
    const failures: string[] = []
    const client = createClient({ kind: 'proxy', path }, cause => failures.push(cause.message))
    client.line('one:1|c')
    await new Promise<void>(resolve => client.statsd.flush(() => resolve()))
    assert.match(failures.join(), why)
  }
  agent.close()
})

proxy('while the agent does not answer, the newest 256 KiB are kept and the rest counted', async ({ folder }) => {
  const held: ServerResponse[] = []
  const agent = await agentAt(join(folder, 'c.socket'), res => held.push(res))
  const client = createClient({ kind: 'proxy', path: agent.path }, () => {})
  const line = `x:1|c|#${'a'.repeat(8000)}`
  client.line(line)
  client.statsd.flush()
  for (let i = 0; i < 100; i += 1) client.line(line)
  const flushed = new Promise<void>(resolve => client.statsd.flush(() => resolve()))
  while (held.length === 0) await new Promise(resolve => setImmediate(resolve))
  held.shift()?.end()
  while (held.length === 0) await new Promise(resolve => setImmediate(resolve))
  held.shift()?.end()
  await flushed
  agent.close()
  assert.is(agent.bodies.length, 2)
  const second = agent.bodies[1]?.length ?? 0
  assert.ok(second > 200 * 1024 && second <= 256 * 1024, `${second} bytes`)
})

proxy.run()

const app = suite<{ ground: Ground }>('an app under the admission controller')

app.before(async context => {
  context.ground = await prepareGround()
})
app.after(({ ground }) => ground.close())

app('with nothing but the trace agent’s socket, has its metrics, and ends', async ({ ground }) => {
  const agent = await agentAt(join(ground.folder, 'apm.socket'), res => res.end('{}'))
  const source = `require(${JSON.stringify(ROOT)}).start({})
fetch(process.env.OPENAI_BASE_URL + '/models').then(response => response.json()).then(() => console.log('done'))`
  const env = {
    DD_TRACE_AGENT_URL: `unix://${agent.path}`,
    DD_AGENT_HOST: '',
    DD_DOGSTATSD_URL: '',
    DD_DOGSTATSD_PORT: '',
    INTERCEPTOR_HOSTS: `unix:${agent.path}`,
  }
  const { code, stdout } = await ground.run(ground.write('socket.cjs', source), { env })
  agent.close()
  assert.equal([code, stdout], [0, 'done\n'])
  const metrics = agent.bodies.join('\n').match(/^openai\.request\.duration:/gm) ?? []
  assert.is(metrics.length, 1, agent.bodies.join('\n'))
})

app.run()
