import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Span } from '../lib/local/receiver/spans'

const ROOT = join(__dirname, '..')

interface Shown {
  code: number | null
  stdout: string
  stderr: string
}

function demo(args: string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Shown> {
  const child = spawn(process.execPath, [join(ROOT, 'dist', 'local', 'demo', 'demo.js'), ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
  })
  const shown: Shown = { code: null, stdout: '', stderr: '' }
  child.stdout.on('data', chunk => {
    shown.stdout += chunk
  })
  child.stderr.on('data', chunk => {
    shown.stderr += chunk
  })
  return new Promise(resolve => child.on('close', code => resolve({ ...shown, code })))
}

/** Operation and status of each call, in order. */
const EXPECTED = {
  fetch: ['createChatCompletion 200', 'createEmbedding 200'],
  undici: ['createChatCompletion 200 streamed'],
  https: ['createResponse 200'],
  openai: [
    'createChatCompletion 200',
    'createChatCompletion 200 streamed',
    'createChatCompletion 200',
    'createChatCompletion 429',
    'createChatCompletion 200',
    'createChatCompletion 200 streamed aborted',
  ],
  axios: ['createCompletion 200', 'listModels 200'],
  langchain: ['createChatCompletion 200', 'createChatCompletion 200 streamed'],
  'ai-sdk': ['createResponse 200', 'createResponse 200 streamed'],
}

function brief({ resource, meta }: Span): string {
  const { 'http.status_code': status, 'openai.request.stream': stream, 'openai.response.aborted': aborted } = meta
  return `${resource} ${status}${stream === 'true' ? ' streamed' : ''}${aborted === 'true' ? ' aborted' : ''}`
}

const test = suite('npm start')

test('shows a tree per client, and that every call made was seen', async () => {
  const { code, stdout, stderr } = await demo()
  assert.is(code, 0, stderr)
  assert.is(stderr, '')
  assert.is(stdout.match(/^> \d\d:\d\d:\d\d {2}\S+ .*$/gm)?.length, 16)
  assert.match(stdout, /^> 16 calls, 1 error, /m)
  assert.match(stdout, /^> npm start -- --ui keeps the page of these calls open$/m)
  const titles = stdout.split('\n').filter(line => /^[a-zA-Z]|calls made/.test(line))
  assert.equal(titles, [
    'fetch',
    'undici.request',
    'https.request',
    'openai SDK',
    'axios',
    'LangChain',
    'Vercel AI SDK',
    '16 calls made, 16 seen',
  ])
  assert.match(stdout, /createChatCompletion +gpt-4o-mini +200 +\d+(\.\d)? ms/)
  assert.match(stdout, /createChatCompletion +gpt-4o-mini +429 .*rate_limit, retry after 60 ms\n/)
  assert.match(stdout, /attempt 2, waited \d+ ms\n/)
  assert.match(stdout, /└─ createChatCompletion +gpt-4o .*aborted/)
})

test('--json prints one object a span and nothing else', async () => {
  const { code, stdout, stderr } = await demo(['--json'])
  assert.is(code, 0, stderr)
  const spans: (Span & { client: string })[] = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  for (const [client, calls] of Object.entries(EXPECTED)) {
    assert.equal(spans.filter(span => span.client === client).map(brief), calls, client)
  }
  assert.is(spans.length, Object.values(EXPECTED).flat().length)
  assert.ok(spans.every(span => span.name === 'openai.request'))
})

test('a call that was not seen is said, and the exit code is 1', async () => {
  const { code, stdout } = await demo([], { INTERCEPTOR_ENABLED: 'false' })
  assert.is(code, 1)
  assert.match(stdout, '16 calls made, 0 seen: not the same for fetch, undici.request')
})

test('--otel shows what a collector was sent by apps with the OpenTelemetry SDK', async () => {
  const { code, stdout, stderr } = await demo(['--otel'])
  assert.is(code, 0, stderr)
  assert.is(stderr, '')
  assert.match(stdout, /^└─ embeddings text-embedding-3-small /m)
  assert.match(stdout, /gen_ai\.client\.operation\.duration \d/)
  assert.match(stdout, /^16 calls made, 16 seen$/m)
})

test('--llmobs shows what LLM Observability was sent, each call that a model answers once', async () => {
  const { code, stdout, stderr } = await demo(['--llmobs'])
  assert.is(code, 0, stderr)
  assert.match(stdout, /^└─ OpenAI\.createEmbedding +embedding +text-embedding-3-small/m)
  assert.match(stdout, /langchain\.\S+ +llm/)
  assert.match(stdout, /^15 calls made, 15 seen$/m)
})

test.run()
