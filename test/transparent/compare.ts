import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeCertificate } from '../../lib/local/certificate'
import { startDatadog } from '../../lib/local/receiver/datadog'
import { type Control, closedPort, runNode, scenesOf, startControl } from '../app-equal'
import { type FaultServer, type Request, startFaultServer } from './fault-server'

const ROOT = join(__dirname, '..', '..')
const REGISTER = join(ROOT, 'dist', 'register.js')
const TRACER = join(ROOT, 'node_modules', 'dd-trace', 'init.js')
const PROGRAMS = join(__dirname, 'programs')

/** A program's run, and what its server saw of it. */
export interface Run {
  readonly scenes: ReadonlyMap<string, readonly string[]>
  readonly output: string
  readonly errors: string
  readonly code: number | null
  readonly requests: ReadonlyMap<string, readonly Request[]>
}

/** The same program without and with us, whose difference must be nothing. */
export interface Runs {
  readonly plain: Run
  readonly observed: Run
}

/** Without a tracer; or with dd-trace on both sides, so that what dd-trace changes by itself is not taken for ours. */
export type Beside = 'alone' | 'beside dd-trace'

export interface Stage {
  /** Of all scenes, or of those named. */
  run(program: string, client: string, beside: Beside, scenes?: readonly string[]): Promise<Runs>
  close(): Promise<void>
}

/** A program that runs for so long is in a loop: it is ended, and counts as failed. */
const ENDLESS_MS = 3 * 60_000

export async function prepareStage(): Promise<Stage> {
  const certificate = await makeCertificate()
  const [plain, tls, datadog, refused] = await Promise.all([
    startFaultServer(),
    startFaultServer(certificate),
    startDatadog(),
    closedPort(),
  ])
  const servers = [plain, tls]
  const hosts = [plain.port, tls.port, refused].map(port => `127.0.0.1:${port}`)
  const observed = {
    ...datadog.env,
    INTERCEPTOR_HOSTS: [...hosts, 'nobody.invalid'].join(),
    DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
    DD_TRACE_OPENAI_ENABLED: 'false',
  }
  const where = {
    SERVER: plain.origin,
    TLS: tls.origin,
    REFUSED: `http://127.0.0.1:${refused}`,
    CA: readFileSync(certificate.caFile, 'utf8'),
  }
  const once = async (args: string[], env: Record<string, string>): Promise<Run> => {
    for (const server of servers) await server.begin()
    const controls = await startControls(servers)
    const ended = await runNode(
      args,
      { ...where, CONTROL: controls.origin, ...env },
      { cwd: PROGRAMS, patienceMs: ENDLESS_MS },
    )
    await controls.close()
    const requests = new Map<string, Request[]>()
    for (const request of servers.flatMap(server => server.requests())) {
      requests.set(request.scene, [...(requests.get(request.scene) ?? []), request])
    }
    return { ...ended, scenes: scenesOf(ended.output), requests }
  }
  return {
    async run(program, client, beside, scenes) {
      const app = join(PROGRAMS, program)
      const env = {
        ...observed,
        CLIENT: client,
        ...(beside === 'alone' ? { DD_TRACE_ENABLED: 'false' } : {}),
        ...(scenes === undefined ? {} : { SCENES: scenes.join() }),
      }
      return {
        plain: await once(beside === 'alone' ? [app] : ['--require', TRACER, app], env),
        observed: await once(['--require', REGISTER, app], env),
      }
    },
    async close() {
      await Promise.all([...servers.map(server => server.close()), datadog.close()])
      certificate.remove()
    },
  }
}

/** One control for the requests of all servers. */
async function startControls(servers: readonly FaultServer[]): Promise<Control> {
  const calls = {
    get all() {
      return servers.flatMap(server => server.calls)
    },
  }
  const control = await startControl(() => calls.all)
  control.begin(0)
  return control
}

/** What differs between two runs of a scene, as text; empty if nothing does. */
export function differenceOf(one: Run, other: Run, scene: string): string[] {
  return [
    ...differing(one.scenes.get(scene) ?? [], other.scenes.get(scene) ?? [], 'app'),
    ...differing((one.requests.get(scene) ?? []).map(wire), (other.requests.get(scene) ?? []).map(wire), 'wire'),
  ]
}

function differing(one: readonly string[], other: readonly string[], what: string): string[] {
  const lines: string[] = []
  for (let i = 0; i < Math.max(one.length, other.length); i += 1) {
    if (one[i] === other[i]) continue
    lines.push(`${what} - ${one[i] ?? 'nothing'}`, `${what} + ${other[i] ?? 'nothing'}`)
  }
  return lines
}

/**
 * As sent, but for what is random in every run: boundaries, and the ids that dd-trace adds. Which connection it was on is
 * a race between a server that closes and the next request.
 */
function wire({ bytes }: Request): string {
  const text = bytes
    .replace(/-{2,}(?:formdata-undici-)?[\w-]{8,}/g, 'boundary')
    .replace(/boundary=[^\r]+/gi, 'boundary')
    .replace(/\r\n(?:x-datadog-[\w-]+|traceparent|tracestate): [^\r]*/gi, '')
    .replace(/\r\nidempotency-key: [^\r]*/gi, '\r\nidempotency-key')
  return JSON.stringify(text)
}
