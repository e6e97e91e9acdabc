/**
 * `npm run bench:hooks`: events of undici replayed to the hooks in one process, without a client and without a network,
 * so that what is measured is ours. The stages are read off a profile: no clock is put between them, and none of them
 * has to be called apart.
 *
 *     npm run bench:hooks -- --calls 5000 --keep       (--keep writes the README's table)
 */
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { report } from './measure'
import { Server } from './peers/measure'
import { sharesOf } from './peers/profile'
import type { Workload } from './peers/workloads'
import { WORKLOADS } from './peers/workloads'
import type { Replayed } from './replay'
import { writeTable } from './table'

/** Where a place of a profile belongs: the first that matches. */
const STAGES: readonly (readonly [stage: string, places: RegExp])[] = [
  ['recognise', /^openai\/recognise\/|^context$/],
  ['tap', /^transport\/(?!decode|headers)|^guard$/],
  ['decode', /^transport\/decode$/],
  ['headers', /^transport\/headers$|^openai\/read\/headers$/],
  ['parse', /^openai\/read\/(?!read$)|^openai\/json$/],
  ['read', /^openai\/read(?:ers)?\/|^openai\/usage$/],
  ['filter', /^redact\//],
  ['join', /^openai\/attempts$/],
  ['turns', /^openai\/turns\/|^digest$/],
  ['bill', /^openai\//],
  ['log', /^sinks\/logs$|^sinks\/intake/],
  ['LLM Observability', /^sinks\/llmobs|^tracer\/llmobs/],
  ['metrics', /^sinks\/metrics/],
  // With what the SDK does when it is called: making spans, aggregating.
  ['OpenTelemetry, made', /^sinks\/otel/],
  ['tags', /^sinks\/|^tracer\//],
  ['rest of ours', /^\w/],
  ['dd-trace', /^\(dd-trace/],
  ['OpenTelemetry, exported', /^\(@opentelemetry/],
  ['garbage collector', /^\(garbage/],
]

const { values: asked } = parseArgs({
  options: { calls: { type: 'string', default: '4000' }, keep: { type: 'boolean', default: false } },
})

/** What is on beside the default, by what a column says of it. */
interface Variant {
  readonly also: string
  readonly env: Readonly<Record<string, string>>
}

const PLAIN: Variant = { also: '', env: {} }
const LOGGED: Variant = {
  also: ', logged',
  env: { DD_OPENAI_LOGS_ENABLED: 'true', DD_OPENAI_LOG_PROMPT_COMPLETION_SAMPLE_RATE: '1' },
}
const LLMOBS: Variant = {
  also: ', LLM Observability',
  env: { DD_LLMOBS_ENABLED: 'true', DD_LLMOBS_ML_APP: 'bench', DD_LLMOBS_AGENTLESS_ENABLED: 'false' },
}
/** Without Datadog's outputs, so that what is measured is not their sum. */
const OTEL: Variant = {
  also: ', OpenTelemetry alone',
  env: { INTERCEPTOR_OUTPUTS: 'otel', OTEL_METRICS_EXPORTER: 'otlp', OTEL_NODE_RESOURCE_DETECTORS: 'none' },
}

interface Column {
  readonly title: string
  readonly replayed: Replayed
  readonly stages: ReadonlyMap<string, number>
}

async function main(): Promise<void> {
  const server = await Server.start()
  const folder = mkdtempSync(join(tmpdir(), 'interceptor-hooks-'))
  const columns: Column[] = []
  try {
    for (const workload of WORKLOADS.filter(({ name }) => name !== 'stream200')) {
      columns.push(await column(server, folder, workload, PLAIN))
    }
    const [chat] = WORKLOADS
    if (chat !== undefined) {
      for (const variant of [LOGGED, LLMOBS, OTEL]) columns.push(await column(server, folder, chat, variant))
    }
  } finally {
    server.stop()
    rmSync(folder, { recursive: true })
  }
  for (const { title, replayed, stages } of columns) {
    report(title, {
      ...Object.fromEntries([...stages].map(([stage, micros]) => [stage, `${micros.toFixed(1)} µs`])),
      'all, CPU': `${replayed.cpuMicros.toFixed(1)} µs a call`,
      'on the app’s stack': `${replayed.stackMicros.toFixed(1)} µs a call`,
      'of it a chunk': `${replayed.chunkNanos.toFixed(0)} ns, ${replayed.copyNanos.toFixed(0)} of them the copy`,
      'a foreign request': `${replayed.foreignNanos.toFixed(0)} ns`,
    })
  }
  if (asked.keep) writeTable('bench-hooks', table(columns))
}

async function column(server: Server, folder: string, workload: Workload, variant: Variant): Promise<Column> {
  const profile = join(folder, `${workload.name}${variant.also}.cpuprofile`)
  const calls = Math.ceil(Number(asked.calls) / (workload.ask === 'embeddings' || workload.promptSize > 1000 ? 4 : 1))
  const { sink, statsd } = server.ports
  const child = fork(join(__dirname, 'replay.ts'), [workload.name, String(calls), profile], {
    execArgv: ['--import', 'tsx'],
    env: {
      ...process.env,
      DD_TRACE_AGENT_URL: `http://127.0.0.1:${sink}`,
      DD_DOGSTATSD_URL: `udp://127.0.0.1:${statsd}`,
      DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
      DD_REMOTE_CONFIGURATION_ENABLED: 'false',
      ...variant.env,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${sink}`,
      DD_API_KEY: 'bench',
      DD_AGENTLESS_LOG_SUBMISSION_URL: `http://127.0.0.1:${sink}`,
    },
  })
  const replayed = await new Promise<Replayed>((resolve, reject) => {
    child.once('message', told => resolve(told as Replayed))
    child.once('exit', code => reject(new Error(`the replay ended with ${code}`)))
  })
  await server.counts()
  return { title: workload.about + variant.also, replayed, stages: stagesOf(profile, calls) }
}

function stagesOf(profile: string, calls: number): Map<string, number> {
  const stages = new Map(STAGES.map(([stage]) => [stage, 0]))
  for (const [place, micros] of sharesOf(profile)) {
    const stage = STAGES.find(([, places]) => places.test(place))?.[0]
    if (stage !== undefined) stages.set(stage, (stages.get(stage) ?? 0) + micros / calls)
  }
  return stages
}

function table(columns: readonly Column[]): string {
  const rows = [
    ['µs of CPU a call', ...columns.map(({ title }) => title)],
    ['---', ...columns.map(() => '---')],
    ...STAGES.map(([stage]) => [stage, ...columns.map(({ stages }) => (stages.get(stage) ?? 0).toFixed(1))]),
    ['**on the app’s stack**', ...columns.map(({ replayed }) => replayed.stackMicros.toFixed(1))],
    ['of it a chunk, µs', ...columns.map(({ replayed }) => (replayed.chunkNanos / 1000).toFixed(2))],
    ['a request to another host, µs', ...columns.map(({ replayed }) => (replayed.foreignNanos / 1000).toFixed(2))],
  ]
  return rows.map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

void main()
