import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { listen } from '../lib/local/listen'
import { type Ground, prepareGround, ROOT } from './app'

const REGISTER = join(ROOT, 'dist', 'register.js')

/** Asks a recognised host and a foreign one by each client, and prints what ids of a trace each was sent. */
const APP = `
const { request } = require('node:http')
const PATH = '/v1/models'
const CLIENTS = {
  fetch: origin => fetch(origin + PATH).then(response => response.json()),
  http: origin => new Promise((resolve, reject) => request(origin + PATH, response => {
    let text = ''
    response.on('data', chunk => { text += chunk }).on('end', () => resolve(JSON.parse(text)))
  }).on('error', reject).end()),
  undici: origin => require('undici').request(origin + PATH).then(({ body }) => body.json()),
}
async function main() {
  const seen = {}
  for (const [name, client] of Object.entries(CLIENTS)) {
    seen[name] = { ours: await client(process.env.OURS), foreign: await client(process.env.FOREIGN) }
  }
  console.log(JSON.stringify(seen))
}
`

const IDS = /^(?:traceparent|tracestate|x-datadog-)/

type Seen = Record<string, { ours: string[]; foreign: string[] }>

interface Context {
  ground: Ground
  servers: Server[]
  origins: { ours: string; foreign: string }
}

const propagation = suite<Context>('ids of the trace in headers')

/** Answers which headers with ids it was sent. */
function echo(): Server {
  return createServer(({ headers }, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(Object.keys(headers).filter(name => IDS.test(name))))
  })
}

propagation.before(async context => {
  context.ground = await prepareGround()
  context.ground.link('undici', 'dd-trace')
  context.servers = [echo(), echo()]
  const [ours, foreign] = await Promise.all(context.servers.map(server => listen(server, 0)))
  assert.ok(ours !== undefined && foreign !== undefined)
  context.origins = { ours: `http://127.0.0.1:${ours}`, foreign: `http://127.0.0.1:${foreign}` }
})
propagation.after(async ({ ground, servers }) => {
  for (const server of servers) server.close()
  await ground.close()
})

async function seenBy({ ground, origins }: Context, before: string, env: NodeJS.ProcessEnv): Promise<Seen> {
  const file = ground.write('propagation.cjs', `${before}\n${APP}\nmain()`)
  const { stdout, stderr, code } = await ground.run(file, {
    flags: ['--require', REGISTER],
    env: { OURS: origins.ours, FOREIGN: origins.foreign, INTERCEPTOR_HOSTS: origins.ours.slice(7), ...env },
  })
  assert.is(code, 0, stderr)
  return JSON.parse(stdout)
}

/** Client by client: do headers with ids come to our host, and to the foreign one? */
function reach(seen: Seen): unknown {
  return Object.fromEntries(
    Object.entries(seen).map(([client, { ours, foreign }]) => [client, [ours.length > 0, foreign.length > 0]]),
  )
}

function each(ours: boolean, foreign: boolean): unknown {
  return { fetch: [ours, foreign], http: [ours, foreign], undici: [ours, foreign] }
}

interface Row {
  before?: string
  env: NodeJS.ProcessEnv
  expected: unknown
}

const OFF = { INTERCEPTOR_PROPAGATE: 'false' }
const THE_APPS_OWN = `{ propagationBlocklist: uri => uri.startsWith(process.env.FOREIGN) }`
const USE = `for (const name of ['http', 'fetch', 'undici'])
  require('dd-trace').use(name, name === 'http' ? { client: ${THE_APPS_OWN} } : ${THE_APPS_OWN})`

const ROWS: Record<string, Row> = {
  'by default they are sent to every host, as by dd-trace alone': { env: {}, expected: each(true, true) },
  'INTERCEPTOR_PROPAGATE=false keeps them from the recognised hosts, and a foreign host still gets them': {
    env: OFF,
    expected: each(false, true),
  },
  'what the app configures later by tracer.use holds too': { env: OFF, before: USE, expected: each(false, false) },
  'a plugin that the app configures without a list stays ours': {
    env: OFF,
    before: "require('dd-trace').use('http', { client: { headers: ['x-a'] } }).use('fetch', true).use('undici')",
    expected: each(false, true),
  },
  'the app starts the tracer itself, with plugins configured before': {
    env: { ...OFF, INTERCEPTOR_START_TRACER: 'false' },
    before: `${USE}\nrequire('dd-trace').init()`,
    expected: each(false, false),
  },
  'an app that starts the tracer without plugins has none': {
    env: { ...OFF, INTERCEPTOR_START_TRACER: 'false' },
    before: "require('dd-trace').init({ plugins: false })",
    expected: each(false, false),
  },
  'a plugin that is switched off stays off': {
    env: { ...OFF, DD_TRACE_HTTP_ENABLED: 'false' },
    expected: { fetch: [false, true], http: [false, false], undici: [false, true] },
  },
}

for (const [name, { before = '', env, expected }] of Object.entries(ROWS)) {
  propagation(name, async context => assert.equal(reach(await seenBy(context, before, env)), expected))
}

propagation('a later dd-trace without the fields is left alone, and it is said how to stop them', async context => {
  const { ground } = context
  const file = ground.write(
    'later.cjs',
    `const tracer = require('dd-trace')
    Object.defineProperty(tracer, '_pluginManager', { value: undefined })
    require(process.env.REGISTER)`,
  )
  const { code, stderr } = await ground.run(file, {
    env: { ...OFF, REGISTER, INTERCEPTOR_START_TRACER: 'false', DD_TRACE_ENABLED: 'true' },
  })
  assert.is(code, 0, stderr)
  assert.match(stderr, /INTERCEPTOR_PROPAGATE: .*DD_TRACE_PROPAGATION_STYLE_INJECT=none/)
})

propagation.run()
