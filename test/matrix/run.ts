/**
 * The grid: every client of `test/matrix/*`, on every Node, run alone and observed. What the app gets and what the
 * server gets must be equal to the run alone; the record must be equal to that of the same bytes sent by this Node's
 * own fetch; the parent must be the caller's.
 *
 * npm run test:matrix [-- --node 20,24] [-- --only plain,ai5] [-- --readme]
 */
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startDatadog } from '../../lib/local/receiver/datadog'
import type { Span } from '../../lib/local/receiver/spans'
import { differences } from './compare'
import { EXPLAINED } from './explained'
import { type Asked, type GridServer, startGridServer } from './server'

const ROOT = join(__dirname, '..', '..')
const PATIENCE_MS = 120_000

/** Tests of what differs between runtimes, run on each but this one, where `npm test` runs them. */
const TESTS = ['http2', 'websocket', 'callers', 'transport', 'unreadable']

/** Runtimes that are not Node and load us all the same: their `node:http` is seen, and a line says what is not. */
const OTHERS = [
  { name: 'Bun', binary: '@oven/bun-linux-x64/bin/bun', args: [] },
  { name: 'Deno', binary: '@deno/linux-x64-glibc/deno', args: ['run', '-A'] },
] as const

interface Runtime {
  readonly name: string
  readonly binary: string
  /** dd-trace's own place, and the build of ours that finds it. */
  readonly tracer: string
  readonly register: string
}

interface Cell {
  readonly client: string
  readonly runtime: string
  /** Empty if all is equal. */
  readonly wrong: readonly string[]
}

interface Result {
  readonly got?: string
  readonly failed?: string
}

const { values } = parseArgs({
  options: { node: { type: 'string' }, only: { type: 'string' }, readme: { type: 'boolean' } },
})

void main()

async function main(): Promise<void> {
  const folders = readdirSync(__dirname, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && existsSync(join(__dirname, entry.name, 'package.json')))
    .map(({ name }) => name)
  const wanted = values.only?.split(',') ?? folders
  for (const folder of folders)
    if (wanted.includes(folder) || folder === 'nodes' || folder === 'tracer6') install(folder)
  const groups = wanted.filter(folder => existsSync(join(__dirname, folder, 'clients.mjs')))
  const cells: Cell[] = []
  for (const runtime of runtimes()) {
    for (const group of groups) cells.push(...(await gridOf(runtime, group)))
    if (runtime.binary !== process.execPath) for (const file of TESTS) cells.push(await testedOn(runtime, file))
  }
  for (const other of OTHERS) cells.push(...(await seenOn(other)))
  report(cells)
}

function install(folder: string): void {
  if (existsSync(join(__dirname, folder, 'node_modules'))) return
  console.log(`installing test/matrix/${folder}`)
  const done = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: join(__dirname, folder) })
  if (done.status !== 0) throw new Error(`npm ci in test/matrix/${folder}: ${done.stderr}`)
}

/** dd-trace 6 needs Node 22: there a build of ours stands beside it, for that is the one it finds. */
function runtimes(): Runtime[] {
  const modules = join(__dirname, 'tracer6', 'node_modules')
  const copy = join(modules, 'interceptor')
  rmSync(copy, { recursive: true, force: true })
  mkdirSync(copy, { recursive: true })
  for (const part of ['dist', 'package.json']) cpSync(join(ROOT, part), join(copy, part), { recursive: true })
  const with5 = { tracer: join(ROOT, 'node_modules', 'dd-trace'), register: join(ROOT, 'dist', 'register.js') }
  const with6 = { tracer: join(modules, 'dd-trace'), register: join(copy, 'dist', 'register.js') }
  const binary = (major: number): string =>
    process.versions.node.startsWith(`${major}.`)
      ? process.execPath
      : join(__dirname, 'nodes', 'node_modules', `node${major}`, 'bin', 'node')
  const all: Runtime[] = [
    { name: 'Node 20', binary: binary(20), ...with5 },
    { name: 'Node 22', binary: binary(22), ...with6 },
    { name: 'Node 24', binary: binary(24), ...with6 },
    { name: 'Node 26', binary: binary(26), ...with6 },
  ]
  const majors = values.node?.split(',')
  return all.filter(({ name, binary }) => existsSync(binary) && majors?.includes(name.slice(5)) !== false)
}

async function gridOf(runtime: Runtime, group: string): Promise<Cell[]> {
  const server = await startGridServer()
  const datadog = await startDatadog()
  try {
    const env = { ...environment(server), ...datadog.env }
    const folder = join(__dirname, group)
    const alone = await run(runtime, [join(__dirname, 'cell.mjs'), folder], env)
    const askedAlone = server.asked.splice(0)
    const loud = { ...env, INTERCEPTOR_HOSTS: hostsOf(server), TRACER: runtime.tracer }
    const observed = await run(runtime, ['--require', runtime.register, join(__dirname, 'cell.mjs'), folder], loud)
    const askedObserved = server.asked.splice(0)
    const spans = await settled(() => datadog.agent.spans().filter(isOurs), askedObserved.length)
    const references = await referencesOf(askedObserved, server)
    return Object.keys(alone.results).map(client => {
      const wrong = wrongOf(client, { alone, observed, askedAlone, askedObserved, spans, references })
      const reasons = wrong.filter(
        each => !EXPLAINED.some(row => row.applies(client, runtime.name) && row.wrong.test(each)),
      )
      process.stdout.write(reasons.length === 0 ? '.' : 'x')
      return { client, runtime: runtime.name, wrong: reasons }
    })
  } finally {
    server.close()
    await datadog.close()
  }
}

function environment({ origin, h2Origin, certificate }: GridServer): Record<string, string> {
  return { ORIGIN: origin, H2_ORIGIN: h2Origin, NODE_EXTRA_CA_CERTS: certificate.caFile, NODE_NO_WARNINGS: '1' }
}

function hostsOf({ origin, h2Origin }: GridServer): string {
  return `${new URL(origin).host},${new URL(h2Origin).host}`
}

interface Run {
  readonly results: Readonly<Record<string, Result>>
  /** By client. */
  readonly traces: Readonly<Record<string, string>>
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

async function run(runtime: Pick<Runtime, 'binary'>, args: string[], env: Record<string, string>): Promise<Run> {
  const base = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' }
  const child = spawn(runtime.binary, args, { env: { ...base, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { out: '', errors: '' }
  child.stdout.setEncoding('utf8').on('data', chunk => {
    said.out += chunk
  })
  child.stderr.setEncoding('utf8').on('data', chunk => {
    said.errors += chunk
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
  const code = await new Promise<number | null>(resolve => child.on('close', resolve))
  clearTimeout(timer)
  const lines = jsonLines(said.out)
  return {
    results: Object.fromEntries(lines.map(({ name, ...result }) => [String(name), result])),
    traces: Object.fromEntries(jsonLines(said.errors).map(({ name, traceId }) => [String(name), String(traceId)])),
    code,
    output: said.out,
    errors: said.errors,
  }
}

function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter(line => line.startsWith('{"name"'))
    .map(line => JSON.parse(line))
}

/** The spans of the same bytes, sent by the fetch of the Node that runs this, by client. */
async function referencesOf(asked: readonly Asked[], server: GridServer): Promise<Map<string, Span[]>> {
  const datadog = await startDatadog()
  const env = { ...datadog.env, ...environment(server), INTERCEPTOR_HOSTS: hostsOf(server) }
  const file = join(__dirname, 'reference.mjs')
  const child = spawn(process.execPath, ['--require', join(ROOT, 'dist', 'register.js'), file], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['pipe', 'inherit', 'pipe'],
  })
  child.stdin.end(JSON.stringify(asked))
  await new Promise(resolve => child.on('close', resolve))
  server.asked.splice(0)
  const spans = await settled(() => datadog.agent.spans().filter(isOurs), asked.length)
  await datadog.close()
  const byClient = new Map<string, Span[]>()
  for (const span of spans) byClient.set(clientOf(span), [...(byClient.get(clientOf(span)) ?? []), span])
  return byClient
}

async function testedOn(runtime: Runtime, file: string): Promise<Cell> {
  const args = ['--import', 'tsx', join(ROOT, 'test', `${file}.test.ts`)]
  const { code, errors, output } = await run(runtime, args, { NODE_NO_WARNINGS: '1' })
  process.stdout.write(code === 0 ? '.' : 'x')
  return { client: `test/${file}.test.ts`, runtime: runtime.name, wrong: code === 0 ? [] : [`${output}${errors}`] }
}

async function seenOn({ name, binary, args }: (typeof OTHERS)[number]): Promise<Cell[]> {
  const path = join(__dirname, 'nodes', 'node_modules', binary)
  if (values.node !== undefined || !existsSync(path)) return []
  const { output, errors } = await run({ binary: path }, [...args, join(__dirname, 'other-runtime.mjs')], { ROOT })
  const wrong = [
    ...(output.includes('seen createChatCompletion 4') ? [] : [`a call by node:http is not seen: ${output}${errors}`]),
    ...(errors.includes(`interceptor: ${name}: calls by the global fetch are not seen`) ? [] : ['nothing is said']),
  ]
  process.stdout.write(wrong.length === 0 ? '.' : 'x')
  return [{ client: 'node:http, and a line that says that fetch is not seen', runtime: name, wrong }]
}

interface Facts {
  readonly alone: Run
  readonly observed: Run
  readonly askedAlone: readonly Asked[]
  readonly askedObserved: readonly Asked[]
  readonly spans: readonly Span[]
  readonly references: ReadonlyMap<string, Span[]>
}

function wrongOf(client: string, { alone, observed, askedAlone, askedObserved, spans, references }: Facts): string[] {
  const of = <T extends { client: string }>(all: readonly T[]): T[] => all.filter(each => each.client === client)
  const wrong: string[] = []
  const result = observed.results[client]
  if (result === undefined) return [`no result: ${observed.errors.slice(-300)}`]
  if (JSON.stringify(result) !== JSON.stringify(alone.results[client])) {
    wrong.push(`the app got ${JSON.stringify(result)} instead of ${JSON.stringify(alone.results[client])}`)
  }
  if (result.failed !== undefined) wrong.push(`failed: ${result.failed}`)
  if (sentOf(of(askedObserved)) !== sentOf(of(askedAlone))) {
    wrong.push(`the server got ${sentOf(of(askedObserved))} instead of ${sentOf(of(askedAlone))}`)
  }
  const seen = spans.filter(span => clientOf(span) === client)
  const expected = references.get(client) ?? []
  if (seen.length !== of(askedObserved).length)
    wrong.push(`${seen.length} spans for ${of(askedObserved).length} requests`)
  for (const [i, span] of seen.entries()) {
    const reference = expected[i]
    if (reference !== undefined)
      wrong.push(...differences(span, reference, 'user-agent' in (of(askedObserved)[i]?.headers ?? {})))
    if (span.traceId !== observed.traces[client]) wrong.push('the parent is not the caller')
  }
  return wrong
}

/** What the tracer adds, and what is new on every connection or call. */
const NOT_COMPARED =
  /^(?:x-datadog-|traceparent$|tracestate$|baggage$|connection$|x-stainless-runtime|x-ms-client-request-id$|idempotency-key$)/

/** Requests as one text, headers in order of name. */
function sentOf(asked: readonly Asked[]): string {
  const shown = asked.map(({ method, url, headers, body }) => {
    const kept = Object.entries(headers).filter(([name]) => !NOT_COMPARED.test(name))
    return [method, url, kept.sort(), body]
  })
  return JSON.stringify(shown)
}

function isOurs({ name }: Span): boolean {
  return name === 'openai.request'
}

function clientOf({ meta }: Span): string {
  return decodeURIComponent(new URL(meta['http.url'] ?? 'http://x/').pathname.split('/')[1] ?? '')
}

/** All that was sent has arrived once the process has ended; the agent may still be reading it. */
async function settled<T>(read: () => readonly T[], expected: number): Promise<readonly T[]> {
  for (let turn = 0; turn < 200 && read().length < expected; turn += 1)
    await new Promise(resolve => setTimeout(resolve, 10))
  return read()
}

function report(cells: readonly Cell[]): void {
  console.log('')
  const bad = cells.filter(({ wrong }) => wrong.length > 0)
  for (const { client, runtime, wrong } of bad) console.log(`${runtime}, ${client}: ${wrong.join('; ')}`)
  if (values.readme) writeReadme(cells)
  console.log(`\n${cells.length - bad.length} passed, ${bad.length} failed`)
  process.exitCode = bad.length === 0 ? 0 : 1
}

function writeReadme(cells: readonly Cell[]): void {
  const names = [...new Set(cells.map(({ runtime }) => runtime))]
  const clients = [...new Set(cells.map(({ client }) => client))]
  const cell = (client: string, runtime: string): string => {
    const found = cells.find(each => each.client === client && each.runtime === runtime)
    if (found === undefined) return ''
    return found.wrong.length > 0 ? 'no' : EXPLAINED.some(row => row.applies(client, runtime)) ? 'see below' : 'equal'
  }
  const rows = clients.map(client => `| ${client} | ${names.map(name => cell(client, name)).join(' | ')} |`)
  const why = EXPLAINED.map(({ why }) => `- ${why}`)
  const table = [
    `| client | ${names.join(' | ')} |`,
    `| --- |${' --- |'.repeat(names.length)}`,
    ...rows,
    '',
    ...why,
  ].join('\n')
  const file = join(ROOT, 'README.md')
  const text = readFileSync(file, 'utf8')
  writeFileSync(
    file,
    text.replace(/(<!-- matrix -->\n)[\s\S]*?(<!-- \/matrix -->)/, (_, start, end) => `${start}${table}\n${end}`),
  )
}
