import { gzipSync } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Span } from '../lib/local/receiver/spans'
import type { Json } from '../lib/openai/json'
import { RESPONSE_BOUNDS } from '../lib/openai/read/json/bounds'
import { readEnding } from '../lib/openai/read/json/read-ending'
import { startWorld, type World } from './world'

/** Of each body 8 kB are kept as its beginning and 8 as its end: every text here of 30 kB is over both. */
const BOUND = 16 * 1024
const PICTURE = 'iVBORw0K'.repeat(4000)
const PROSE = 'He said: "data: [1, {2}]"\\\n\n\u00e9 '.repeat(1500)
const USAGE = { input_tokens: 9, output_tokens: 41, total_tokens: 50 }
const COUNTED = { prompt_tokens: 9, completion_tokens: 41, total_tokens: 50 }

const tail = suite<{ world: World }>('a stream whose last event is larger than what is kept')

tail.before(async context => {
  context.world = await startWorld({ maxBodyBytes: BOUND })
})
tail.after(({ world }) => world.stop())

function sse(events: readonly Json[], name?: string): string {
  return events
    .map(event => `${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(event)}\n\n`)
    .join('')
}

function spanOf(
  world: World,
  path: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
): Promise<Span> {
  world.openai.respond(path, (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', ...headers })
    response.end(body)
  })
  return world.spanOf(async () => {
    const asked = JSON.stringify({ model: 'gpt-5', messages: [], stream: true })
    await (await fetch(world.openai.origin + path, { method: 'POST', body: asked })).text()
  })
}

function isWhole({ meta, metrics, error }: Span, output = 41): void {
  assert.is(metrics['openai.response.usage.completion_tokens'], output)
  assert.is(meta['openai.response.incomplete'], undefined)
  assert.is(meta['openai.response.unparsed'], undefined)
  assert.is(metrics['openai.estimated'] ?? meta['openai.estimated'], undefined)
  assert.is(error, 0)
}

const RESPONSE = { id: 'resp_1', object: 'response', created_at: 1, status: 'completed', error: null }
const BEHIND = { parallel_tool_calls: true, truncation: 'disabled', usage: USAGE, user: null, metadata: {} }
const MESSAGE = { id: 'm', type: 'message', status: 'completed', content: [{ type: 'output_text', text: 'Elbe' }] }
const BIG_INSTRUCTIONS = {
  type: 'response.completed',
  response: { ...RESPONSE, instructions: PROSE, max_output_tokens: null, model: 'gpt-5', output: [MESSAGE], ...BEHIND },
}
const BIG_OUTPUT = {
  type: 'response.completed',
  response: {
    ...RESPONSE,
    model: 'gpt-5',
    output: [{ ...MESSAGE, content: [{ type: 'output_text', annotations: [], text: PROSE }] }, MESSAGE],
    ...BEHIND,
  },
}
const PICTURE_EVENT = {
  type: 'image_generation.completed',
  b64_json: PICTURE,
  created_at: 1,
  size: '1024x1024',
  usage: USAGE,
}
const BIG_CHUNK = {
  id: 'c',
  model: 'gpt-5',
  choices: [{ index: 0, delta: { role: 'assistant', content: PROSE }, logprobs: null, finish_reason: 'stop' }],
  usage: COUNTED,
}
const RUN = {
  id: 'run_1',
  status: 'completed',
  instructions: PROSE,
  tools: [],
  truncation_strategy: { type: 'auto' },
  usage: COUNTED,
}
const SESSION_TURN = {
  type: 'agent.session.turn.completed',
  turn: { id: 't', status: 'completed', error: null, items: [{ text: PROSE }], usage: USAGE },
  turn_id: 't',
  usage: USAGE,
}

const STREAMS: readonly (readonly [what: string, path: string, event: Json, name?: string])[] = [
  ['a response with long instructions', '/v1/responses', BIG_INSTRUCTIONS],
  ['a response with a long output', '/v1/responses', BIG_OUTPUT],
  ['a picture', '/v1/images/generations', PICTURE_EVENT],
  ['an edited picture', '/v1/images/edits', PICTURE_EVENT],
  ['a chunk with all of the answer', '/v1/chat/completions', BIG_CHUNK],
  ['a run with long instructions', '/v1/threads/t/runs', RUN, 'thread.run.completed'],
  ['a turn of an agent', '/v1/agents/sessions/s/events', SESSION_TURN],
]

for (const [what, path, event, name] of STREAMS) {
  tail(`${what}: its usage and its end are told`, async ({ world }) => {
    isWhole(await spanOf(world, path, sse([event], name)))
  })

  tail(`${what}: lines end in CR LF, and the data is on several`, async ({ world }) => {
    const lines = JSON.stringify(event, undefined, 1).split('\n')
    const text = lines.map(line => `data: ${line}\r\n`).join('')
    isWhole(await spanOf(world, path, `${name === undefined ? '' : `event: ${name}\r\n`}${text}\r\n`))
  })
}

tail('a compressed one, of which all was received', async ({ world }) => {
  const big = { ...PICTURE_EVENT, b64_json: PICTURE.repeat(8) }
  isWhole(await spanOf(world, '/v1/images/generations', gzipSync(sse([big])), { 'content-encoding': 'gzip' }))
})

tail('a compressed one of which the end could not be kept is not called cut', async ({ world }) => {
  const noise = Array.from({ length: 60_000 }, (_, i) => ((i * 2_654_435_761) >>> 7).toString(36)).join('')
  const body = gzipSync(sse([{ ...PICTURE_EVENT, b64_json: noise }]))
  assert.ok(body.length > 2 * BOUND)
  const { meta } = await spanOf(world, '/v1/images/generations', body, { 'content-encoding': 'gzip' })
  assert.is(meta['openai.response.incomplete'], undefined)
  assert.is(meta['openai.response.truncated'], 'true')
})

tail('a response that reached its bound of tokens is told as such', async ({ world }) => {
  const { response } = BIG_INSTRUCTIONS
  const cut = { type: 'response.incomplete', response: { ...response, status: 'incomplete', max_output_tokens: 41 } }
  const { meta, metrics } = await spanOf(world, '/v1/responses', sse([cut]))
  assert.is(meta['openai.response.incomplete'], 'length')
  assert.is(metrics['openai.response.usage.completion_tokens'], 41)
})

tail('a response that ends without usage is neither whole nor cut: how it ended was not kept', async ({ world }) => {
  const failed = { ...BIG_INSTRUCTIONS.response, status: 'failed', output: [], usage: null }
  const { meta } = await spanOf(world, '/v1/responses', sse([{ type: 'response.failed', response: failed }]))
  assert.is(meta['openai.response.incomplete'], undefined)
  assert.is(meta['openai.response.status'], undefined)
})

tail(
  'a picture drawn inside a response was too large: its cost is not known, and is not left out',
  async ({ world }) => {
    const drawn = { type: 'image_generation_call', id: 'i', status: 'completed', result: PICTURE }
    const tools = [{ type: 'image_generation' }]
    const response = { ...RESPONSE, model: 'gpt-5', output: [drawn], ...BEHIND, tools }
    const span = await spanOf(world, '/v1/responses', sse([{ type: 'response.completed', response }]))
    isWhole(span)
    assert.is(span.metrics['openai.response.cost.usd'], undefined)
    assert.is(span.meta['openai.response.cost.missing'], 'tools')
  },
)

tail('what was only a preview, and then nothing, is cut', async ({ world }) => {
  const preview = { type: 'image_generation.partial_image', b64_json: PICTURE, partial_image_index: 0 }
  const { meta } = await spanOf(world, '/v1/images/generations', sse([preview]))
  assert.is(meta['openai.response.incomplete'], 'cut')
})

tail('an event that is itself cut off is not read', async ({ world }) => {
  const text = sse([BIG_INSTRUCTIONS])
  const { meta, metrics } = await spanOf(world, '/v1/responses', text.slice(0, text.indexOf('"user":null')))
  assert.is(meta['openai.response.incomplete'], 'cut')
  assert.is(metrics['openai.response.usage.completion_tokens'] === 41, false)
})

tail('wherever the kept end begins, what stands behind is what the whole says', async () => {
  const value = {
    a: 'x\\"y\\\\',
    list: [{ text: 'q"[{,', n: -1.5e3, more: [1, 2, ['\\']] }, { k: null }],
    inner: { one: '\u{1f30a}', two: [{ deep: {} }], three: true },
    usage: { n: 3 },
  }
  const text = Buffer.from(JSON.stringify(value))
  assert.equal(await readEnding(text, RESPONSE_BOUNDS), { whole: value, levels: [] })
  for (let start = 1; start < text.indexOf('"usage"') - 1; start += 1) {
    const { levels, whole } = await readEnding(text.subarray(start), RESPONSE_BOUNDS)
    assert.is(whole, undefined)
    const [outer] = levels
    assert.equal(Object.entries(outer ?? {}).at(-1), ['usage', { n: 3 }])
    for (const [name, member] of Object.entries(outer ?? {})) assert.equal(member, Reflect.get(value, name))
  }
})

tail('what is no end of JSON is none', async () => {
  for (const text of [
    '',
    ' ',
    '"',
    'x',
    ',',
    '[',
    '{"a"',
    '"a":1,}',
    'x]]',
    '\\"}',
    '}}}}}}}}}}',
    ']'.repeat(50_000),
  ]) {
    const { whole } = await readEnding(Buffer.from(text), RESPONSE_BOUNDS)
    assert.is(whole, undefined, text.slice(0, 20))
  }
})

tail.run()
