import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { type OpenAIStandIn, startOpenAI } from '../../lib/local/openai/openai'
import { type Datadog, startDatadog } from '../../lib/local/receiver/datadog'
import { type Collector, startCollector } from '../../lib/local/receiver/otlp'
import { ROOT } from '../app'
import { type Registry, startRegistry } from './registry'

const MOST_MS = 120_000

/** What came of a command. */
export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Calls at the stand-in for OpenAI. */
  readonly calls: number
  /** Spans of ours at the stand-in for the Agent: their resources. */
  readonly spans: readonly string[]
}

export interface RunIn {
  /** The app's folder if not given. */
  cwd?: string
  env?: NodeJS.ProcessEnv
}

/** A reader of the README: a copy of the project, an app that has installed its tarball, and stand-ins for all servers. */
export interface World {
  /** A copy of the project, where the package is made. */
  readonly project: string
  /** The app, with `app.js`, `app.mjs`, and `node_modules` once it has installed. */
  readonly app: string
  readonly openai: OpenAIStandIn
  readonly datadog: Datadog
  readonly collector: Collector
  readonly tarball: string
  write(name: string, source: string): string
  sh(script: string, options?: RunIn): Promise<Ran>
  node(args: readonly string[], options?: RunIn): Promise<Ran>
  close(): Promise<void>
}

/** One call, whose answer is printed; it may be asked to end as a server is. In CommonJS and in ES modules. */
const APP = `
fetch(process.env.OPENAI_BASE_URL + '/models').then(response => response.json()).then(models => {
  console.log(models.data.length)
  if (process.env.ENDS_BY) process.kill(process.pid, process.env.ENDS_BY)
})
`

const VERSION = '0.1.0'

/** @param pack the README's own commands that make the tarball, less those that would install the project anew */
export async function prepareWorld(pack: string): Promise<World> {
  const [openai, datadog, collector] = await Promise.all([startOpenAI(), startDatadog(), startCollector()])
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'interceptor-readme-')))
  const [project, app] = [join(folder, 'project'), join(folder, 'app')]
  for (const part of ['lib', 'package.json', 'tsconfig.json', 'README.md', 'LICENSE', 'CHANGELOG.md']) {
    cpSync(join(ROOT, part), join(project, part), { recursive: true })
  }
  symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'))
  execFileSync('sh', ['-euc', pack], { cwd: project, stdio: 'ignore' })
  const tarball = join(project, `interceptor-${VERSION}.tgz`)
  mkdirSync(app)
  cpSync(tarball, join(app, `interceptor-${VERSION}.tgz`))
  const registry: Registry = await startRegistry({ '@your-scope/interceptor': tarball })
  const write = (name: string, source: string): string => {
    const file = join(app, name)
    writeFileSync(file, source)
    return file
  }
  write('package.json', '{ "name": "shop", "private": true }')
  for (const name of ['app.js', 'app.mjs']) write(name, APP)

  const ours = () => datadog.agent.spans().filter(span => span.name === 'openai.request')
  const env = {
    // Nothing of the environment of the tests: what they set would hide what a snippet forgets.
    PATH: process.env.PATH,
    HOME: folder,
    TMPDIR: folder,
    ...registry.env,
    ...datadog.env,
    OPENAI_BASE_URL: `${openai.origin}/v1`,
    OPENAI_API_KEY: 'sk-test-readme',
    // A busy machine takes longer than an app's end may by default.
    INTERCEPTOR_EXIT_TIMEOUT_MS: '60000',
  }
  const run = async (
    program: string,
    args: readonly string[],
    { cwd = app, env: more = {} }: RunIn = {},
  ): Promise<Ran> => {
    const before = { calls: openai.calls.length, spans: ours().length }
    const child = spawn(program, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: MOST_MS,
      killSignal: 'SIGKILL',
      env: { ...env, ...more },
    })
    const said = { stdout: '', stderr: '' }
    child.stdout.on('data', chunk => {
      said.stdout += chunk
    })
    child.stderr.on('data', chunk => {
      said.stderr += chunk
    })
    const code = await new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject))
    const spans = ours().slice(before.spans)
    return { ...said, code, calls: openai.calls.length - before.calls, spans: spans.map(({ resource }) => resource) }
  }
  return {
    project,
    app,
    openai,
    datadog,
    collector,
    tarball,
    write,
    sh: (script, options) => run('sh', ['-euc', script], options),
    node: (args, options) => run(process.execPath, args, options),
    async close() {
      await Promise.all([openai.close(), datadog.close(), collector.close(), registry.close()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Makes programs of that name known before those of the system. */
export function withProgram(world: World, name: string, source: string): NodeJS.ProcessEnv {
  const bin = join(world.app, 'bin')
  mkdirSync(bin, { recursive: true })
  writeFileSync(join(bin, name), source, { mode: 0o755 })
  return { PATH: `${bin}${delimiter}${process.env.PATH}` }
}
