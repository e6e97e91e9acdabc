import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { OtlpSpan } from '../lib/local/receiver/otlp-json'
import { loadTapes, requestBytes, type Tape } from '../lib/local/tapes/tape'
import { faults, SCHEMAS } from './data/gen-ai-schemas'
import { type OtelWorld, startOtelWorld } from './otel-world'

/** Content on OpenTelemetry's spans: every recorded exchange gives JSON that is valid by the conventions' schemas. */

const test = suite<{ world: OtelWorld }>('OpenTelemetry: messages')

test.before(async context => {
  context.world = await startOtelWorld({ otelContent: true })
})
test.after(({ world }) => world.stop())

function replayed(world: OtelWorld, tape: Tape): Promise<OtlpSpan> {
  const { pathname, search } = new URL(tape.request.url)
  const body = requestBytes(tape)
  return world.spanOf(async () => {
    const response = await fetch(`${world.openai.origin}${pathname}${search}`, {
      method: tape.request.method,
      headers: { authorization: 'Bearer sk-test-of-messages-0123', ...tape.request.headers, 'x-tape': tape.name },
      ...(body.length > 0 ? { body } : {}),
    })
    await response.arrayBuffer()
  })
}

/** How many spans had each of the attributes, and each kind of part. */
const seen = new Map<string, number>()

for (const tape of loadTapes()) {
  test(tape.name, async ({ world }) => {
    const { attributes, droppedAttributes } = await replayed(world, tape)
    for (const [name, schema] of Object.entries(SCHEMAS)) {
      const json = attributes[name]
      if (json === undefined) continue
      assert.equal(faults(JSON.parse(String(json)), schema), [], name)
      const kinds = [...String(json).matchAll(/"type":"(\w+)"/g)].map(([, kind = '']) => kind)
      for (const what of new Set([name, ...kinds])) seen.set(what, (seen.get(what) ?? 0) + 1)
    }
    // An SDK's span takes 128.
    assert.is(droppedAttributes, 0)
    assert.not.match(JSON.stringify(attributes), 'sk-test-of-messages')
  })
}

test('every kind of content was among them', () => {
  const kinds = 'text blob uri file refusal reasoning tool_call tool_call_response function custom'.split(' ')
  assert.equal(
    [...Object.keys(SCHEMAS), ...kinds].filter(kind => !seen.has(kind)),
    [],
  )
  assert.ok((seen.get('gen_ai.input.messages') ?? 0) > 250)
  assert.ok((seen.get('gen_ai.output.messages') ?? 0) > 200)
})

test.run()
