import type { tracing } from '@opentelemetry/sdk-node'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Handle, start } from '../lib'
import { type OpenAIStandIn, startOpenAI } from '../lib/local/openai/openai'
import { loadTapes, requestBytes, type Tape } from '../lib/local/tapes/tape'
import { faults, SCHEMAS } from './data/gen-ai-schemas'
import { type OtelRecord, recordOtel } from './otel-agreement'

/** Content on OpenTelemetry's spans: every recorded exchange gives JSON that is valid by the conventions' schemas. */

interface Context {
  openai: OpenAIStandIn
  otel: OtelRecord
  handle: Handle
}

const test = suite<Context>('OpenTelemetry: messages')

test.before(async context => {
  context.otel = recordOtel()
  context.openai = await startOpenAI()
  const { host } = context.openai
  context.handle = start({ outputs: ['otel'], otelContent: true, hosts: [host], exitTimeoutMs: 60_000 })
})
test.after(async ({ openai, handle }) => {
  await handle.stop()
  await openai.close()
})

/** The one span of a tape's exchange. */
async function replayed({ openai, otel, handle }: Context, tape: Tape): Promise<tracing.ReadableSpan> {
  otel.clear()
  const { pathname, search } = new URL(tape.request.url)
  const body = requestBytes(tape)
  const response = await fetch(`${openai.origin}${pathname}${search}`, {
    method: tape.request.method,
    headers: { authorization: 'Bearer sk-test-of-messages-0123', ...tape.request.headers, 'x-tape': tape.name },
    ...(body.length > 0 ? { body } : {}),
  })
  await response.arrayBuffer()
  await handle.flush()
  const [span, ...more] = otel.spans()
  if (span === undefined || more.length > 0) throw new Error(`${more.length + 1} spans`)
  return span
}

/** How many spans had each of the attributes, and each kind of part. */
const seen = new Map<string, number>()

for (const tape of loadTapes()) {
  test(tape.name, async context => {
    const { attributes, droppedAttributesCount } = await replayed(context, tape)
    for (const [name, schema] of Object.entries(SCHEMAS)) {
      const json = attributes[name]
      if (json === undefined) continue
      assert.equal(faults(JSON.parse(String(json)), schema), [], name)
      const kinds = [...String(json).matchAll(/"type":"(\w+)"/g)].map(([, kind = '']) => kind)
      for (const what of new Set([name, ...kinds])) seen.set(what, (seen.get(what) ?? 0) + 1)
    }
    // An SDK's span takes 128.
    assert.is(droppedAttributesCount, 0)
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
