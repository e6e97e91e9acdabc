import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { loadTapes, requestBytes } from '../lib/local/tapes/tape'
import { TAGS } from '../lib/sinks/metrics/catalogue'
import { tagValue } from '../lib/sinks/metrics/tag-value'
import { assertLlmobsAgrees } from './llmobs-agreement'
import { assertOtelAgrees, type OtelRecord, recordOtel } from './otel-agreement'
import { startWorld, type World } from './world'

/**
 * Span, metrics and log of one call are made from one record, and so are those of OpenTelemetry and the span of LLM
 * Observability: what two of them say of the same thing is the same. The whole of the tapes is replayed and every tag
 * that they share is compared.
 */

/** On the span under another name. */
const ON_THE_SPAN: Readonly<Record<string, string>> = { error_type: 'error.type' }
/** A log has what it would be found by. */
const IN_DDTAGS = [
  'env',
  'version',
  'openai.request.endpoint',
  'openai.request.method',
  'openai.request.model',
  'openai.organization.name',
  'openai.user.api_key',
]

const test = suite<{ world: World; otel: OtelRecord }>('one record for every output')
let compared = 0

test.before(async context => {
  context.otel = recordOtel()
  const outputs = ['datadog', 'otel', 'llmobs'] as const
  context.world = await startWorld({ outputs, logsEnabled: true, logSampleRate: 1, version: '1.2.3' })
})
test.after(async ({ world }) => {
  await world.stop()
  console.log(`\n  shared tags compared: ${compared}`)
})

for (const tape of loadTapes()) {
  test(tape.name, async ({ world, otel }) => {
    const { dogstatsd, intake } = world.datadog
    otel.clear()
    const metricsBefore = dogstatsd.metrics().length
    const entriesBefore = intake.entries().length
    const { pathname, search } = new URL(tape.request.url)
    const body = requestBytes(tape)
    const span = await world.spanOf(async () => {
      const response = await fetch(`${world.openai.origin}${pathname}${search}`, {
        method: tape.request.method,
        headers: { authorization: 'Bearer sk-test-of-agreement-0123', ...tape.request.headers, 'x-tape': tape.name },
        ...(body.length > 0 ? { body } : {}),
      })
      await response.arrayBuffer()
    })
    const metrics = (
      await dogstatsd.waitFor(all => all.slice(metricsBefore).some(({ name }) => name === 'openai.request.duration'))
    ).slice(metricsBefore)
    const [entry] = (await intake.waitFor(entriesBefore + 1)).slice(entriesBefore)
    const duration = metrics.find(({ name }) => name === 'openai.request.duration')
    if (duration === undefined || entry === undefined) throw new Error('no metric or no log arrived')

    for (const { name } of TAGS) {
      const onMetric = duration.tags.find(tag => tag.startsWith(`${name}:`))?.slice(name.length + 1)
      const onSpan =
        name === 'error' ? String(span.error) : name === 'service' ? span.service : span.meta[ON_THE_SPAN[name] ?? name]
      assert.is(onMetric, tagValue(name, onSpan), name)
      if (IN_DDTAGS.includes(name)) {
        const tag = String(entry.ddtags)
          .split(',')
          .find(each => each.startsWith(`${name}:`))
        assert.is(tag, `${name}:${(onSpan ?? '').replaceAll(',', '_')}`, name)
      }
      compared += 1
    }
    // An epoch in milliseconds has no finer place in a double than a quarter of a microsecond.
    assert.ok(Math.abs(Number(duration.values[0]) - span.duration) < 1000)
    assert.is(entry.duration, duration.values[0])
    assert.is(entry.status, span.error === 1 ? 'error' : 'info')
    assert.is(entry.message, `sampled ${span.resource}`)
    for (const [attribute, value] of Object.entries(entry)) {
      const onSpan = span.metrics[attribute] ?? span.meta[attribute]
      if (!attribute.startsWith('openai.') && !attribute.startsWith('error.')) continue
      assert.is(String(value), String(onSpan), attribute)
      compared += 1
    }
    compared += assertOtelAgrees(otel, span)
    compared += await assertLlmobsAgrees(world.datadog.agent, span)
    const prompt = metrics.find(({ name }) => name === 'openai.tokens.prompt')
    if (prompt !== undefined) assert.is(prompt.values[0], span.metrics['openai.response.usage.prompt_tokens'])
  })
}

test.run()
