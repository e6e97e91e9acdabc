import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Collector, startCollector } from '../lib/local/receiver/otlp'
import type { OtlpSpan } from '../lib/local/receiver/otlp-json'
import { DEPENDENCIES, type Ground, prepareGround, ROOT } from './app'

/** Beside the HTTP instrumentation of OpenTelemetry: one span of ours a call, in the same trace, with a sane parent. */

interface Context {
  ground: Ground
  collector: Collector
}

const test = suite<Context>('OpenTelemetry beside its HTTP instrumentation')

test.before(async context => {
  context.ground = await prepareGround()
  context.collector = await startCollector()
  context.ground.link('openai', 'openai4', '@opentelemetry', ...DEPENDENCIES)
  context.ground.linkAs('interceptor', ROOT)
  context.ground.write('otel.cjs', SDK)
})
test.after(async ({ ground, collector }) => {
  await ground.close()
  await collector.close()
})

const SDK = `
const { NodeSDK } = require('@opentelemetry/sdk-node')
const { UndiciInstrumentation } = require('@opentelemetry/instrumentation-undici')
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http')
globalThis.sdk = new NodeSDK({ instrumentations: [new UndiciInstrumentation(), new HttpInstrumentation()] })
globalThis.sdk.start()
`

const BY_FETCH = `fetch(process.env.OPENAI_BASE_URL + '/models').then(response => response.json())`
const BY_HTTP = `new Promise(resolve =>
  require('node:http').get(process.env.OPENAI_BASE_URL + '/models', response => response.resume().on('end', resolve)))`
const BY_SDK = `new (require('openai'))().models.list()`
const BY_OLD_SDK = `new (require('openai4'))().models.list()`

const inWork = (call: string): string => `
require('@opentelemetry/api').trace.getTracer('app').startActiveSpan('work', span =>
  ${call}.then(() => span.end()).then(() => globalThis.sdk.shutdown()))`
const alone = (call: string): string => `${call}.then(() => globalThis.sdk.shutdown())`

const ORDERS = {
  'the SDK first': ['--require', './otel.cjs', '--require', 'interceptor/register'],
  'the SDK second': ['--require', 'interceptor/register', '--require', './otel.cjs'],
}

async function run({ ground, collector }: Context, source: string, flags: readonly string[]) {
  const before = collector.spans().length
  const { code, stderr } = await ground.run(ground.write('app.cjs', source), {
    flags,
    cwd: ground.folder,
    env: { ...collector.env, OTEL_NODE_RESOURCE_DETECTORS: 'none', INTERCEPTOR_OUTPUTS: 'otel' },
  })
  assert.equal([code, stderr], [0, ''])
  const spans = collector.spans().slice(before)
  return {
    all: spans,
    ours: only(spans, 'interceptor'),
    http: spans.filter(({ scope }) => scope.name.includes('instrumentation-')),
  }
}

function only(spans: readonly OtlpSpan[], scope: string): OtlpSpan {
  const [span, more] = spans.filter(span => span.scope.name === scope)
  if (span === undefined || more !== undefined) throw new Error(`not one span of ${scope}`)
  return span
}

for (const [order, flags] of Object.entries(ORDERS)) {
  for (const [client, call] of Object.entries({ BY_FETCH, BY_HTTP, BY_SDK, BY_OLD_SDK })) {
    test(`${order}, ${client}, in a span of the app’s: ours is its child, beside the HTTP span`, async context => {
      const { all, ours, http } = await run(context, inWork(call), flags)
      const work = only(all, 'app')
      assert.is(ours.name, 'listModels')
      assert.is(ours.parentSpanId, work.spanId)
      assert.is(http.length, 1)
      for (const span of http) assert.equal([span.traceId, span.parentSpanId], [work.traceId, work.spanId])
    })

    test(`${order}, ${client}, in no span: one of ours, never below a span of another trace`, async context => {
      const { all, ours, http } = await run(context, alone(call), flags)
      assert.is(ours.name, 'listModels')
      const parent = all.find(({ spanId }) => spanId === ours.parentSpanId)
      if (ours.parentSpanId !== '') assert.equal([http[0], parent?.traceId], [parent, ours.traceId])
    })
  }
}

test.run()
