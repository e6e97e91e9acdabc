import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { WebSocket } from 'ws'
import type { LlmobsSpan } from '../lib/local/receiver/llmobs-span'
import { loadTape, requestBytes, tapeFiles } from '../lib/local/tapes/tape'
import { playClient, type SocketServer, socketTape, startSocketServer } from './socket-tapes'
import { startWorld, type World } from './world'

/** What is no single call of a model: a session on a socket, and a search. */
process.env.DD_LLMOBS_ENABLED = 'true'
process.env.DD_LLMOBS_ML_APP = 'bookshop'
process.env.DD_LLMOBS_AGENTLESS_ENABLED = 'false'

const test = suite<{ world: World; server: SocketServer }>('LLM Observability, sessions and searches')

test.before(async context => {
  context.server = await startSocketServer()
  context.world = await startWorld()
  await context.world.restart({ hosts: [context.server.origin, context.world.openai.host] })
})
test.after(async ({ world, server }) => {
  await world.stop()
  await server.close()
})

async function eventsOf({ handle, datadog }: World, count: number, calls: () => Promise<unknown>) {
  const { llmobs } = datadog.agent
  const ours = (): LlmobsSpan[] => llmobs.spans().filter(({ tags }) => tags.includes('integration:openai'))
  const before = ours().length
  await calls()
  await handle.flush()
  await llmobs.waitFor(() => ours().length >= before + count)
  assert.equal([ours().length - before, llmobs.rejected], [count, []])
  return ours().slice(before)
}

function open({ origin }: SocketServer, url: string) {
  const socket = new WebSocket(`ws://${origin}${url}`)
  return {
    send: (text: string) => socket.send(text),
    close: (code: number) => socket.close(code),
    onMessage: (take: (text: string) => void) => socket.on('message', data => take(String(data))),
    opened: new Promise(resolve => socket.on('open', resolve)),
    closed: new Promise(resolve => socket.on('close', resolve)),
  }
}

test('each answer and transcript of a voice session is a span, in the workflow that opened it', async context => {
  const { world, server } = context
  const { default: tracer } = await import('dd-trace')
  const tape = socketTape('realtime-voice')
  server.play(tape)
  let parent = ''
  const events = await eventsOf(world, 4, async () => {
    const session = tracer.llmobs.trace({ kind: 'workflow', name: 'voice' }, () => {
      parent = tracer.llmobs.exportSpan().spanId
      return playClient(open(server, tape.url), tape)
    })
    // Another's turn, while the session's frames come.
    await tracer.llmobs.trace({ kind: 'workflow', name: 'other' }, () => session)
  })
  assert.equal(
    events.map(({ parent_id }) => parent_id),
    events.map(() => parent),
  )
  assert.equal(events.map(({ name }) => name).sort(), [
    'OpenAI.realtimeResponse',
    'OpenAI.realtimeResponse',
    'OpenAI.realtimeResponse',
    'OpenAI.realtimeTranscription',
  ])
  const spoken = events.find(({ meta }) => JSON.stringify(meta.output).includes('It is 21 degrees.'))
  assert.is(spoken?.meta.model_name, 'gpt-realtime')
  assert.match(JSON.stringify(spoken?.meta.input), '21')
  const heard = events.find(({ name }) => name.endsWith('Transcription'))
  assert.match(JSON.stringify(heard?.meta.output), 'weather')
})

async function search({ openai }: World): Promise<void> {
  const name = 'doc-search-vector-store'
  const tape = loadTape(tapeFiles().get(name) ?? name)
  const { pathname } = new URL(tape.request.url)
  const headers = { ...tape.request.headers, 'x-tape': name }
  await (await fetch(openai.origin + pathname, { method: 'POST', headers, body: requestBytes(tape) })).arrayBuffer()
}

const FOUND = { text: 'Returns within 30 days.', name: 'returns.md', id: 'file-abc123', score: 0.95 }

test('a search of a vector store is a retrieval, with what was asked and the documents found', async ({ world }) => {
  const [event] = await eventsOf(world, 1, () => search(world))
  assert.is(event?.meta['span.kind'], 'retrieval')
  assert.equal([event?.meta.model_name, event?.meta.model_provider], [undefined, undefined])
  assert.equal(event?.meta.input, { value: 'What is the return policy?' })
  assert.equal(event?.meta.output, { documents: [FOUND] })
})

test('the app’s processor changes a document’s text, and its name stays', async ({ world }) => {
  const { default: tracer } = await import('dd-trace')
  tracer.llmobs.registerProcessor(span => {
    span.output = span.output.map(message => ({ ...message, content: '[taken out]' }))
    return span
  })
  try {
    const [event] = await eventsOf(world, 1, () => search(world))
    assert.equal(event?.meta.output, { documents: [{ ...FOUND, text: '[taken out]' }] })
  } finally {
    tracer.llmobs.deregisterProcessor()
  }
})

test.run()
