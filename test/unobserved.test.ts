import { AsyncLocalStorage } from 'node:async_hooks'
import { createServer, connect as netConnect } from 'node:net'
import { join } from 'node:path'
import { context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readConfig } from '../lib/config'
import { createHosts } from '../lib/openai/recognise/hosts'
import { findTracer } from '../lib/tracer/tracer'
import { untraced } from '../lib/tracer/untraced'
import { isMarked } from '../lib/unobserved/marks'
import { createUnobserved } from '../lib/unobserved/unobserved'
import { type Ground, ONE_CALL, prepareGround, type Run } from './app'

/** What is sent because of a call is never a call itself, whatever the hosts say. */

// Processes

const apps = suite<{ ground: Ground; socket: string; close(): void }>('never observed, in a process')

apps.before(async context => {
  const ground = await prepareGround()
  const socket = join(ground.folder, 'agent.sock')
  const server = createServer(client => {
    const agent = netConnect(ground.datadog.agent.port, '127.0.0.1')
    client
      .on('error', () => agent.destroy())
      .pipe(agent)
      .on('error', () => client.destroy())
      .pipe(client)
  })
  await new Promise<void>(resolve => server.listen(socket, resolve))
  Object.assign(context, { ground, socket, close: () => server.close() })
})
apps.after(async ({ ground, close }) => {
  close()
  await ground.close()
})

/** Everything that the tracer sends by itself is on, and every name of this machine is said to be OpenAI. */
const EVERYTHING = {
  INTERCEPTOR_HOSTS: 'localhost,127.0.0.1,[::1],host.docker.internal',
  DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'true',
  DD_REMOTE_CONFIGURATION_ENABLED: 'true',
  DD_LLMOBS_ENABLED: 'true',
  DD_LLMOBS_ML_APP: 'shop',
  DD_RUNTIME_METRICS_ENABLED: 'true',
  DD_OPENAI_LOGS_ENABLED: 'true',
  DD_OPENAI_LOG_PROMPT_COMPLETION_SAMPLE_RATE: '1',
  NODE_OPTIONS: '--require interceptor/register',
}

type Way = (agent: { port: number; socket: string }) => { env: NodeJS.ProcessEnv; init?: string }

const WAYS: Readonly<Record<string, Way>> = {
  DD_TRACE_AGENT_URL: ({ port }) => ({ env: { DD_TRACE_AGENT_URL: `http://localhost:${port}` } }),
  'DD_AGENT_HOST and DD_TRACE_AGENT_PORT': ({ port }) => ({
    env: { DD_TRACE_AGENT_URL: '', DD_AGENT_HOST: '127.0.0.1', DD_TRACE_AGENT_PORT: String(port) },
  }),
  DD_TRACE_AGENT_HOSTNAME: ({ port }) => ({
    env: {
      DD_TRACE_AGENT_URL: '',
      DD_AGENT_HOST: undefined,
      DD_TRACE_AGENT_HOSTNAME: 'localhost',
      DD_TRACE_AGENT_PORT: String(port),
    },
  }),
  'a Unix socket': ({ socket }) => ({ env: { DD_TRACE_AGENT_URL: `unix://${socket}` } }),
  'tracer.init({ url })': ({ port }) => ({
    env: { DD_TRACE_AGENT_URL: '', INTERCEPTOR_START_TRACER: 'false' },
    init: `{ url: 'http://localhost:${port}' }`,
  }),
  'tracer.init({ hostname, port })': ({ port }) => ({
    env: { DD_TRACE_AGENT_URL: '', DD_AGENT_HOST: undefined, INTERCEPTOR_START_TRACER: 'false' },
    init: `{ hostname: '127.0.0.1', port: ${port} }`,
  }),
  'every span posted at once': ({ port }) => ({
    env: { DD_TRACE_AGENT_URL: '', INTERCEPTOR_START_TRACER: 'false' },
    init: `{ url: 'http://localhost:${port}', flushInterval: 0 }`,
  }),
}

for (const [name, way] of Object.entries(WAYS)) {
  apps(`the agent on an observed host, by ${name}: one span, and the process ends`, async ({ ground, socket }) => {
    const { env, init } = way({ port: ground.datadog.agent.port, socket })
    const tracer = JSON.stringify(require.resolve('dd-trace'))
    const source = init === undefined ? ONE_CALL : `require(${tracer}).init(${init})\n${ONE_CALL}`
    const run: Run = { env: { ...EVERYTHING, ...env } }
    const posts = ground.datadog.agent.requests()
    const outcome = await ground.run(ground.write('one-call.cjs', source), run)
    assert.equal([outcome.code, outcome.signal], [0, null], outcome.stderr)
    assert.equal(
      outcome.spans.map(({ resource }) => resource),
      ['listModels'],
    )
    assert.ok(ground.datadog.agent.requests() > posts)
  })
}

/** dd-trace alone does not end within a minute where the agent hangs and these are on (5.132). */
const SPANS_ONLY = {
  DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
  DD_REMOTE_CONFIGURATION_ENABLED: 'false',
  DD_LLMOBS_ENABLED: 'false',
  DD_RUNTIME_METRICS_ENABLED: 'false',
}

const TROUBLES = { hanging: { hanging: true }, 'answering 500': { status: 500 }, refusing: undefined } as const

for (const [name, trouble] of Object.entries(TROUBLES)) {
  apps(`an agent that is ${name}, on an observed host: the process ends`, async ({ ground }) => {
    const { agent } = ground.datadog
    if (trouble === undefined) await agent.down()
    else agent.trouble(trouble)
    const env = { ...EVERYTHING, ...SPANS_ONLY, DD_TRACE_AGENT_URL: `http://localhost:${agent.port}` }
    const { code, signal } = await ground.run(ground.write('one-call.cjs', ONE_CALL), { env })
    if (trouble === undefined) await agent.up()
    else agent.trouble()
    assert.equal([code, signal], [0, null])
  })
}

apps('what the app asks of an OpenAI-compatible server beside the agent is seen', async ({ ground }) => {
  const source = `
    const ask = url => fetch(url).then(response => response.text())
    ask(process.env.OPENAI_BASE_URL + '/models')
      .then(() => ask(process.env.OPENAI_BASE_URL.replace(/v1$/, 'unheard-of')))
      .then(() => ask(process.env.DD_TRACE_AGENT_URL + '/v1/models'))`
  const { spans } = await ground.run(ground.write('beside.cjs', source), { env: EVERYTHING })
  assert.equal(
    spans.map(({ resource }) => resource),
    ['listModels', 'GET /unheard-of', 'listModels'],
  )
})

apps.run()

// Each of the three ways to tell, alone

const tells = suite('never observed, by each way to tell')

const config = readConfig({ INTERCEPTOR_HOSTS: 'localhost,127.0.0.1,gateway.test', OPENAI_BASE_URL: '' })
const hosts = createHosts(config)

function isUnobserved(origin: string, path: string, env: NodeJS.ProcessEnv = {}): boolean {
  const before = { ...process.env }
  Object.assign(process.env, env)
  try {
    const place = hosts.find(origin, path)
    if (place === undefined) throw new Error(`${origin} is no host of ours`)
    return createUnobserved(config, undefined)({ method: 'POST', origin, path }, place)
  } finally {
    process.env = before
  }
}

const PATHS = [
  '/v0.4/traces',
  '/v0.5/traces',
  '/v1.0/traces',
  '/v0.6/stats',
  '/v0.7/config',
  '/v0.1/pipeline_stats',
  '/telemetry/proxy/api/v2/apmtelemetry',
  '/evp_proxy/v2/api/v2/llmobs',
  '/evp_proxy/v4/api/intake/llm-obs/v1/eval-metric',
  '/profiling/v1/input',
  '/dogstatsd/v2/proxy',
  '/debugger/v1/input',
  '/info',
  '/v1/input',
  '/api/v2/logs?ddsource=openai',
  '/api/v0.2/traces',
  '/v1/traces',
  '/v1/metrics',
  '/v1/logs',
]

for (const path of PATHS) {
  tells(`by its path, at an address that nobody knows: ${path}`, () => {
    assert.is(isUnobserved('http://gateway.test:9999', path), true)
  })
}

for (const path of ['/v1/chat/completions', '/v1/models', '/v1/traces/ingest', '/v1/unheard-of', '/v1/files/info']) {
  tells(`${path} is no receiver’s path`, () => {
    assert.is(isUnobserved('http://gateway.test:9999', path), false)
  })
}

tells('what is new at OpenAI itself is seen, whatever it is called', () => {
  assert.is(isUnobserved('https://api.openai.com', '/v1/logs'), false)
})

for (const [env, origin] of [
  [{ DD_TRACE_AGENT_URL: 'http://localhost:8126' }, 'http://127.0.0.1:8126'],
  [{ DD_TRACE_AGENT_URL: '', DD_AGENT_HOST: 'gateway.test', DD_TRACE_AGENT_PORT: '8200' }, 'http://gateway.test:8200'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://gateway.test:4318/otlp' }, 'http://GATEWAY.test.:4318'],
] as const) {
  tells(`by its address, at a path that nobody knows: ${JSON.stringify(env)}`, () => {
    assert.is(isUnobserved(origin, '/some/new/path', env), true)
    assert.is(isUnobserved(origin, '/v1/chat/completions', env), false)
    assert.is(isUnobserved(origin.replace(/\d+$/, '4000'), '/some/new/path', env), false)
  })
}

tells('by its mark: what the tracer and we run in dd-trace’s no-op context', () => {
  const tracer = findTracer(readConfig({}))
  if (tracer === undefined) throw new Error('no tracer')
  assert.is(isMarked(), false)
  assert.is(untraced(tracer)(isMarked), true)
  assert.is(isMarked(), false)
})

tells('by its mark: an exporter of OpenTelemetry’s', () => {
  const storage = new AsyncLocalStorage<typeof ROOT_CONTEXT>()
  context.setGlobalContextManager({
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, fn, thisArg, ...args) => storage.run(active, () => Reflect.apply(fn, thisArg, args)),
    bind: (_, target) => target,
    enable() {
      return this
    },
    disable() {
      return this
    },
  })
  const key = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING')
  assert.is(isMarked(), false)
  assert.is(context.with(ROOT_CONTEXT.setValue(key, true), isMarked), true)
  assert.is(context.with(ROOT_CONTEXT.setValue(key, false), isMarked), false)
  context.disable()
})

tells.run()
