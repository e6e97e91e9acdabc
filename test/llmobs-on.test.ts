import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type OpenAIStandIn, startOpenAI } from '../lib/local/openai/openai'
import { type Agent, startAgent } from '../lib/local/receiver/agent'

/** When LLM Observability is on, in apps of their own: by name, by Datadog's variables, in code. */
interface Ground {
  openai: OpenAIStandIn
  agent: Agent
}

const test = suite<Ground>('LLM Observability, when it is on')
const ROOT = join(__dirname, '..')
const REGISTER = join(ROOT, 'dist', 'register.js')

const CALL = `
  const call = () => fetch(process.env.OPENAI_BASE_URL + '/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer sk-test-of-on', 'x-tape': 'js-chat-completion-01' },
    body: JSON.stringify({ model: 'gpt-4', messages: [{ role: 'user', content: 'Hi' }] }),
  }).then(answer => answer.text())
`
/** Tells which files of ours, and whether dd-trace, were loaded. */
const LOADED = `process.on('exit', () => console.log(JSON.stringify(Object.keys(require.cache))))`

test.before(async context => {
  context.openai = await startOpenAI()
  context.agent = await startAgent()
})
test.before.each(({ agent }) => agent.trouble())
test.after(async ({ openai, agent }) => {
  await Promise.all([openai.close(), agent.close()])
})

test('by default it is off, and nothing of it is loaded', async ground => {
  const { spans, files } = await run(ground, `${LOADED};${CALL};call()`)
  assert.equal(spans, [])
  assert.equal(
    files.filter(file => file.includes(join('dist', 'sinks', 'llmobs'))),
    [],
  )
  assert.not(files.some(file => file.endsWith(join('intake', 'llmobs.js'))))
})

test('INTERCEPTOR_OUTPUTS=llmobs needs no tracer, and loads none', async ground => {
  const env = { INTERCEPTOR_OUTPUTS: 'llmobs', DD_SERVICE: 'bookshop' }
  const { spans, files } = await run(ground, `${LOADED};${CALL};call()`, env)
  assert.is(spans.length, 1)
  const [span] = spans
  assert.equal(Object.keys(span?._dd ?? {}).sort(), ['sample_rate', 'sampling_decision', 'span_id'])
  assert.is(span?.parent_id, 'undefined')
  assert.ok(span?.tags.includes('ml_app:bookshop'))
  assert.not(files.some(file => file.includes('dd-trace')))
})

test('with INTERCEPTOR_OUTPUTS=llmobs the spans of a tracer that the app runs are parents all the same', async ground => {
  const env = {
    INTERCEPTOR_OUTPUTS: 'llmobs',
    DD_LLMOBS_ENABLED: 'true',
    DD_LLMOBS_ML_APP: 'bookshop',
    DD_TRACE_OPENAI_ENABLED: 'false',
  }
  const app = `const tracer = require('dd-trace').init();${CALL};tracer.llmobs.trace({ kind: 'task', name: 'ask' }, call)`
  const { spans } = await run(ground, app, env, 2)
  const task = spans.find(({ name }) => name === 'ask')
  const ours = spans.find(({ name }) => name === 'OpenAI.createChatCompletion')
  assert.is(spans.length, 2)
  assert.is(ours?.parent_id, task?.span_id)
  assert.is(ours?.trace_id, task?.trace_id)
})

test('beside dd-trace’s own openai plugin, where that is on, a call is shown once', async ground => {
  const env = { INTERCEPTOR_OUTPUTS: 'llmobs', DD_LLMOBS_ENABLED: 'true', DD_LLMOBS_ML_APP: 'bookshop' }
  const app = `
    require('dd-trace').init()
    const OpenAI = require('openai')
    const client = new OpenAI({ apiKey: 'sk-test-of-on' })
    const body = { model: 'gpt-4', messages: [{ role: 'user', content: 'Hi' }] }
    // The plugin's span ends when the answer is asked for.
    client.chat.completions.create(body, { headers: { 'x-tape': 'js-chat-completion-01' } }).then(() => {})
  `
  const { spans } = await run(ground, app, env, 1)
  assert.equal(
    spans.map(({ name }) => name),
    ['OpenAI.createChatCompletion'],
  )
})

test('an app that turns it on in tracer.init has it, though no variable says so', async ground => {
  const app = `require('dd-trace').init({ llmobs: { mlApp: 'bookshop', agentlessEnabled: false } });${CALL};call()`
  const { spans } = await run(ground, app, { INTERCEPTOR_START_TRACER: 'false' })
  assert.is(spans.length, 1)
})

test('DD_LLMOBS_ENABLED=false keeps it off; a value that cannot be read does too, and that is said', async ground => {
  assert.equal((await run(ground, `${CALL};call()`, { DD_LLMOBS_ENABLED: 'false' })).spans, [])
  const { spans, said } = await run(ground, `${CALL};call()`, { DD_LLMOBS_ENABLED: 'ja' })
  assert.equal(spans, [])
  assert.match(said, /DD_LLMOBS_ENABLED: .*no LLM Observability spans are sent/)
})

test('an agent that hangs changes nothing of what the app prints and how it ends', async ground => {
  ground.agent.trouble({ hanging: true })
  const env = { INTERCEPTOR_OUTPUTS: 'llmobs', INTERCEPTOR_EXIT_TIMEOUT_MS: '100' }
  const { code, stdout } = await run(
    ground,
    `${CALL};call().then(() => { console.log('done'); process.exitCode = 3 })`,
    env,
  )
  assert.is(code, 3)
  assert.is(stdout, 'done\n')
})

/** `least`: spans that arrive for sure; the tracer does not wait until its own have. */
async function run({ openai, agent }: Ground, app: string, env: NodeJS.ProcessEnv = {}, least = 0) {
  const before = agent.llmobs.spans().length
  const child = spawn(process.execPath, ['--require', REGISTER, '--eval', app], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      DD_TRACE_AGENT_URL: agent.url,
      DD_LLMOBS_AGENTLESS_ENABLED: env.DD_LLMOBS_ENABLED === 'true' ? 'false' : undefined,
      DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
      DD_REMOTE_CONFIGURATION_ENABLED: 'false',
      DD_OPENAI_METRICS_ENABLED: 'false',
      INTERCEPTOR_EXIT_TIMEOUT_MS: '60000',
      OPENAI_BASE_URL: `${openai.origin}/v1`,
      ...env,
    },
  })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', chunk => out.push(chunk))
  child.stderr.on('data', chunk => err.push(chunk))
  const code = await new Promise<number | null>(resolve => child.on('close', resolve))
  const stdout = Buffer.concat(out).toString()
  await agent.llmobs.waitFor(before + least)
  const files: string[] = stdout.startsWith('[') ? JSON.parse(stdout) : []
  return { code, stdout, said: Buffer.concat(err).toString(), files, spans: agent.llmobs.spans().slice(before) }
}

test.run()
