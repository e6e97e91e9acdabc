import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type CallRecord, start } from '../lib'
import { callFromJson, callToJson } from '../lib/openai/call-json'
import { startWorld, type World } from './world'

/** `start({ onCall })` and the diagnostics channel: an output of the app's own. */

const test = suite<{ world: World }>('calls handed out')

test.before(async context => {
  context.world = await startWorld()
})
test.after(async ({ world }) => world.stop())

const chat = async ({ openai }: World, content = 'SECRET-PROMPT'): Promise<void> => {
  const response = await fetch(`${openai.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-tape': 'js-chat-completion-01',
      authorization: 'Bearer sk-test-0123456789-tail',
    },
    body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content }] }),
  })
  await response.arrayBuffer()
}

async function heard(world: World, settings: Parameters<typeof start>[0] = {}): Promise<CallRecord> {
  const records: CallRecord[] = []
  await world.restart({ ...settings, onCall: call => records.push(call) })
  await chat(world)
  await world.handle.flush()
  const [record] = records
  if (record === undefined || records.length > 1) throw new Error(`${records.length} records`)
  return record
}

test('a hook is given the finished call, as the outputs have it', async ({ world }) => {
  const record = await heard(world)
  assert.is(record.version, 1)
  assert.is(record.operation, 'createChatCompletion')
  assert.is(record.caller.key, 'sk-...tail')
  assert.is(record.request.content.get('messages.0.content'), 'SECRET-PROMPT')
  assert.ok(record.durationMs > 0 && (record.usage?.total ?? 0) > 0 && (record.cost ?? 0) > 0)
  const [span] = (await world.spans()).slice(-1)
  assert.is(record.trace?.spanId, String(span?.spanId))
})

test('with capture off or a redact function, it is given what may leave and no more', async ({ world }) => {
  const closed = await heard(world, { captureContent: false })
  assert.not.match(JSON.stringify(callToJson(closed)), 'SECRET')
  assert.equal([closed.request.content.size, closed.sample], [0, {}])
  const redacted = await heard(world, { redact: text => text.replaceAll('SECRET', '[gone]') })
  const text = JSON.stringify(callToJson(redacted))
  assert.match(text, '[gone]-PROMPT')
  assert.not.match(text, 'SECRET')
  assert.not.match(text, 'sk-test-')
})

test('it cannot change what others are given', async ({ world }) => {
  const record = await heard(world)
  for (const part of [record, record.http, record.api, record.caller, record.usage, record.tags]) {
    assert.ok(Object.isFrozen(part))
  }
})

test('a hook that throws, and one whose promise rejects, are counted and harm nobody', async ({ world }) => {
  await world.restart({
    onCall: () => {
      throw new Error('no')
    },
  })
  const before = world.handle.counters()['hook.failed'] ?? 0
  let rest = 0
  start({ onCall: () => Promise.reject(new Error('no')) })
  start({ onCall: () => (rest += 1) })
  await world.spanOf(() => chat(world))
  await new Promise(resolve => setImmediate(resolve))
  assert.equal([(world.handle.counters()['hook.failed'] ?? 0) - before, rest], [2, 1])
})

test('the hook of a later start is added, and the same one not twice', async ({ world }) => {
  const heardBy: string[] = []
  const second = (): number => heardBy.push('second')
  await world.restart({ onCall: () => heardBy.push('first') })
  start({ onCall: second })
  start({ onCall: second })
  await chat(world)
  await world.handle.flush()
  assert.equal(heardBy, ['first', 'second'])
})

test('calls that a hook makes are not observed', async ({ world }) => {
  let made: Promise<void> | undefined
  let times = 0
  await world.restart({
    onCall: () => {
      times += 1
      made ??= chat(world)
      return made
    },
  })
  await world.spanOf(() => chat(world))
  await made
  await world.handle.flush()
  assert.is(times, 1)
})

test('the channel interceptor:call is given the same, and nothing is made for it while nobody listens', async ({
  world,
}) => {
  await world.restart({})
  const records: unknown[] = []
  const listen = (message: unknown): number => records.push(message)
  subscribe('interceptor:call', listen)
  await chat(world)
  await world.handle.flush()
  unsubscribe('interceptor:call', listen)
  await chat(world)
  await world.handle.flush()
  assert.is(records.length, 1)
  assert.equal([Reflect.get(Object(records[0]), 'version'), Reflect.get(Object(records[0]), 'model')], [1, 'gpt-4o'])
})

test('as JSON and back it is the same call', async ({ world }) => {
  const record = await heard(world)
  const json: unknown = JSON.parse(JSON.stringify(callToJson(record)))
  const back = callFromJson(json)
  if (back === undefined) throw new Error('not read')
  const plain = ({ trace, ...rest }: Omit<CallRecord, 'version'> & { version?: 1 }): unknown => ({
    ...rest,
    version: undefined,
    trace: { ...trace, kept: trace?.kept() },
  })
  assert.equal(plain(back), plain(record))
})

test('JSON that is no call of this version is refused', async ({ world }) => {
  const json = callToJson(await heard(world))
  assert.ok(callFromJson(json))
  for (const [name, value] of [
    ['version', 2],
    ['operation', undefined],
    ['request', { fields: [] }],
    ['rateLimits', null],
    ['trace', { samplingId: 'x' }],
    ['unparsed', 'request'],
    ['costDetails', { parts: {} }],
    ['costDetails', { parts: null, missing: [] }],
    ['stream', null],
    ['usage', 5],
    ['error', 'x'],
    ['turn', []],
  ] as const) {
    assert.is(callFromJson({ ...json, [name]: value }), undefined, name)
  }
  for (const other of [undefined, null, 5, 'x', [], {}]) assert.is(callFromJson(other), undefined)
})

test.run()
