/**
 * `npm run bench:outputs`: what each output adds to the start of a process and to its memory, the default one beside
 * each in turn. What is off is not loaded: the files tell.
 *
 *     npm run bench:outputs -- --rounds 9 --keep       (--keep writes the README's table)
 */
import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { listen } from '../lib/local/listen'
import { median } from './measure'
import { writeTable } from './table'

const ROOT = join(__dirname, '..')
const NOBODY = 'http://127.0.0.1:1'
const ANSWER =
  '{"object":"chat.completion","model":"gpt-4o","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}'

const { values: asked } = parseArgs({
  options: { rounds: { type: 'string', default: '7' }, keep: { type: 'boolean', default: false } },
})

/** Outputs by what a row says of them; undefined: without us. */
const VARIANTS: readonly (readonly [about: string, outputs: string | undefined])[] = [
  ['without us', undefined],
  ['`datadog`, the default', 'datadog'],
  ['`datadog`, again', 'datadog'],
  ['`otel`, without the app’s SDK', 'otel'],
  ['`llmobs`, without dd-trace', 'llmobs'],
  ['`datadog,otel,llmobs`', 'datadog,otel,llmobs'],
]

interface Told {
  readonly startMs: number
  readonly files: number
  readonly startMB: number
  readonly calledMB: number
}

/** Runs in the process that is measured: `files` are ours alone, loaded when the first call has been handed over. */
const SCRIPT = `
  const startMs = performance.now()
  const startMB = process.memoryUsage().rss / 1e6
  fetch(process.env.URL_OF_CALL, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"model":"gpt-4o"}' })
    .then(answer => answer.text())
    .then(() => new Promise(resolve => setTimeout(resolve, 500)))
    .then(() => {
      const files = Object.keys(require.cache).filter(file => file.startsWith(process.env.DIST)).length
      const calledMB = process.memoryUsage().rss / 1e6
      process.stdout.write(JSON.stringify({ startMs, startMB, calledMB, files }), () => process.exit())
    })`

async function measure(outputs: string | undefined, url: string): Promise<Told> {
  const preload = outputs === undefined ? [] : ['--require', 'interceptor/register']
  const { stdout } = await promisify(execFile)(process.execPath, [...preload, '-e', SCRIPT], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      INTERCEPTOR_OUTPUTS: outputs,
      INTERCEPTOR_HOSTS: new URL(url).host,
      DD_TRACE_AGENT_URL: NOBODY,
      DD_DOGSTATSD_URL: 'udp://127.0.0.1:1',
      DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
      DD_REMOTE_CONFIGURATION_ENABLED: 'false',
      URL_OF_CALL: url,
      DIST: join(ROOT, 'dist'),
    },
  })
  return JSON.parse(stdout) as Told
}

async function main(): Promise<void> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(ANSWER)
  })
  const url = `http://127.0.0.1:${await listen(server, 0)}/v1/chat/completions`
  const told = VARIANTS.map((): Told[] => [])
  for (let round = 0; round <= Number(asked.rounds); round += 1) {
    for (let i = 0; i < VARIANTS.length; i += 1) {
      const at = (i + round) % VARIANTS.length
      const run = await measure(VARIANTS[at]?.[1], url)
      // The first one warms the machine's caches.
      if (round > 0) told[at]?.push(run)
    }
  }
  server.close()
  const table = [
    '| outputs | start | RSS at the start | RSS after a call | our files loaded |',
    '| --- | --- | --- | --- | --- |',
    ...VARIANTS.map(([about], i) => rowOf(about, told[i] ?? [])),
  ].join('\n')
  console.log(table)
  if (asked.keep) writeTable('bench-outputs', table)
}

function rowOf(about: string, runs: readonly Told[]): string {
  const middle = (read: (run: Told) => number): string => median(runs.map(read)).toFixed(0)
  const cells = [
    `${middle(run => run.startMs)} ms`,
    `${middle(run => run.startMB)} MB`,
    `${middle(run => run.calledMB)} MB`,
    middle(run => run.files),
  ]
  return `| ${[about, ...cells].join(' | ')} |`
}

void main()
