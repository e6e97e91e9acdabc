import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Collector, startCollector } from '../lib/local/receiver/otlp'
import type { OtlpSpan } from '../lib/local/receiver/otlp-json'
import { type Ground, ONE_CALL, prepareGround, ROOT } from './app'

/** dd-trace in the clothes of OpenTelemetry: its spans by OTLP, and its tracer as the API's provider. */

interface Context {
  ground: Ground
  collector: Collector
}

const test = suite<Context>('dd-trace and OpenTelemetry')

test.before(async context => {
  context.ground = await prepareGround()
  context.collector = await startCollector()
})
test.after(async ({ ground, collector }) => {
  await ground.close()
  await collector.close()
})

const REGISTER = ['--require', 'interceptor/register']

test('OTEL_TRACES_EXPORTER=otlp: dd-trace sends our span by OTLP, with openai.* and no gen_ai.*', async ({
  ground,
  collector,
}) => {
  const { code, stderr } = await ground.run(ground.write('app.cjs', ONE_CALL), {
    flags: REGISTER,
    env: { ...collector.env, OTEL_TRACES_EXPORTER: 'otlp', OTEL_METRICS_EXPORTER: 'none' },
  })
  assert.equal([code, stderr], [0, ''])
  const span = only(await collector.waitForSpans(spans => spans.some(isOurs)))
  assert.is(span.scope.name, 'dd-trace-js')
  assert.is(span.attributes['openai.request.endpoint'], '/v1/models')
  assert.is(span.attributes['openai.response.processing_ms'], 84)
  // A backend would make a second span for LLM Observability of them.
  assert.equal(
    Object.keys(span.attributes).filter(name => name.startsWith('gen_ai.')),
    [],
  )
})

const PROVIDER = `
const tracer = require(${JSON.stringify(join(ROOT, 'node_modules', 'dd-trace'))}).init()
new tracer.TracerProvider().register()
`

test('dd-trace as OpenTelemetry’s provider, with both outputs: one span a call, and it is said', async ({ ground }) => {
  const { code, stderr, spans } = await ground.run(ground.write('both.cjs', `${PROVIDER}${ONE_CALL}`), {
    flags: REGISTER,
    env: { INTERCEPTOR_OUTPUTS: 'datadog,otel' },
  })
  assert.is(code, 0)
  assert.match(stderr, /^interceptor: OpenTelemetry’s tracer provider is dd-trace’s own, .* makes no second one\n$/)
  assert.is(spans.length, 1)
  assert.is(ground.datadog.agent.spans().filter(({ resource }) => resource === 'listModels').length, 1)
})

test('dd-trace as OpenTelemetry’s provider, with otel alone: its span has the conventions’ names', async ({
  ground,
}) => {
  const before = ground.datadog.agent.spans().length
  const { code, stderr } = await ground.run(ground.write('alone.cjs', `${PROVIDER}${ONE_CALL}`), {
    flags: REGISTER,
    env: { INTERCEPTOR_OUTPUTS: 'otel' },
  })
  assert.equal([code, stderr], [0, ''])
  const named = ground.datadog.agent
    .spans()
    .slice(before)
    .filter(({ meta }) => meta['gen_ai.operation.name'] === 'listModels')
  assert.is(named.length, 1)
})

function isOurs({ name }: OtlpSpan): boolean {
  return name === 'openai.request' || name === 'listModels'
}

function only(spans: readonly OtlpSpan[]): OtlpSpan {
  const [span, more] = spans.filter(isOurs)
  if (span === undefined || more !== undefined) throw new Error('not one span')
  return span
}

test.run()
