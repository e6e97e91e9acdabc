import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Collector, startCollector } from '../lib/local/receiver/otlp'
import type { OtlpSpan } from '../lib/local/receiver/otlp-json'
import { DEPENDENCIES, type Ground, type Outcome, prepareGround, ROOT, type Run } from './app'

/** Apps with the output `otel` alone, with the real SDK, in whatever order the two are started. */

interface Context {
  ground: Ground
  collector: Collector
}

const test = suite<Context>('OpenTelemetry in an app')

test.before(async context => {
  context.ground = await prepareGround()
  context.collector = await startCollector()
  // In the apps' own folder, where there is no dd-trace.
  context.ground.link('openai', '@opentelemetry', ...DEPENDENCIES)
  context.ground.linkAs('interceptor', ROOT)
  context.ground.write('otel.cjs', SDK)
})
test.after(async ({ ground, collector }) => {
  await ground.close()
  await collector.close()
})

const SDK = `
const { NodeSDK } = require('@opentelemetry/sdk-node')
globalThis.sdk = new NodeSDK()
globalThis.sdk.start()
`
const CALL = `fetch(process.env.OPENAI_BASE_URL + '/models').then(response => response.json())`
/** What a careful app does with its last line. */
const APP = `${CALL}.then(() => globalThis.sdk.shutdown())`

/** Runs an app and gives what arrived at the collector of it. */
async function run(
  { ground, collector }: Context,
  source: string,
  { name = 'app.cjs', env, ...options }: Run & { name?: string } = {},
): Promise<Outcome & { otel: OtlpSpan[]; loaded: string[] }> {
  const before = collector.spans().length
  const outcome = await ground.run(ground.write(name, `${name.endsWith('.mjs') ? '' : LOADED}${source}`), {
    cwd: ground.folder,
    ...options,
    env: {
      ...collector.env,
      OTEL_NODE_RESOURCE_DETECTORS: 'none',
      INTERCEPTOR_OUTPUTS: 'otel',
      DD_TRACE_AGENT_URL: '',
      ...env,
    },
  })
  const loaded = /^loaded (.*)$/m.exec(outcome.stdout)?.[1] ?? ''
  return { ...outcome, otel: collector.spans().slice(before), loaded: loaded.split(',') }
}

const LOADED = `process.on('exit', () => console.log('loaded ' + Object.keys(require.cache)))\n`

function assertOne({ code, stderr, otel }: Outcome & { otel: OtlpSpan[] }): void {
  assert.is(code, 0, stderr)
  assert.is(stderr, '')
  assert.equal(
    otel.map(({ name, scope }) => [name, scope.name]),
    [['listModels', 'interceptor']],
  )
}

const REGISTER = 'interceptor/register'

test('without dd-trace installed: a span by the app’s SDK, not a word of dd-trace, nothing of Datadog loaded', async context => {
  const outcome = await run(context, APP, { flags: ['--require', './otel.cjs', '--require', REGISTER] })
  assertOne(outcome)
  assert.equal(
    outcome.loaded.filter(file => /dd-trace|hot-shots|sinks\/(?:datadog|spans|metrics|logs)\b/.test(file)),
    [],
  )
})

const ORDERS: Record<string, Run> = {
  'the SDK first, by --require': { flags: ['--require', './otel.cjs', '--require', REGISTER] },
  'the SDK second, by --require': { flags: ['--require', REGISTER, '--require', './otel.cjs'] },
  'the SDK first, by --import': { flags: ['--import', './otel.cjs', '--import', REGISTER] },
  'the SDK second, by --import': { flags: ['--import', REGISTER, '--import', './otel.cjs'] },
  'both through NODE_OPTIONS': {
    flags: [],
    env: { NODE_OPTIONS: `--require ./otel.cjs --require ${REGISTER}` },
  },
}

for (const [what, options] of Object.entries(ORDERS)) {
  test(what, async context => {
    assertOne(await run(context, APP, options))
  })
}

test('an ESM app that starts the SDK itself, long after us', async context => {
  const source = `import './otel.cjs'
await fetch(process.env.OPENAI_BASE_URL + '/models').then(response => response.json())
await globalThis.sdk.shutdown()`
  assertOne(await run(context, source, { name: 'late.mjs', flags: ['--import', REGISTER] }))
})

test('an app that is bundled with the API and the SDK inside', async context => {
  const { ground } = context
  const entry = ground.write(
    'bundled.mjs',
    `import { trace } from '@opentelemetry/api'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
const onEnd = ({ name }) => console.log('ended', name)
const processor = { onStart() {}, onEnd, forceFlush: async () => {}, shutdown: async () => {} }
const provider = new BasicTracerProvider({ spanProcessors: [processor] })
trace.setGlobalTracerProvider(provider)
${CALL}.then(() => provider.shutdown())`,
  )
  const outfile = join(ground.folder, 'bundle.cjs')
  buildSync({ entryPoints: [entry], bundle: true, platform: 'node', outfile, logLevel: 'error' })
  const env = { INTERCEPTOR_OUTPUTS: 'otel' }
  const { code, stdout, stderr } = await ground.run(outfile, {
    flags: ['--require', REGISTER],
    cwd: ground.folder,
    env,
  })
  assert.equal([code, stderr, stdout], [0, '', 'ended listModels\n'])
})

test('a provider that is registered after the first call: that call is counted and said, the next has a span', async context => {
  const source = `${CALL}.then(() => { require('./otel.cjs'); return ${CALL} }).then(() => globalThis.sdk.shutdown())`
  const { code, stderr, otel } = await run(context, source, { flags: ['--require', REGISTER] })
  assert.is(code, 0)
  assert.is(otel.length, 1)
  assert.match(stderr, /^interceptor: no OpenTelemetry tracer provider is registered yet, .*\n$/)
})

test('no provider at all: the app runs, and it is said once', async context => {
  const { code, stderr, calls } = await run(context, `${CALL}.then(() => ${CALL})`, { flags: ['--require', REGISTER] })
  assert.equal([code, calls], [0, 2])
  assert.match(stderr, /^interceptor: no OpenTelemetry tracer provider is registered yet, .*\n$/)
})

test('an SDK that is switched off is a choice, and nothing is said', async context => {
  const { code, stderr, otel } = await run(context, APP, {
    flags: ['--require', './otel.cjs', '--require', REGISTER],
    env: { OTEL_SDK_DISABLED: 'true' },
  })
  assert.equal([code, stderr, otel.length], [0, '', 0])
})

test('the SDK’s own exports are never taken for calls, though the hosts name the collector', async context => {
  const { code, stderr, otel } = await run(
    context,
    `${APP}.then(() => new Promise(resolve => setTimeout(resolve, 50)))`,
    {
      flags: ['--require', './otel.cjs', '--require', REGISTER],
      env: { INTERCEPTOR_HOSTS: new URL(context.collector.url).host },
    },
  )
  assert.equal([code, stderr, otel.length], [0, '', 1])
})

test.run()
