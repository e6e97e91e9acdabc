import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type OpenAIStandIn, startOpenAI } from '../lib/local/openai/openai'
import { type Datadog, startDatadog } from '../lib/local/receiver/datadog'
import type { Span } from '../lib/local/receiver/spans'

export const ROOT = join(__dirname, '..')

const manifest: { dependencies: Record<string, string>; peerDependencies: Record<string, string> } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
)
/** What npm installs along with us. */
export const DEPENDENCIES = Object.keys(manifest.dependencies)
/** What the app has of its own, or has not. */
export const PEERS = Object.keys(manifest.peerDependencies)

/** Far beyond what any app here takes. */
const MOST_MS = 60_000

/** How an app is run: `node ...flags file`. */
export interface Run {
  flags?: readonly string[]
  env?: NodeJS.ProcessEnv
  /** Where `interceptor/register` is looked for: this project if not given, where the name means itself. */
  cwd?: string
  /** Sent once the app has printed a line. */
  signal?: NodeJS.Signals
}

/** How it ended, and what arrived of it. */
export interface Outcome {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
  /** Calls at the API. */
  calls: number
  /** OpenAI spans at the agent. */
  spans: readonly Span[]
}

/** A folder for apps, and the stand-ins that they talk to: each app runs in a process of its own. */
export interface Ground {
  readonly folder: string
  readonly openai: OpenAIStandIn
  readonly datadog: Datadog
  /** Writes a file of an app and gives its path. */
  write(name: string, source: string): string
  /** Makes packages of the project's own `node_modules` known to the folder. */
  link(...packages: string[]): void
  /** Makes a folder known as a package. */
  linkAs(name: string, target: string): void
  run(file: string, options?: Run): Promise<Outcome>
  close(): Promise<void>
}

export async function prepareGround(): Promise<Ground> {
  const [openai, datadog] = await Promise.all([startOpenAI(), startDatadog()])
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'interceptor-app-')))
  const ours = (): Span[] => datadog.agent.spans().filter(span => span.name === 'openai.request')
  return {
    folder,
    openai,
    datadog,
    write(name, source) {
      const file = join(folder, name)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, source)
      return file
    },
    link(...packages) {
      for (const name of packages) {
        const at = join(folder, 'node_modules', name)
        mkdirSync(dirname(at), { recursive: true })
        symlinkSync(join(ROOT, 'node_modules', name), at)
      }
    },
    linkAs(name, target) {
      const at = join(folder, 'node_modules', name)
      mkdirSync(dirname(at), { recursive: true })
      symlinkSync(target, at)
    },
    async run(file, { flags = [], env = {}, cwd = ROOT, signal } = {}) {
      const before = { calls: openai.calls.length, spans: ours().length }
      const child = spawn(process.execPath, [...flags, file], {
        cwd,
        stdio: ['ignore', 'pipe', 'pipe'],
        // A process that never ends is a failure, not a test that never ends.
        timeout: MOST_MS,
        killSignal: 'SIGKILL',
        env: { ...process.env, ...datadog.env, ...apiOf(openai), ...PATIENT, ...env },
      })
      const said = { stdout: '', stderr: '' }
      child.stdout.on('data', chunk => {
        said.stdout += chunk
        if (signal !== undefined && said.stdout.includes('\n')) child.kill(signal)
      })
      child.stderr.on('data', chunk => {
        said.stderr += chunk
      })
      const ended = await new Promise<Pick<Outcome, 'code' | 'signal'>>(resolve =>
        child.on('close', (code, signal) => resolve({ code, signal })),
      )
      return { ...ended, ...said, calls: openai.calls.length - before.calls, spans: ours().slice(before.spans) }
    },
    async close() {
      await Promise.all([openai.close(), datadog.close()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A busy machine takes longer than an app's end may by default. */
const PATIENT = { INTERCEPTOR_EXIT_TIMEOUT_MS: '60000' }

function apiOf(openai: OpenAIStandIn): NodeJS.ProcessEnv {
  return { OPENAI_BASE_URL: `${openai.origin}/v1`, OPENAI_API_KEY: 'sk-test-app' }
}

/** One call, whose answer is printed: how many models there are. Runs as CommonJS, ESM and in a worker. */
export const ONE_CALL = `
fetch(process.env.OPENAI_BASE_URL + '/models')
  .then(response => response.json())
  .then(models => console.log(models.data.length))
`
