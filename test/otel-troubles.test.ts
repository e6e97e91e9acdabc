import { type Context, context, type Meter, metrics, trace } from '@opentelemetry/api'
import { tracing } from '@opentelemetry/sdk-node'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Handle, type Settings, start } from '../lib'
import { type OpenAIStandIn, startOpenAI } from '../lib/local/openai/openai'

/** SDKs that are missing, broken or gone: the app's calls are the same, and what went wrong is counted and said once. */

const test = suite<{ openai: OpenAIStandIn }>('OpenTelemetry in trouble')

test.before(async suite => {
  suite.openai = await startOpenAI()
})
test.after(({ openai }) => openai.close())
test.after.each(() => {
  for (const api of [trace, metrics, context]) api.disable()
})

/** Makes two calls, which must be well, and tells what was said and counted meanwhile. */
async function calls(
  openai: OpenAIStandIn,
  settings: Settings = {},
  before: (n: number) => void = () => {},
): Promise<{ lines: string[]; counted: Record<string, number> }> {
  const lines: string[] = []
  const write = process.stderr.write
  process.stderr.write = (line: unknown) => lines.push(String(line)) > 0
  const handle = start({ outputs: ['otel'], hosts: [openai.host], ...settings })
  try {
    const counted = handle.counters()
    for (let n = 0; n < 2; n += 1) {
      before(n)
      const response = await fetch(`${openai.origin}/v1/models`)
      assert.match(await response.text(), /"object": ?"list"/)
    }
    await handle.flush()
    return { lines, counted: added(handle, counted) }
  } finally {
    process.stderr.write = write
    await handle.stop()
  }
}

function added(handle: Handle, before: Record<string, number>): Record<string, number> {
  const entries = Object.entries(handle.counters()).map(([name, count]) => [name, count - (before[name] ?? 0)] as const)
  return Object.fromEntries(entries.filter(([name, count]) => count > 0 && /otel|swallowed/.test(name)))
}

interface Recorded {
  provider: tracing.BasicTracerProvider
  ended: tracing.ReadableSpan[]
}

/** A real provider whose one processor does as told. */
function provider(processor: Partial<tracing.SpanProcessor> = {}, more: object = {}): Recorded {
  const ended: tracing.ReadableSpan[] = []
  const spanProcessors: tracing.SpanProcessor[] = [
    {
      onStart() {},
      onEnd: span => void ended.push(span),
      forceFlush: async () => {},
      shutdown: async () => {},
      ...processor,
    },
  ]
  return { provider: new tracing.BasicTracerProvider({ spanProcessors, ...more }), ended }
}

const broken = (): never => {
  throw new RangeError('SECRET')
}

/** What is broken, how often it is counted for two calls, and whether there are spans all the same. */
const BROKEN: Record<string, { register(): Recorded | undefined; counted: Record<string, number>; spans: number }> = {
  'a processor that throws at the start': {
    register: () => provider({ onStart: broken }),
    counted: { 'otel.failed.start': 2 },
    spans: 0,
  },
  'a processor that throws at the end': {
    register: () => provider({ onEnd: broken }),
    counted: { 'otel.failed.end': 2 },
    spans: 0,
  },
  'a sampler that throws': {
    register: () => provider({}, { sampler: { shouldSample: broken } }),
    counted: { 'otel.failed.start': 2 },
    spans: 0,
  },
  'a flush that throws': {
    register: () => provider({ forceFlush: broken }),
    counted: { 'otel.failed.flush': 1 },
    spans: 2,
  },
  'a flush that rejects': {
    register: () => provider({ forceFlush: () => Promise.reject(new Error('SECRET')) }),
    counted: { 'otel.failed.flush': 1 },
    spans: 2,
  },
  'a context manager that throws': {
    register() {
      const manager = {
        active: broken,
        with: (_: Context, fn: () => unknown) => fn(),
        bind: (_: Context, it: unknown) => it,
      }
      context.setGlobalContextManager(
        Object.assign(manager, { enable: () => manager, disable: () => manager }) as never,
      )
      return provider()
    },
    // Twice a call, as the caller's trace is asked for, too; the SDK asks again, and there is no span.
    counted: { 'otel.failed.context': 4, 'otel.failed.start': 2, 'swallowed.otel.context': 2 },
    spans: 0,
  },
}

for (const [what, { register, counted, spans }] of Object.entries(BROKEN)) {
  test(`${what}: counted, said once, and not with what it threw`, async ({ openai }) => {
    const recorded = register()
    if (recorded !== undefined) trace.setGlobalTracerProvider(recorded.provider)
    const outcome = await calls(openai)
    assert.equal(outcome.counted, counted)
    assert.is(recorded?.ended.length, spans)
    assert.ok(outcome.lines.length <= Object.keys(counted).length, outcome.lines.join(''))
    // By its class, though a flush rejects with a list.
    assert.not.match(outcome.lines.join(''), /SECRET|object/)
  })
}

test('a tracer that gives no span, and a provider that gives no tracer', async ({ openai }) => {
  trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan: () => undefined, startActiveSpan: broken }) as never })
  assert.equal((await calls(openai)).counted, {})
  trace.disable()
  trace.setGlobalTracerProvider({ getTracer: () => null as never })
  const { counted } = await calls(openai)
  assert.equal(
    Object.keys(counted).filter(name => name.startsWith('swallowed')),
    [],
  )
})

test('an exporter that throws and one that never answers: flush returns in its time', async ({ openai }) => {
  const hang: tracing.SpanExporter = { export() {}, shutdown: async () => {} }
  for (const exporter of [hang, { ...hang, export: broken }]) {
    const { provider: its } = provider({}, { spanProcessors: [new tracing.BatchSpanProcessor(exporter)] })
    trace.setGlobalTracerProvider(its)
    const { counted } = await calls(openai, { exitTimeoutMs: 200 })
    assert.equal(
      Object.keys(counted).filter(name => name.startsWith('swallowed')),
      [],
    )
    trace.disable()
  }
})

test('a provider that was shut down, and one that cannot be changed', async ({ openai }) => {
  const { provider: down } = provider()
  await down.shutdown()
  trace.setGlobalTracerProvider(down)
  assert.equal(await calls(openai), { lines: [], counted: {} })
  trace.disable()
  const frozen = provider()
  trace.setGlobalTracerProvider(Object.freeze(frozen.provider))
  assert.equal([await calls(openai), frozen.ended.length], [{ lines: [], counted: {} }, 2])
})

test('calls after the app has shut the SDK down are counted, and it is said once', async ({ openai }) => {
  const { provider: its, ended } = provider()
  trace.setGlobalTracerProvider(its)
  const handle = start({ outputs: ['otel'], hosts: [openai.host] })
  await (await fetch(`${openai.origin}/v1/models`)).arrayBuffer()
  await its.shutdown()
  assert.is(ended.length, 1)
  const { lines, counted } = await calls(openai)
  await handle.stop()
  assert.is(counted['otel.after_shutdown'], 2)
  assert.match(lines.join(''), /^interceptor: calls go on after the OpenTelemetry SDK was shut down: .*\n$/)
})

test('a sampler is told what is known at the start; of a span that is not sampled nothing is read in full', async ({
  openai,
}) => {
  const told: unknown[] = []
  const sampler = {
    shouldSample: (...[, , name, kind, attributes]: [unknown, string, string, number, object]) => {
      told.push([name, kind, attributes])
      return { decision: 0 }
    },
  }
  const { provider: its, ended } = provider({}, { sampler })
  trace.setGlobalTracerProvider(its)
  const kept: (boolean | undefined)[] = []
  const { counted } = await calls(openai, { otelContent: true, onCall: ({ trace }) => kept.push(trace?.kept()) })
  assert.equal([ended.length, kept, counted], [0, [false, false], {}])
  const attributes = {
    'gen_ai.operation.name': 'listModels',
    'gen_ai.provider.name': 'openai',
    'server.address': '127.0.0.1',
    'server.port': Number(new URL(openai.origin).port),
  }
  assert.equal(told[0], ['listModels', 2, attributes])
})

test('a provider’s own methods are back when we are stopped', async ({ openai }) => {
  const { provider: its } = provider()
  trace.setGlobalTracerProvider(its)
  const before = [its.shutdown, its.forceFlush, Object.keys(its)]
  await calls(openai)
  assert.equal([its.shutdown, its.forceFlush, Object.keys(its)], before)
})

test('a provider that takes another’s place has the calls from then on', async ({ openai }) => {
  for (let n = 0; n < 2; n += 1) {
    const { provider: its, ended } = provider()
    trace.setGlobalTracerProvider(its)
    await calls(openai)
    assert.is(ended.length, 2)
    trace.disable()
  }
})

const METERS: Record<string, unknown> = {
  'a meter without histograms': {},
  'a meter that throws': { createHistogram: broken },
  'histograms that throw': { createHistogram: () => ({ record: broken }) },
  'a meter that is none': undefined,
}

for (const [what, meter] of Object.entries(METERS)) {
  test(`${what}: spans all the same, said once at most`, async ({ openai }) => {
    metrics.setGlobalMeterProvider({ getMeter: () => meter as Meter })
    const { provider: its, ended } = provider()
    trace.setGlobalTracerProvider(its)
    const { lines, counted } = await calls(openai)
    assert.is(ended.length, 2)
    assert.ok(lines.length <= 1)
    assert.equal(
      Object.keys(counted).filter(name => !/^otel\.failed\.(meter|histogram)$/.test(name)),
      [],
    )
    assert.ok(Object.keys(counted).length > 0)
  })
}

test('no provider: the calls are well, counted and said once; one registered late has those from then on', async context => {
  const { openai } = context
  const none = await calls(openai)
  assert.equal(none.counted, { 'otel.no_provider': 2 })
  assert.is(none.lines.length, 1)
  assert.match(none.lines[0] ?? '', /^interceptor: no OpenTelemetry tracer provider is registered yet.*--require/)
  const late = provider()
  const again = await calls(openai, {}, n => {
    if (n === 1) trace.setGlobalTracerProvider(late.provider)
  })
  assert.equal([again.counted, late.ended.length], [{ 'otel.no_provider': 1 }, 1])
})

test('metrics alone: no word of spans', async ({ openai }) => {
  const recorded: number[] = []
  metrics.setGlobalMeterProvider({
    getMeter: () => ({ createHistogram: () => ({ record: (value: number) => recorded.push(value) }) }) as never,
  })
  const { lines, counted } = await calls(openai)
  assert.equal([lines, counted], [[], { 'otel.no_provider': 2 }])
  assert.is(recorded.length, 2)
})

// Two copies of the API

interface ApiCopy {
  trace: typeof trace
}

for (const [registrar, other] of [
  ['otel-api-1.0', 'otel-api-1.10'],
  ['otel-api-1.10', 'otel-api-1.0'],
  ['@opentelemetry/api', 'otel-api-1.10'],
] as const) {
  test(`the provider is registered in ${registrar}, and ${other} is in the tree, too`, async ({ openai }) => {
    // The first copy that registers something makes it, and others of another version cannot any more.
    Reflect.deleteProperty(globalThis, Symbol.for('opentelemetry.js.api.1'))
    const { trace: its }: ApiCopy = require(registrar)
    require(other)
    const { provider: real, ended } = provider()
    its.setGlobalTracerProvider(real)
    const outcome = await calls(openai)
    its.disable()
    assert.equal([outcome, ended.length], [{ lines: [], counted: {} }, 2])
  })
}

test.run()
