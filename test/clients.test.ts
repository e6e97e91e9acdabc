import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Format } from 'esbuild'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { StandInAnswer } from '../lib/local/openai/answer'
import type { Received } from '../lib/local/openai/received'
import type { Span } from '../lib/local/receiver/spans'
import { assertEqualRuns, assertEqualScene, type Pair, runTwice, sceneOf, spansOf } from './app-equal'
import { completion, endingOf, toolCall } from './scenes'

type Script = StandInAnswer | ((received: Received) => StandInAnswer)

interface Row {
  answer?: Script
  /** As `endingOf` says it. */
  spans: readonly (readonly string[])[]
}

const CHAT = 'createChatCompletion'
const OK = [[CHAT, '200']]
const STREAMED: StandInAnswer = { tape: 'js-chat-completion-stream-1' }
const HANGING: StandInAnswer = { ...STREAMED, fault: { kind: 'hang', afterBytes: 700 } }

const SCENES: Record<string, Row> = {
  axios: { spans: OK },
  axiosStream: { answer: STREAMED, spans: OK },
  axiosLeft: { answer: HANGING, spans: [[CHAT, '200', 'aborted']] },
  axiosRejected: { answer: { status: 400 }, spans: [[CHAT, '400', 'BadRequestError']] },
  axiosTimeout: { answer: { fault: { kind: 'hang' } }, spans: [[CHAT, 'APITimeoutError']] },
  langchain: { spans: OK },
  langchainStream: { answer: STREAMED, spans: OK },
  // Its loop leaves only when the next event comes.
  langchainBroken: { answer: { ...STREAMED, delayMs: 50 }, spans: [[CHAT, '200', 'aborted']] },
  langchainAborted: { answer: HANGING, spans: [[CHAT, '200', 'aborted']] },
  langchainRetry: {
    answer: onceOnly({ status: 500 }),
    spans: [
      [CHAT, '500', 'InternalServerError'],
      [CHAT, '200'],
    ],
  },
  langchainEmbeddings: { spans: [['createEmbedding', '200']] },
  ai: { answer: completion({ content: 'Hi!' }), spans: OK },
  aiStream: { answer: STREAMED, spans: OK },
  aiLeft: { answer: HANGING, spans: [[CHAT, '200', 'aborted']] },
  aiTools: {
    answer: ({ body }) => (/"role": ?"tool"/.test(body.toString()) ? completion({ content: 'Sunny.' }) : toolCall()),
    spans: [...OK, ...OK],
  },
  aiObject: { answer: completion({ content: '{"answer":42}' }), spans: OK },
  aiRejected: { answer: { status: 401 }, spans: [[CHAT, '401', 'AuthenticationError']] },
  fetch: { spans: OK },
  fetchRequest: { spans: OK },
  undiciRequest: { spans: OK },
  undiciStream: { spans: OK },
  undiciClient: { spans: [...OK, ...OK] },
  http: { spans: OK },
}

/** Every second request gets the other answer: LangChain's own retries look alike on the wire. */
function onceOnly(answer: StandInAnswer): Script {
  let asked = 0
  return () => {
    asked += 1
    return asked % 2 === 1 ? answer : {}
  }
}

const clients = suite<{ pair: Pair }>('clients other than the SDK')

clients.before(async context => {
  context.pair = await runTwice('clients.mjs', {
    script: received => {
      const answer = SCENES[sceneOf(received)]?.answer
      return typeof answer === 'function' ? answer(received) : answer
    },
    spans: Object.values(SCENES).reduce((sum, { spans }) => sum + spans.length, 0),
  })
})

for (const [scene, { spans }] of Object.entries(SCENES)) {
  clients(
    `${scene}: the app and its server see the same, and each request has one span that ended as it did`,
    ({ pair }) => {
      assertEqualScene(pair, scene)
      assert.equal(
        spansOf(pair, scene).map(span => endingOf(span).filter(fact => !fact.startsWith('attempt'))),
        spans,
      )
    },
  )
}

clients('the process as a whole says nothing more and ends the same', ({ pair }) => assertEqualRuns(pair))

clients.run()

const parents = suite<{ pair: Pair }>('fifty calls at a time')

parents.before(async context => {
  const script = ({ body }: Received): StandInAnswer => (/"stream": ?true/.test(body.toString()) ? STREAMED : {})
  context.pair = await runTwice('parents.mjs', { script, spans: 100 })
})

for (const scene of ['fetch', 'http']) {
  parents(`over ${scene}: each span is in the trace of the job that made the call, under its span`, ({ pair }) => {
    assertEqualScene(pair, scene)
    const byId = new Map(pair.spans.map(span => [span.spanId, span]))
    const spans = spansOf(pair, scene)
    assert.is(spans.length, 50)
    for (const span of spans) {
      const job = ancestor(span, byId)
      assert.is(job?.resource, span.meta['openai.request.user'])
      assert.is(job?.traceId, span.traceId)
    }
  })
}

function ancestor(span: Span, byId: ReadonlyMap<string, Span>): Span | undefined {
  for (let at: Span | undefined = span; at !== undefined; at = byId.get(at.parentId)) if (at.name === 'job') return at
  return undefined
}

parents.run()

const formats = suite<{ folder: string }>('the same app in every form')

formats.before(context => {
  // Within the project: what a bundle leaves outside is looked for from there.
  context.folder = mkdtempSync(join(__dirname, 'apps', 'bundle-'))
})
formats.after(({ folder }) => rmSync(folder, { recursive: true }))

async function bundle(folder: string, source: string, format: Format): Promise<string> {
  const outfile = join(folder, `${source.replace('.', '-')}.${format === 'cjs' ? 'cjs' : 'mjs'}`)
  const entry = join(__dirname, 'apps', source)
  await build({
    entryPoints: [entry],
    outfile,
    format,
    bundle: true,
    platform: 'node',
    logLevel: 'error',
    minify: true,
  })
  return outfile
}

const FORMS: Record<string, (folder: string) => Promise<{ app: string; nodeOptions?: string[] }>> = {
  CommonJS: async () => ({ app: 'once.cjs' }),
  ESM: async () => ({ app: 'once.mjs' }),
  TypeScript: async () => ({ app: 'once.ts', nodeOptions: ['--import', 'tsx'] }),
  'bundled to CommonJS with its SDK inside': async folder => ({ app: await bundle(folder, 'once.cjs', 'cjs') }),
  'bundled to ESM with its SDK inside': async folder => ({ app: await bundle(folder, 'once.mjs', 'esm') }),
}

for (const [name, form] of Object.entries(FORMS)) {
  formats(`${name}: it is seen`, async ({ folder }) => {
    const { app, nodeOptions = [] } = await form(folder)
    const pair = await runTwice(app, { nodeOptions, spans: 1 })
    assert.match(pair.plain.output, /^\{"id":"chatcmpl/)
    assert.is(pair.observed.output, pair.plain.output)
    assertEqualRuns(pair)
    const [span, ...more] = spansOf(pair)
    assert.is(more.length, 0)
    assert.is(span?.meta['openai.request.model'], 'gpt-4o-mini')
    assert.is(span?.metrics['openai.response.usage.completion_tokens'], 9)
  })
}

formats.run()
