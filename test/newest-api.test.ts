import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { operationsOf as countOf, GROUPS, groupOf } from '../lib/local/docs/families'
import { operationsCalled, unknownOperations } from '../lib/local/sdk/operations'
import { at, type Json } from '../lib/openai/json'
import { spends } from '../lib/openai/price/spends'
import { agentSessions } from '../lib/openai/readers/agent-sessions'
import { foldSession } from '../lib/openai/readers/agent-sessions-fold'
import { foldAll } from '../lib/openai/readers/fold'
import { ROUTES } from '../lib/openai/recognise/routes'

const SDK = join(__dirname, '..', 'node_modules', 'openai')
const OTHERS = ['openai4', 'openai7'].map(name => join(__dirname, '..', 'node_modules', name))

const sdk = suite('what the SDK calls')

sdk('every operation of the installed SDKs has a row', () => {
  assert.ok(operationsCalled(SDK).length > 250)
  assert.equal(unknownOperations(SDK), [])
  for (const other of OTHERS) assert.equal(unknownOperations(other), [], other)
})

sdk('an operation that the table lacks is named, whatever its path is written as', () => {
  const hole = ['$', '{id}'].join('')
  const folder = mkdtempSync(join(tmpdir(), 'sdk-'))
  mkdirSync(join(folder, 'resources', 'deep'), { recursive: true })
  writeFileSync(
    join(folder, 'resources', 'deep', 'new.js'),
    [
      "this._client.get('/models', options)",
      `this._client.post((0, path_1.path) \`/new/${hole}/things/${hole}\`, { body, ...options })`,
      `this._client.delete(\`/new/${hole}\`, options)`,
      `this._client.getAPIList((0, path_1.path) \`/new/${hole}/found\`, (Page), { body, method: 'post', ...options })`,
      "this._client.getAPIList('/new?beta=true', (Page), { query }); this._client.post('/files', { method: 'post' })",
    ].join('\n'),
  )
  assert.equal(unknownOperations(folder), [
    'DELETE /new/{}',
    'GET /new',
    'POST /new/{}/found',
    'POST /new/{}/things/{}',
  ])
  rmSync(folder, { recursive: true })
})

sdk('a folder that is no openai package is said to be none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sdk-'))
  mkdirSync(join(folder, 'resources'))
  assert.throws(() => operationsCalled(folder), /is it the folder of an openai package\?/)
  rmSync(folder, { recursive: true })
})

sdk("the README's table of families leaves none out", () => {
  assert.equal(
    ROUTES.filter(({ family }) => groupOf(family) === undefined).map(({ family }) => family),
    [],
  )
  assert.is(
    GROUPS.reduce((sum, group) => sum + countOf(group), 0),
    ROUTES.length,
  )
})

sdk.run()

const spending = suite('who spends the tokens that an answer tells')

spending('what generates does', () => {
  for (const operation of [
    'createChatCompletion',
    'createCompletion',
    'createResponse',
    'beta_createResponse',
    'Compactconversation',
    'createEmbedding',
    'createImage',
    'createImageEdit',
    'createSpeech',
    'createTranscription',
    'createRun',
    'submitToolOuputsToRun',
    'createEdit',
    'createDecision',
    'createAgentSession',
    'streamAgentSessionEvents',
  ]) {
    assert.ok(spends(operation), operation)
  }
})

spending('what looks at a thing, ends it or changes it tells again what another has', () => {
  for (const operation of [
    'getResponse',
    'cancelResponse',
    'getRun',
    'modifyRun',
    'updateChatCompletion',
    'Getinputtokencounts',
    'retrieveBatch',
    'createBatch',
    'getAgentSession',
    'updateAgentSession',
    'createAgentSessionEvents',
    'getAgentSessionTurn',
  ]) {
    assert.not.ok(spends(operation), operation)
  }
})

spending('of an unknown operation, only a POST that makes something new is taken to', () => {
  for (const operation of ['POST /v1/new-thing', 'POST /v1/things/*/runs', 'POST /v1/*/chat/completions']) {
    assert.ok(spends(operation), operation)
  }
  for (const operation of [
    'GET /v1/new-thing',
    'HEAD /v1/new-thing',
    'DELETE /v1/new-thing/*',
    'PUT /v1/new-thing',
    'PATCH /v1/new-thing/*',
    'POST /v1/new-thing/*',
    'POST /v1/new-thing/*/cancel',
    'POST /v1/things/*/runs/*/pause',
  ]) {
    assert.not.ok(spends(operation), operation)
  }
})

spending.run()

const sessions = suite("an agent session's live stream")

const usage = (input: number, output: number): Json => ({
  input_tokens: input,
  output_tokens: output,
  total_tokens: input + output,
})
const ended = (id: string, told: Json): Json => ({
  type: 'agent.session.turn.completed',
  turn: { id, status: 'completed', usage: told },
  usage: told,
})
const told = (...events: Json[]): object | undefined => agentSessions.usage?.(foldAll(foldSession(), events))

sessions('the usage is that of its turns, each once, and not the running total', () => {
  const idle: Json = { type: 'agent.session.idle', session: { id: 's', status: 'idle', usage: usage(1000, 500) } }
  assert.equal(told(ended('a', usage(40, 9)), ended('a', usage(40, 9)), ended('b', usage(60, 5)), idle), {
    input: 100,
    output: 14,
    total: 114,
  })
  assert.is(told(idle), undefined)
  assert.equal(told(ended('a', usage(40, 9)), ended('b', null)), { input: 40, output: 9, total: 49 })
})

sessions('a text that was cut off is what its pieces add up to', () => {
  const delta = (text: string): Json => ({
    type: 'agent.session.turn.output_text.delta',
    item_id: 'm',
    content_index: 0,
    delta: text,
  })
  const answer = foldAll(foldSession(), [delta('The '), delta('ebb')])
  assert.is(at(answer, 'output', 0, 'content', 0, 'text'), 'The ebb')
})

sessions('the first token is of what the agent says or does', () => {
  const carries = (event: Json) => agentSessions.carries?.(event)
  assert.is(carries({ type: 'agent.session.turn.output_text.delta', delta: 'x' }), 'content')
  assert.is(carries({ type: 'agent.session.turn.item.added', item: { type: 'function_call' } }), 'item')
  assert.is(carries({ type: 'agent.session.turn.item.added', item: { type: 'message', role: 'user' } }), 'other')
  assert.is(carries({ type: 'agent.session.turn.reasoning_summary_text.delta', delta: 'x' }), 'summary')
  assert.is(carries({ type: 'agent.session.created', session: {} }), 'other')
})

sessions('a session that has failed before is looked at without an error; a turn that fails is one', () => {
  assert.is(agentSessions.failure?.({ id: 's', status: 'failed', error: 'gone' }), undefined)
  const failed: Json = {
    type: 'agent.session.turn.failed',
    turn: { id: 'a', status: 'failed', error: { code: 'max_output_tokens', message: 'Too long.' } },
  }
  assert.equal(agentSessions.failure?.(foldAll(foldSession(), [failed])), {
    code: 'max_output_tokens',
    message: 'Too long.',
  })
  assert.is(agentSessions.incomplete?.(foldAll(foldSession(), [failed])), 'length')
  const error: Json = { type: 'error', error: { code: null, message: 'No.', type: 'server_error' } }
  assert.equal(agentSessions.failure?.(foldAll(foldSession(), [error])), { message: 'No.', type: 'server_error' })
})

sessions.run()
