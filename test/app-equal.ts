import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { listen } from '../lib/local/listen'
import { type OpenAIOptions, startOpenAI } from '../lib/local/openai/openai'
import type { Received } from '../lib/local/openai/received'
import { startDatadog } from '../lib/local/receiver/datadog'
import type { Span } from '../lib/local/receiver/spans'

const ROOT = join(__dirname, '..')
const REGISTER = join(ROOT, 'dist', 'register.js')
const APP_PATIENCE_MS = 10 * 60_000
/** A server that sends nothing for so long cannot. */
const STALLED_MS = 200
/** How long the app may wait for what its server should see at once. */
const CONTROL_PATIENCE_MS = 60_000

/** What an app run as a process of its own has said, and what its server saw. */
export interface Run {
  /** Standard output by scene, each line as printed. */
  readonly scenes: ReadonlyMap<string, readonly string[]>
  readonly output: string
  readonly errors: string
  readonly code: number | null
  /** Requests, by the scene that made them. */
  readonly calls: ReadonlyMap<string, readonly Received[]>
}

/** The same app without and with the interceptor. */
export interface Pair {
  readonly plain: Run
  readonly observed: Run
  /** All that the agent received of the observed run. */
  readonly spans: readonly Span[]
}

export interface AppOptions extends OpenAIOptions {
  env?: Record<string, string>
  /** Further arguments of `node`, before the app's. */
  nodeOptions?: readonly string[]
  /** Further hosts to observe. */
  hosts?: string
  /** Waits for so many OpenAI spans at least, a minute at most. */
  spans: number
}

/** Whose request it was: the scene's name is the organization. */
export function sceneOf({ headers }: Pick<Received, 'headers'>): string {
  return String(headers['openai-organization'] ?? '')
}

/** The OpenAI spans of a scene, in the order in which their calls began. */
export function spansOf(pair: Pair, scene?: string): Span[] {
  // The tracer sends a batch again if the agent is slow to answer.
  const once = new Map(pair.spans.map(span => [span.spanId, span]))
  return [...once.values()]
    .filter(span => span.name === 'openai.request')
    .filter(span => scene === undefined || span.meta['openai.organization.id'] === scene)
    .sort((one, other) => Number(one.start - other.start))
}

/** Runs an app of `test/apps` twice against one stand-in: alone, and with the interceptor loaded before it. */
export async function runTwice(
  app: string,
  { env = {}, nodeOptions = [], hosts = '', spans, ...options }: AppOptions,
): Promise<Pair> {
  const [openai, datadog, refused] = await Promise.all([startOpenAI(options), startDatadog(), closedPort()])
  const control = await startControl(() => openai.calls)
  const file = app.startsWith('/') ? app : join(__dirname, 'apps', app)
  const shared = {
    ...env,
    CONTROL: control.origin,
    OPENAI_ORIGIN: openai.origin,
    REFUSED_ORIGIN: `http://127.0.0.1:${refused}`,
  }
  const run = async (before: readonly string[], more: Record<string, string>): Promise<Run> => {
    const first = openai.calls.length
    control.begin(first)
    const ended = await runNode([...before, ...nodeOptions, file], { ...shared, ...more })
    const calls = new Map<string, Received[]>()
    for (const call of openai.calls.slice(first)) {
      calls.set(sceneOf(call), [...(calls.get(sceneOf(call)) ?? []), call])
    }
    return { ...ended, scenes: scenesOf(ended.output), calls }
  }
  try {
    const plain = await run([], {})
    const observed = await run(['--require', REGISTER], {
      ...datadog.env,
      INTERCEPTOR_HOSTS: `${openai.host},127.0.0.1:${refused},${hosts}`,
    })
    const isOurs = (span: Span): boolean => span.name === 'openai.request'
    // Too few are told by the tests of the scenes, with names.
    await datadog.agent.waitFor(all => all.filter(isOurs).length >= spans).catch(() => {})
    return { plain, observed, spans: datadog.agent.spans() }
  } finally {
    await Promise.all([openai.close(), datadog.close(), control.close()])
  }
}

/** A scene must look the same to the app and to its server, byte for byte. */
export function assertEqualScene({ plain, observed }: Pair, scene: string): void {
  const expected = plain.scenes.get(scene)
  assert.ok(expected, `the app never played ${scene}: ${plain.errors || plain.output.slice(-500)}`)
  assert.fixture((observed.scenes.get(scene) ?? []).join('\n'), expected.join('\n'))
  const wire = (run: Run): unknown[] =>
    (run.calls.get(scene) ?? []).map(({ method, url, body, headers, closedEarlyAt }) => ({
      method,
      url,
      length: headers['content-type']?.startsWith('multipart') ? 'a form' : body.toString(),
      leftEarly: closedEarlyAt !== undefined,
      retries: headers['x-stainless-retry-count'],
    }))
  assert.equal(wire(observed), wire(plain))
}

/** The whole process must look the same from outside. */
export function assertEqualRuns({ plain, observed }: Pair): void {
  assert.is(observed.errors, plain.errors)
  assert.is(observed.code, plain.code)
  assert.equal([...observed.scenes.keys()], [...plain.scenes.keys()])
  // All lines but those of the scenes, which are compared one by one.
  const stray = ({ output }: Run): string[] => output.split('\n').filter(line => !/^\["\w+",/.test(line))
  assert.equal(stray(observed), stray(plain))
}

/** The lines of each scene. */
export function scenesOf(output: string): Map<string, string[]> {
  const scenes = new Map<string, string[]>()
  for (const line of output.split('\n')) {
    const name = /^\["(\w+)"/.exec(line)?.[1]
    if (name !== undefined) scenes.set(name, [...(scenes.get(name) ?? []), line])
  }
  return scenes
}

/** Runs node to its end. The environment of the test run is not handed on: it may know an agent of its own. */
export async function runNode(
  args: readonly string[],
  env: Record<string, string>,
  { cwd = ROOT, patienceMs = APP_PATIENCE_MS }: { cwd?: string; patienceMs?: number } = {},
): Promise<{ output: string; errors: string; code: number | null }> {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', TMPDIR: process.env.TMPDIR ?? '/tmp', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', chunk => {
    output += chunk
  })
  child.stderr.setEncoding('utf8').on('data', chunk => {
    errors += chunk
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs)
  const code = await new Promise<number | null>(resolve => child.on('close', resolve))
  clearTimeout(timer)
  return { output, errors, code }
}

/** What the control asks of a request that has arrived. */
type Seen = Pick<Received, 'headers' | 'done' | 'bytesWritten'>

export interface Control {
  readonly origin: string
  /** From this request on, counts what is the run's. */
  begin(first: number): void
  close(): Promise<void>
}

/**
 * Tells the app what its server has seen: `/left/<scene>` answers once all of the scene's connections are closed,
 * `/arrived/<scene>` once a request of it has come, `/stalled/<scene>` once the server can send no more: how many bytes
 * it could.
 */
export async function startControl(calls: () => readonly Seen[]): Promise<Control> {
  let first = 0
  const callsOf = (scene: string): Seen[] =>
    calls()
      .slice(first)
      .filter(call => sceneOf(call) === scene)
  const arrived = async (scene: string): Promise<void> => {
    const patience = AbortSignal.timeout(CONTROL_PATIENCE_MS)
    while (callsOf(scene).length === 0 && !patience.aborted) await delay(5)
  }
  const sent = (scene: string): number => callsOf(scene).reduce((sum, call) => sum + call.bytesWritten, 0)
  const stalled = async (scene: string): Promise<number> => {
    let before = -1
    while (before !== sent(scene)) {
      before = sent(scene)
      await delay(STALLED_MS)
    }
    return before
  }
  const leaving = async (scene: string): Promise<unknown> => Promise.all(callsOf(scene).map(call => call.done))
  const server = createServer((request, response) => {
    const [, question, scene = ''] = (request.url ?? '').split('/')
    const timer = setTimeout(() => response.end('no'), CONTROL_PATIENCE_MS)
    const answer = (text: string) => (): void => {
      clearTimeout(timer)
      response.end(text)
    }
    if (question === 'arrived') void arrived(scene).then(answer('yes'))
    else if (question === 'stalled') void stalled(scene).then(bytes => answer(String(bytes))())
    else void leaving(scene).then(answer('yes'))
  })
  const port = await listen(server, 0)
  return {
    origin: `http://127.0.0.1:${port}`,
    begin(index) {
      first = index
    },
    close: () => new Promise(resolve => server.close(() => resolve())),
  }
}

/** A port where nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createServer()
  const port = await listen(server, 0)
  await new Promise(resolve => server.close(resolve))
  return port
}
