import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { startOpenAI } from '../lib/local/openai/openai'
import { startAgent } from '../lib/local/receiver/agent'
import type { LlmobsSpan } from '../lib/local/receiver/llmobs-span'
import { loadTapes } from '../lib/local/tapes/tape'
import { field, isObject, type Json, type JsonObject, list } from '../lib/openai/json'

/**
 * The same calls by the same openai SDK on the same tapes, once with dd-trace's own openai plugin and once with ours: what
 * LLM Observability is told of each is compared, fact by fact. The plugin's facts are all to be found in ours, but for
 * those that are listed here, with the reason.
 */
const ROOT = join(__dirname, '..')
const PATHS = ['/v1/chat/completions', '/v1/completions', '/v1/embeddings', '/v1/responses']

/** A custom tool's call throws in the plugin of dd-trace 5.132, which then turns itself off: no later call has a span. */
const ENDS_THE_PLUGIN = ['py-chat-completion-custom-tool-call']

interface Played {
  readonly tape: string
  readonly path: string
  readonly body: JsonObject
}

const PLAYED: readonly Played[] = loadTapes().flatMap(({ name, request: { url, method, body } }) => {
  const { pathname, hostname } = new URL(url)
  if (hostname !== 'api.openai.com' || method !== 'POST' || !PATHS.includes(pathname)) return []
  return isObject(body) && !ENDS_THE_PLUGIN.includes(name) ? [{ tape: name, path: pathname, body }] : []
})

/** One fact that the plugin tells, and what we tell in its place. */
interface Fact {
  readonly name: string
  readonly theirs: Json
  readonly ours: Json | undefined
  readonly tape: string
}

interface Decision {
  readonly why: string
  readonly is: (fact: Fact) => boolean
}

const DECIDED: readonly Decision[] = [
  {
    why: 'no token count is made up: what the server does not tell is not there, and not 0',
    is: ({ name, theirs, ours }) => name.startsWith('metrics.') && theirs === 0 && ours === undefined,
  },
  {
    why: 'an error has the class that our spans and metrics have, so that they agree; the plugin has the SDK’s `type`',
    is: ({ name }) => name === 'meta.error.type',
  },
  {
    why: 'a failure that a stream tells is an error; the plugin says ok',
    is: ({ name, theirs, ours }) => name === 'status' && theirs === 'ok' && ours === 'error',
  },
  {
    why: 'sound is not sent: `[audio]` stands for it, and its transcript where there is one',
    is: ({ name, ours }) => name.includes('.audio_parts.') || (name.endsWith('.content') && endsInAudio(ours)),
  },
  {
    why: 'a refusal is an answer; the plugin shows none',
    is: ({ name, theirs, ours }) => name.endsWith('.content') && theirs === '' && typeof ours === 'string',
  },
  {
    why: 'the length of a vector is known in base64 too',
    is: ({ name, theirs, ours }) =>
      name === 'meta.output.value' && String(ours).startsWith(String(theirs).slice(0, -1)),
  },
  {
    why: 'parameters as they were sent: the SDK asks for base64, where the plugin assumes `float`',
    is: ({ name, ours }) => name === 'meta.metadata.encoding_format' && ours === 'base64',
  },
  {
    why: 'a parameter of null, or an empty text, is not asked for',
    is: ({ theirs, ours }) => (theirs === null || theirs === '') && ours === undefined,
  },
  {
    why: 'vectors have the length that was sent: the SDK asks for base64 unasked, and takes a list of numbers for it',
    is: ({ theirs, ours }) => /embedding.* 384\]$/.test(String(theirs)) && /embedding.* 1536\]$/.test(String(ours)),
  },
  {
    why: 'a stream under the type of JSON is read; the SDK gives up on it',
    is: ({ tape, name }) => tape === 'py-completion-streamed-2' && name === 'status',
  },
]

function endsInAudio(ours: Json | undefined): boolean {
  return typeof ours === 'string' && ours.endsWith('[audio]')
}

const test = suite<{ facts: readonly Fact[]; pairs: number }>('LLM Observability beside dd-trace’s own plugin')

test.before(async context => {
  const theirs = await spansOf({ OWN_PLUGIN: 'true' })
  const ours = await spansOf({ NODE_OPTIONS: `--require ${join(ROOT, 'dist', 'register.js')}` })
  const pairs = PLAYED.flatMap(({ tape }) => {
    const [one, other] = [theirs.get(tape), ours.get(tape)]
    return one === undefined || other === undefined ? [] : [factsOf(tape, one, other)]
  })
  context.pairs = pairs.length
  context.facts = pairs.flat()
})

test('every call that has a span by the plugin has one by us', ({ pairs }) => {
  assert.is(pairs, PLAYED.length)
})

test('every fact that the plugin tells is told by us, or is decided otherwise', ({ facts }) => {
  const others = facts.filter(({ theirs, ours }) => !isDeepStrictEqual(theirs, ours))
  const decided = others.map(fact => DECIDED.find(({ is }) => is(fact)))
  const counts = DECIDED.map(each => `${decided.filter(other => other === each).length} ${each.why}`)
  console.log(`\n  ${facts.length} facts of ${PLAYED.length} calls, ${facts.length - others.length} equal`)
  console.log(counts.map(line => `  ${line}`).join('\n'))
  assert.equal(
    others.filter((_, i) => decided[i] === undefined),
    [],
  )
  assert.not(
    counts.some(line => line.startsWith('0 ')),
    'no decision is for nothing',
  )
})

const COMPARED = ['name', 'status', 'meta', 'metrics'] as const
/** Texts of the SDK's own error, which never leaves it. */
const NOT_COMPARED = ['meta.error.message', 'meta.error.stack', 'meta.model_provider']

function factsOf(tape: string, theirs: LlmobsSpan, ours: LlmobsSpan): Fact[] {
  const facts: Fact[] = []
  const walk = (one: Json | undefined, other: Json | undefined, name: string): void => {
    if (NOT_COMPARED.includes(name) || one === undefined) return
    if (Array.isArray(one)) {
      const rest = [...list(other)]
      for (const [i, each] of one.entries()) walk(each, partner(each, rest), `${name}.${i}`)
    } else if (isObject(one)) {
      for (const [key, value] of Object.entries(one)) walk(value, field(other, key), `${name}.${key}`)
    } else {
      facts.push({ name, theirs: one, ours: other, tape })
    }
  }
  for (const name of COMPARED) walk(jsonOf(theirs[name]), jsonOf(ours[name]), name)
  return facts
}

/** The first that says all the same, else the first of its kind: we show messages, too, that the plugin leaves out. */
function partner(one: Json, rest: Json[]): Json | undefined {
  const same = rest.findIndex(other => isWithin(one, other))
  const alike = rest.findIndex(other => field(other, 'role') === field(one, 'role'))
  const at = same >= 0 ? same : alike
  return at < 0 ? undefined : rest.splice(at, 1)[0]
}

function isWithin(one: Json, other: Json | undefined): boolean {
  if (!isObject(one)) return Array.isArray(one) ? isDeepStrictEqual(one, other) : one === other
  return Object.entries(one).every(([key, value]) => {
    const there = field(other, key)
    return Array.isArray(value) ? value.every((each, i) => isWithin(each, list(there)[i])) : isWithin(value, there)
  })
}

function jsonOf(value: unknown): Json {
  return JSON.parse(JSON.stringify(value))
}

/** The spans of the calls, by the tape that each was answered from, which its parent is named after. */
async function spansOf(env: NodeJS.ProcessEnv): Promise<ReadonlyMap<string, LlmobsSpan>> {
  const [openai, agent] = await Promise.all([startOpenAI(), startAgent()])
  try {
    const { status, said } = await run({
      DD_TRACE_AGENT_URL: agent.url,
      DD_LLMOBS_ENABLED: 'true',
      DD_LLMOBS_ML_APP: 'bookshop',
      DD_LLMOBS_AGENTLESS_ENABLED: 'false',
      DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
      DD_REMOTE_CONFIGURATION_ENABLED: 'false',
      DD_OPENAI_METRICS_ENABLED: 'false',
      INTERCEPTOR_EXIT_TIMEOUT_MS: '60000',
      OPENAI_BASE_URL: `${openai.origin}/v1`,
      ...env,
    })
    assert.is(status, 0, said)
    assert.equal(agent.llmobs.rejected, [])
    const spans = agent.llmobs.spans()
    const tapes = new Map(spans.map(({ span_id, name }) => [span_id, name]))
    const calls = spans.filter(({ tags }) => tags.includes('integration:openai'))
    return new Map(calls.map(span => [tapes.get(span.parent_id) ?? '', span]))
  } finally {
    await Promise.all([openai.close(), agent.close()])
  }
}

function run(env: NodeJS.ProcessEnv): Promise<{ status: number | null; said: string }> {
  const app = spawn(process.execPath, [join(__dirname, 'apps', 'llmobs.cjs')], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...env },
  })
  const said: Buffer[] = []
  app.stderr.on('data', chunk => said.push(chunk))
  app.stdin.end(JSON.stringify(PLAYED))
  return new Promise((resolve, reject) => {
    app.on('error', reject)
    app.on('close', status => resolve({ status, said: Buffer.concat(said).toString() }))
  })
}

test.run()
