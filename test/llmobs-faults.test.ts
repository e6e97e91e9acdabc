import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { counters } from '../lib/counters'
import { type Agent, startAgent } from '../lib/local/receiver/agent'
import { type LlmobsIntake, startLlmobsIntake } from '../lib/local/receiver/llmobs'
import type { JsonObject } from '../lib/openai/json'
import type { EventWriter } from '../lib/sinks/intake'
import {
  createLlmobsWriter,
  encodeSpan,
  LLMOBS,
  type LlmobsWriterOptions,
  llmobsTargets,
} from '../lib/sinks/intake/llmobs'

interface Ground {
  agent: Agent
  old: Agent
  intake: LlmobsIntake
  said: string[]
}

const test = suite<Ground>('LLM Observability, on the way')
const writers: EventWriter[] = []

test.before(async context => {
  context.agent = await startAgent()
  context.old = await startAgent({ evpProxy: false })
  context.intake = await startLlmobsIntake()
})
test.before.each(context => {
  context.said = []
  for (const receiver of [context.agent, context.old, context.intake]) receiver.trouble()
})
test.after.each(() => {
  for (const writer of writers.splice(0)) writer.spoolSync()
})
test.after(async ({ agent, old, intake }) => {
  await Promise.all([agent.close(), old.close(), intake.close()])
})

test('through the agent: to its proxy, with the intake’s subdomain, no key and no compression', async context => {
  const { agent } = context
  const [span] = await sent(context, { agentUrl: agent.url, apiKey: 'the-key' }, agent.llmobs)
  assert.is(span?.name, 'one')
  const headers = agent.llmobs.posts.at(-1)?.headers ?? {}
  assert.is(headers['x-datadog-evp-subdomain'], 'llmobs-intake')
  assert.is(headers['dd-api-key'], undefined)
  assert.is(headers['content-encoding'], undefined)
})

test('through the agent’s Unix socket', async context => {
  const { agent } = context
  const folder = mkdtempSync(join(tmpdir(), 'llmobs-'))
  const socket = join(folder, 'apm.socket')
  const server = await forwarding(socket, agent.port)
  try {
    await sent(context, { agentUrl: `unix://${socket}` }, agent.llmobs)
  } finally {
    server.close()
    rmSync(folder, { recursive: true })
  }
})

test('agentless: straight to the intake, with the key', async context => {
  const { intake } = context
  await sent(context, { llmobsAgentless: true, llmobsUrl: intake.url, apiKey: 'the-key' }, intake)
  assert.is(intake.posts.at(-1)?.headers['dd-api-key'], 'the-key')
})

test('an agent without the proxy, or none at all: straight to the intake where there is a key', async context => {
  const { old, intake } = context
  for (const agentUrl of [old.url, 'http://127.0.0.1:9', 'unix:///nowhere/apm.socket']) {
    await sent(context, { agentUrl, llmobsUrl: intake.url, apiKey: 'the-key' }, intake)
  }
})

test('an agent without the proxy and no key: kept, and said once with the remedy', async context => {
  const { old, said } = context
  const writer = writing(context, { agentUrl: old.url })
  writer.write(spanOf('one'))
  writer.write(spanOf('two'))
  await writer.flush(5_000)
  await writer.flush(100)
  assert.is(writer.counts.pending, 2)
  assert.is(said.length, 1)
  assert.match(said[0] ?? '', /404.*DD_LLMOBS_AGENTLESS_ENABLED=true and DD_API_KEY/)
})

test('DD_LLMOBS_AGENTLESS_ENABLED=false keeps to the agent, true to the intake', () => {
  const where = { site: 'datadoghq.eu', apiKey: 'the-key', llmobsUrl: undefined, agentUrl: 'http://agent:8126/' }
  const urls = (llmobsAgentless: boolean | undefined): string[] =>
    llmobsTargets({ ...where, llmobsAgentless }).map(({ url }) => url.href)
  const [proxy, intake] = [
    'http://agent:8126/evp_proxy/v2/api/v2/llmobs',
    'https://llmobs-intake.datadoghq.eu/api/v2/llmobs',
  ]
  assert.equal(urls(undefined), [proxy, intake])
  assert.equal(urls(false), [proxy])
  assert.equal(urls(true), [intake])
})

for (const trouble of [{ status: 429, retryAfter: '0' }, { status: 503 }, { reset: true }, { halfClosed: true }]) {
  test(`${JSON.stringify(trouble)} is waited out`, async context => {
    const { agent } = context
    const before = agent.llmobs.spans().length
    const writer = writing(context, { agentUrl: agent.url, llmobsAgentless: false })
    agent.trouble({ ...trouble })
    const asked = agent.requests()
    writer.write(spanOf('waits'))
    const flushed = writer.flush(30_000)
    while (agent.requests() === asked) await new Promise(setImmediate)
    agent.trouble()
    await flushed
    if (writer.counts.pending > 0) await writer.flush(30_000)
    assert.is((await agent.llmobs.waitFor(before + 1)).length, before + 1)
    assert.equal([writer.counts.sent, writer.counts.dropped], [1, 0])
  })
}

test('an agent that hangs costs a flush no more than it was given', async context => {
  const { agent } = context
  const writer = writing(context, { agentUrl: agent.url, llmobsAgentless: false })
  agent.trouble({ hanging: true })
  writer.write(spanOf('hangs'))
  await writer.flush(50)
  assert.is(writer.counts.pending, 1)
})

test('a span that the intake refuses alone (400) is counted and said, the others are taken', async context => {
  const { agent, said } = context
  const before = agent.llmobs.spans().length
  const writer = writing(context, { agentUrl: agent.url, llmobsAgentless: false })
  writer.write({ ...spanOf('bad'), parent_id: 7 })
  writer.write(spanOf('good'))
  await writer.flush(10_000)
  assert.equal([writer.counts.sent, writer.counts.dropped], [1, 1])
  assert.equal(
    agent.llmobs
      .spans()
      .slice(before)
      .map(({ name }) => name),
    ['good'],
  )
  assert.equal(said, ['1 LLM Observability spans lost so far: the intake refused them alone'])
})

test('a proxy that takes no payload of any size (413): counted and said, and the next ones are taken', async context => {
  const { agent, said } = context
  const before = agent.llmobs.spans().length
  const writer = writing(context, { agentUrl: agent.url, llmobsAgentless: false })
  agent.trouble({ status: 413 })
  writer.write(spanOf('large'))
  writer.write(spanOf('larger'))
  await writer.flush(10_000)
  assert.equal([writer.counts.sent, writer.counts.dropped, writer.counts.pending], [0, 2, 0])
  const lost = ' LLM Observability spans lost so far: the intake refused them alone'
  assert.equal(said, [`1${lost}`, `2${lost}`])
  agent.trouble()
  writer.write(spanOf('small'))
  await writer.flush(10_000)
  assert.is((await agent.llmobs.waitFor(before + 1)).length, before + 1)
})

for (const [how, where, whose] of [
  ['through the agent', { llmobsAgentless: false }, 'the Agent’s DD_API_KEY'],
  ['straight', { llmobsAgentless: true, apiKey: 'the-key' }, 'DD_API_KEY'],
] as const) {
  test(`a key that is refused (403) ${how}: kept, and said once`, async context => {
    const { agent, intake, said } = context
    const writer = writing(context, { agentUrl: agent.url, llmobsUrl: intake.url, ...where })
    for (const receiver of [agent, intake]) receiver.trouble({ status: 403 })
    writer.write(spanOf('one'))
    await writer.flush(5_000)
    writer.write(spanOf('two'))
    await writer.flush(100)
    assert.equal([writer.counts.pending, writer.counts.dropped, said.length], [2, 0, 1])
    assert.match(said[0] ?? '', ` refuses ${whose} (403); `)
  })
}

test('metadata that cannot be put into JSON: counted, said once, and nothing is thrown', async context => {
  const { agent, said } = context
  const writer = writing(context, { agentUrl: agent.url, llmobsAgentless: false })
  const cycle: JsonObject = {}
  cycle.itself = cycle
  const withBigInt: JsonObject = {}
  Object.assign(withBigInt, { seed: 1n })
  for (const metadata of [cycle, withBigInt])
    writer.write({ ...spanOf('odd'), meta: { 'span.kind': 'llm', input: {}, output: {}, metadata } })
  writer.write(spanOf('even'))
  await writer.flush(10_000)
  const odd = agent.llmobs.spans().slice(-3)
  assert.equal(
    odd.map(({ name }) => name),
    ['odd', 'odd', 'even'],
  )
  assert.ok(
    odd.slice(0, 2).every(({ meta }) => meta.metadata === undefined),
    'all else of it is sent',
  )
  assert.equal(said, [])
  assert.is(counters()['llmobs.unserialisable'], 2)
})

test('a span of more than 5 MB loses what was asked and answered, and says so', () => {
  const big = { messages: [{ role: 'user', content: 'é'.repeat(3_000_000) }] }
  const meta = { 'span.kind': 'llm', input: big, output: {}, metadata: { temperature: 1 } }
  const encoded = encodeSpan({ ...spanOf('big'), meta }, LLMOBS.limits.entryBytes)
  assert.is(encoded?.truncated, true)
  const [span] = JSON.parse(String(encoded?.json)).spans
  assert.equal(span.collection_errors, ['dropped_io'])
  assert.match(span.meta.input.value, /5MB/)
  assert.equal(span.meta.metadata, { temperature: 1 })
})

test('many large spans go in payloads of 5 MB at most', async context => {
  const { agent } = context
  const writer = writing(context, { agentUrl: agent.url, llmobsAgentless: false })
  const before = agent.llmobs.posts.length
  const input = { messages: [{ role: 'user', content: 'x'.repeat(2_000_000) }] }
  for (let n = 0; n < 5; n += 1)
    writer.write({ ...spanOf(`large ${n}`), meta: { 'span.kind': 'llm', input, output: {} } })
  await writer.flush(30_000)
  const posts = agent.llmobs.posts.slice(before)
  assert.equal(
    posts.map(({ status }) => status),
    [202, 202, 202],
  )
  assert.is(writer.counts.sent, 5)
})

async function sent(
  context: Ground,
  where: Partial<LlmobsWriterOptions>,
  receiver: Pick<LlmobsIntake, 'spans' | 'waitFor'>,
) {
  const before = receiver.spans().length
  const writer = writing(context, where)
  writer.write(spanOf('one'))
  await writer.flush(10_000)
  assert.equal([writer.counts.sent, writer.counts.dropped], [1, 0])
  return (await receiver.waitFor(before + 1)).slice(before)
}

function writing({ said }: Ground, where: Partial<LlmobsWriterOptions>): EventWriter {
  const speak = (_: string, line: string): void => void said.push(line)
  const writer = createLlmobsWriter({
    site: 'datadoghq.com',
    apiKey: undefined,
    llmobsAgentless: undefined,
    llmobsUrl: undefined,
    agentUrl: undefined,
    spoolDir: undefined,
    env: {},
    notices: { once: speak, eachMinute: speak },
    ...where,
  })
  writers.push(writer)
  return writer
}

function spanOf(name: string): JsonObject {
  return {
    trace_id: '6b06e0ff0000000036cc1bef60dc3931',
    span_id: '7173808423526820414',
    parent_id: 'undefined',
    name,
    tags: ['ml_app:shop'],
    start_ns: 1_795_613_269_184_164_600,
    duration: 5,
    status: 'ok',
    meta: { 'span.kind': 'llm', input: {}, output: {} },
    metrics: {},
    _dd: {},
  }
}

/** What is sent to a Unix socket, on to a port. */
async function forwarding(socket: string, port: number): Promise<Server> {
  const server = createServer(incoming => {
    const outgoing = connect(port, '127.0.0.1')
    incoming.on('error', () => outgoing.destroy())
    outgoing.on('error', () => incoming.destroy())
    incoming.pipe(outgoing).pipe(incoming)
  })
  await new Promise<void>(resolve => server.listen(socket, resolve))
  server.unref()
  return server
}

test.run()
