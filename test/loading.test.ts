import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Span } from '../lib/local/receiver/spans'
import { DEPENDENCIES, type Ground, ONE_CALL, type Outcome, prepareGround, ROOT, type Run } from './app'

/** Whatever way it is loaded and however the process ends: the app runs as it would alone, and each call is seen once. */

const REQUIRE = ['--require', 'interceptor/register']
const IMPORT = ['--import', 'interceptor/register']
/** What a worker, a fork or a cluster's worker runs. */
const CHILD = 'child.cjs'

const test = suite<{ ground: Ground }>('loading')

test.before(async context => {
  const ground = await prepareGround()
  ground.link('openai', ...DEPENDENCIES)
  copyPackage(join(ground.folder, 'node_modules', 'interceptor'))
  ground.write(CHILD, ONE_CALL)
  context.ground = ground
})
test.after(({ ground }) => ground.close())

/** A second copy, in the apps' folder. There is no dd-trace there: apps that use it name it by its path. */
function copyPackage(to: string): void {
  const isProduct = (path: string) => !path.startsWith(join(ROOT, 'dist', 'local'))
  cpSync(join(ROOT, 'dist'), join(to, 'dist'), { recursive: true, filter: isProduct })
  cpSync(join(ROOT, 'package.json'), join(to, 'package.json'))
}

function run(ground: Ground, source: string, options: Run & { name?: string } = {}): Promise<Outcome> {
  const { name = 'app.cjs', flags = REQUIRE, ...rest } = options
  return ground.run(ground.write(name, source), { flags, ...rest })
}

/** The app ended well and said nothing but its answers; so many calls were made, and so many seen. */
function assertSeen({ code, stderr, calls, spans }: Outcome, seen: number, made = seen): void {
  assert.is(code, 0, stderr)
  assert.is(stderr, '')
  assert.is(calls, made)
  assert.equal(
    spans.map(span => span.resource),
    Array.from({ length: seen }, () => 'listModels'),
  )
}

// Ways of loading

test('--require and --import together: one span a call', async ({ ground }) => {
  assertSeen(await run(ground, ONE_CALL, { flags: [...REQUIRE, ...IMPORT] }), 1)
})

test('two copies of the package: one span a call', async ({ ground }) => {
  const copy = join(ground.folder, 'node_modules', 'interceptor', 'dist', 'register.js')
  assertSeen(await run(ground, ONE_CALL, { flags: [...REQUIRE, '--require', copy] }), 1)
})

/** Whose agent is the process's dispatcher: the package's, the one inside Node, or nobody's yet. */
const DISPATCHERS: Readonly<Record<string, string>> = {
  'loads the undici package': `const { Agent } = require(${JSON.stringify(require.resolve('undici'))})
    console.log(dispatcher() instanceof Agent)`,
  'loads another undici package': `const { Agent } = require(${JSON.stringify(require.resolve('undici6'))})
    console.log(dispatcher() instanceof Agent)`,
  'loads the package after its first fetch': `fetch('data:,').then(() => {
    const { Agent } = require(${JSON.stringify(require.resolve('undici'))})
    console.log(dispatcher() instanceof Agent) })`,
  'has loaded none': 'console.log(typeof dispatcher())',
}
const DISPATCHER = 'const dispatcher = () => globalThis[Symbol.for("undici.globalDispatcher.1")]\n'

for (const [what, source] of Object.entries(DISPATCHERS)) {
  test(`an app that ${what} has the same undici behind its fetch as without us`, async ({ ground }) => {
    const logs = { DD_OPENAI_LOGS_ENABLED: 'true', DD_API_KEY: 'x' }
    const name = 'dispatcher.cjs'
    const alone = await run(ground, DISPATCHER + source, { name, flags: [] })
    assert.is(alone.code, 0, alone.stderr)
    const ways: Run[] = [{}, { env: logs }, { cwd: ground.folder, env: logs }]
    for (const way of ways) assert.is((await run(ground, DISPATCHER + source, { name, ...way })).stdout, alone.stdout)
  })
}

test('what dd-trace makes of the global fetch is the same though it loads no undici', async ({ ground }) => {
  const source = `
    const tracer = require(${JSON.stringify(require.resolve('dd-trace'))})
    const url = process.env.OPENAI_BASE_URL + '/models'
    Promise.all([fetch(url), fetch(new Request(url)), fetch(new URL(url))])
      .then(all => console.log(all.map(({ status }) => status).join()))`
  const outcome = await run(ground, source)
  assert.is(outcome.stdout, '200,200,200\n')
  assertSeen(outcome, 3)
  const parents = outcome.spans.map(({ parentId }) => parentId)
  await ground.datadog.agent.waitFor(all => parents.every(id => all.some(span => span.spanId === id)))
  const isFetch = (span: Span): boolean => parents.includes(span.spanId) && span.meta.component === 'fetch'
  assert.is(ground.datadog.agent.spans().filter(isFetch).length, 3)
})

test('an ESM app with the SDK', async ({ ground }) => {
  assertSeen(await run(ground, SDK_APP, { name: 'sdk.mjs' }), 1)
  assertSeen(await run(ground, SDK_APP, { name: 'sdk.mjs', flags: IMPORT }), 1)
})

test('an app bundled with its SDK inside', async ({ ground }) => {
  const outfile = join(ground.folder, 'bundle.cjs')
  const entry = ground.write('bundled.mjs', SDK_APP)
  buildSync({ entryPoints: [entry], bundle: true, platform: 'node', outfile, logLevel: 'error' })
  assertSeen(await ground.run(outfile, { flags: REQUIRE }), 1)
})

const SDK_APP = `import OpenAI from 'openai'
new OpenAI().models.list().then(models => console.log(models.data.length))`

// Threads and processes of the app

const CHILDREN: Record<string, { source: string; flags?: string[]; env?: NodeJS.ProcessEnv; seen: number }> = {
  'a worker': { source: `new (require('node:worker_threads').Worker)(__dirname + '/${CHILD}')`, seen: 1 },
  'a worker with execArgv [] is not reached by a flag': {
    source: `new (require('node:worker_threads').Worker)(__dirname + '/${CHILD}', { execArgv: [] })`,
    seen: 0,
  },
  'a worker with execArgv [] is reached through NODE_OPTIONS': {
    source: `new (require('node:worker_threads').Worker)(__dirname + '/${CHILD}', { execArgv: [] })`,
    flags: [],
    env: { NODE_OPTIONS: REQUIRE.join(' ') },
    seen: 1,
  },
  'a worker with env {} has no settings, so a host that is not OpenAI’s own is not known there': {
    source: `const code = ${JSON.stringify(ONE_CALL)}.replaceAll('process.env.OPENAI_BASE_URL', JSON.stringify(process.env.OPENAI_BASE_URL))
new (require('node:worker_threads').Worker)(code, { eval: true, env: {} })`,
    seen: 0,
  },
  'a fork': { source: `require('node:child_process').fork(__dirname + '/${CHILD}')`, seen: 1 },
  'a fork with execArgv [] is not reached by a flag': {
    source: `require('node:child_process').fork(__dirname + '/${CHILD}', { execArgv: [] })`,
    seen: 0,
  },
  'a spawned node is not reached by a flag': { source: spawned(), seen: 0 },
  'a spawned node is reached through NODE_OPTIONS': {
    source: spawned(),
    flags: [],
    env: { NODE_OPTIONS: REQUIRE.join(' ') },
    seen: 1,
  },
}

function spawned(): string {
  return `require('node:child_process').spawn(process.execPath, [__dirname + '/${CHILD}'], { stdio: 'inherit' })`
}

for (const [what, { source, seen, ...options }] of Object.entries(CHILDREN)) {
  test(what, async ({ ground }) => {
    assertSeen(await run(ground, source, options), seen, 1)
  })
}

test('the workers of a cluster', async ({ ground }) => {
  const source = `const cluster = require('node:cluster')
if (cluster.isPrimary) { cluster.fork(); cluster.fork() }
else ${ONE_CALL.trim()}.then(() => cluster.worker.disconnect())`
  assertSeen(await run(ground, source), 2)
})

test('a worker that is terminated in the middle of a call does no harm', async ({ ground }) => {
  const worker = `fetch(process.env.OPENAI_BASE_URL + '/models', { headers: { 'x-answer': '{"fault":{"kind":"hang"}}' } })`
  const source = `const { Worker } = require('node:worker_threads')
const worker = new Worker(${JSON.stringify(`${worker};setTimeout(() => require('node:worker_threads').parentPort.postMessage(''), 50)`)}, { eval: true })
worker.on('message', () => worker.terminate().then(code => console.log('terminated', code)))`
  const { code, stdout, stderr } = await run(ground, source)
  assert.equal({ code, stdout, stderr }, { code: 0, stdout: 'terminated 1\n', stderr: '' })
})

// The tracer

const DD_TRACE = JSON.stringify(join(ROOT, 'node_modules', 'dd-trace'))
const OWN_TRACER = `require(${DD_TRACE}).init()
const OpenAI = require('openai')
new OpenAI().models.list().then(models => console.log(models.data.length))`

test('an app that starts the tracer itself, after us or instead of us: one span a call', async ({ ground }) => {
  assertSeen(await run(ground, OWN_TRACER), 1)
  assertSeen(await run(ground, OWN_TRACER, { env: { INTERCEPTOR_START_TRACER: 'false' } }), 1)
})

test('an app whose own tracer.init has other options than ours is told once that they have no effect', async ({
  ground,
}) => {
  const source = `const tracer = require(${DD_TRACE}).default
const options = { service: 'shop', env: 'prod', sampleRate: 0.5, version: undefined }
if (tracer.init(options) !== tracer || tracer.init(options) !== tracer) throw new Error('not the same')
if (Object.hasOwn(tracer, 'init')) throw new Error('still there')
${ONE_CALL}`
  const told = await run(ground, source, { env: { DD_SERVICE: 'shop' } })
  assert.is(told.code, 0, told.stderr)
  assert.match(
    told.stderr,
    /^interceptor: tracer\.init\(\{ env, sampleRate \}\) has no effect: .*INTERCEPTOR_START_TRACER=false.*\n$/,
  )
  assert.is(told.spans.length, 1)
  assertSeen(await run(ground, source, { env: { DD_SERVICE: 'shop', INTERCEPTOR_START_TRACER: 'false' } }), 1)
  // Nobody is told of what somebody else has dropped.
  const first = ['--require', join(ROOT, 'node_modules', 'dd-trace', 'init.js'), ...REQUIRE]
  assertSeen(await run(ground, source, { flags: first, env: { DD_SERVICE: 'shop' } }), 1)
})

test('DD_TRACE_ENABLED=false: the app runs, there are metrics and no spans', async ({ ground }) => {
  assertSeen(await run(ground, ONE_CALL, { env: { DD_TRACE_ENABLED: 'false', DD_SERVICE: 'disabled' } }), 0, 1)
  await metricOf(ground, 'disabled')
})

test('without dd-trace the app runs, there are metrics, and one line says what is missing', async ({ ground }) => {
  const outcome = await run(ground, ONE_CALL, { cwd: ground.folder, env: { DD_SERVICE: 'traceless' } })
  const { code, stdout, stderr, spans } = outcome
  assert.is(code, 0, stderr)
  assert.ok(Number(stdout) > 0)
  assert.match(stderr, /^interceptor: dd-trace is not installed.*npm install dd-trace\n$/)
  assert.is(spans.length, 0)
  await metricOf(ground, 'traceless')
})

/** Waits for the metric that every call sends. */
function metricOf({ datadog }: Ground, service: string): Promise<unknown> {
  return datadog.dogstatsd.waitFor(metrics =>
    metrics.some(({ name, tags }) => name === 'openai.request.duration' && tags.includes(`service:${service}`)),
  )
}

// Settings

test('INTERCEPTOR_ENABLED=false: nothing of ours, not even the tracer', async ({ ground }) => {
  const payloads = ground.datadog.agent.requests()
  assertSeen(await run(ground, ONE_CALL, { env: { INTERCEPTOR_ENABLED: 'false' } }), 0, 1)
  assert.is(ground.datadog.agent.requests(), payloads)
})

test('an invalid variable is said in one line, and its default is used', async ({ ground }) => {
  const { code, stderr, spans } = await run(ground, ONE_CALL, { env: { INTERCEPTOR_MAX_BODY_BYTES: 'lots' } })
  assert.is(code, 0)
  assert.is(
    stderr,
    'interceptor: INTERCEPTOR_MAX_BODY_BYTES: "lots" is not a whole number from 0; 1048576 is used instead\n',
  )
  assert.is(spans.length, 1)
})

// Hardened runtimes

const PERMISSION = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission'

for (const flags of [
  ['--frozen-intrinsics'],
  ['--disallow-code-generation-from-strings'],
  [PERMISSION, '--allow-fs-read=*'],
]) {
  test(flags.join(' '), async ({ ground }) => {
    const env = { NODE_NO_WARNINGS: '1' }
    assertSeen(await run(ground, ONE_CALL, { flags: [...flags, ...REQUIRE], env }), 1)
  })
}

// Ends of the process

/** Runs the same app without us and with us: it must end and speak in the same way. */
async function assertEndsAlike(ground: Ground, source: string, options: Run = {}): Promise<Outcome> {
  const alone = await run(ground, source, { ...options, flags: [] })
  const observed = await run(ground, source, options)
  assert.equal(ending(observed), ending(alone))
  return observed
}

/** Stack traces without the runtime's own frames: with asynchronous context in use, Node 20 has one more. */
function ending({ code, signal, stdout, stderr }: Outcome): Pick<Outcome, 'code' | 'signal' | 'stdout' | 'stderr'> {
  return { code, signal, stdout, stderr: stderr.replace(/^ +at .*node:internal.*\n/gm, '') }
}

const after = (what: string) => `${ONE_CALL.trim()}.then(() => { ${what} })`

test('a normal end sends what is pending', async ({ ground }) => {
  const { code, spans } = await assertEndsAlike(ground, ONE_CALL)
  assert.is(code, 0)
  assert.is(spans.length, 1)
})

test('process.exitCode stays, and what is pending is sent', async ({ ground }) => {
  const { code, spans } = await assertEndsAlike(ground, after('process.exitCode = 3'))
  assert.is(code, 3)
  assert.is(spans.length, 1)
})

test('process.exit() ends at once, with its code', async ({ ground }) => {
  assert.is((await assertEndsAlike(ground, after('process.exit(4)'))).code, 4)
})

test('an uncaught exception and an unhandled rejection end the process as ever', async ({ ground }) => {
  const thrown = await assertEndsAlike(ground, after("setImmediate(() => { throw new Error('boom') })"))
  assert.is(thrown.code, 1)
  assert.match(thrown.stderr, 'Error: boom')
  const rejected = await assertEndsAlike(ground, after("Promise.reject(new Error('boom'))"))
  assert.is(rejected.code, 1)
})

test('a signal without a handler still kills', async ({ ground }) => {
  const source = after('setInterval(() => {}, 1000)')
  assert.is((await assertEndsAlike(ground, source, { signal: 'SIGTERM' })).signal, 'SIGTERM')
})

test('an app that ends in good order on a signal sends what is pending', async ({ ground }) => {
  const source = `const timer = setInterval(() => {}, 1000)
process.on('SIGTERM', () => clearInterval(timer))
${ONE_CALL}`
  const { code, spans } = await assertEndsAlike(ground, source, { signal: 'SIGTERM' })
  assert.is(code, 0)
  assert.is(spans.length, 1)
})

// Undoing

const START_AND_STOP = `
const { channel } = require('node:diagnostics_channel')
const http = require('node:http')
const { start } = require(${JSON.stringify(ROOT)})

const CHANNELS = [
  'undici:request:create', 'undici:request:bodySent', 'undici:request:headers', 'undici:request:trailers',
  'undici:request:error', 'undici:request:bodyChunkSent', 'undici:request:bodyChunkReceived',
  'http.client.request.created', 'http.client.request.start', 'http.client.request.error',
  'http.client.response.finish',
]
const state = () => ({
  subscribed: CHANNELS.filter(name => channel(name).hasSubscribers),
  addRequest: http.Agent.prototype.addRequest,
  onSocket: http.ClientRequest.prototype.onSocket,
  exit: process.listenerCount('exit'),
  beforeExit: process.listenerCount('beforeExit'),
})
const call = () => fetch(process.env.OPENAI_BASE_URL + '/models').then(response => response.json())

async function main() {
  const before = state()
  for (let round = 0; round < 2; round++) {
    const handle = start()
    require('node:assert').notDeepStrictEqual(state(), before)
    await call()
    await Promise.all([handle.stop(), handle.stop()])
    require('node:assert').deepStrictEqual(state(), before)
    await call()
  }
}
main()
`

test('stop() undoes everything, may be called twice, and start() works again', async ({ ground }) => {
  // The tracer is there from the beginning: what it subscribes to is not ours.
  const source = `require(${DD_TRACE}).init()\n${START_AND_STOP}`
  const outcome = await run(ground, source, { flags: [] })
  assertSeen(outcome, 2, 4)
})

test.run()
