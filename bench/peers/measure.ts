import { type ChildProcess, execFile, fork } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Told } from './client'
import type { Counts, Ports } from './server'
import type { Variant } from './variants'
import type { Workload } from './workloads'

/** One run of a client, and what the sinks have counted of it. */
export interface Run extends Told {
  /** Things that a variant owes for a call and that were counted less often than there were calls. */
  readonly missing: readonly string[]
}

export interface Place {
  readonly node: string
  readonly site: string
}

/** The mock and the sinks, running. */
export class Server {
  readonly #child: ChildProcess
  readonly ports: Ports

  private constructor(child: ChildProcess, ports: Ports) {
    this.#child = child
    this.ports = ports
  }

  static async start(): Promise<Server> {
    const child = fork(join(__dirname, 'server.ts'), { execArgv: ['--import', 'tsx'] })
    const { ports } = await message<{ ports: Ports }>(child)
    return new Server(child, ports)
  }

  /** What has been counted since it was last asked. */
  async counts(): Promise<Counts> {
    this.#child.send('counts')
    return (await message<{ counts: Counts }>(this.#child)).counts
  }

  stop(): void {
    this.#child.kill()
  }
}

function message<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`the server ended with ${code}`))
    child.once('exit', ended)
    child.once('message', value => {
      child.off('exit', ended)
      resolve(value as T)
    })
  })
}

/** Runs a client once. `before` calls are not measured; `profile` is a file to write one to. */
export async function runClient(
  { node, site }: Place,
  server: Server,
  variant: Variant,
  workload: Workload,
  [before, measured]: readonly [number, number],
  profile = '',
): Promise<Run> {
  const load = variant.load.flatMap(module => ['--require', module])
  const args = [...load, 'client.js', workload.name, String(before), String(measured), profile]
  const { stdout } = await promisify(execFile)(node, args, { cwd: site, env: envOf(server.ports, variant) })
  const told = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Told
  const counts = await server.counts()
  const calls = before + measured
  const missing = variant.emits.filter(kind => counts[kind] < calls).map(kind => `${counts[kind]} of ${calls} ${kind}`)
  return { ...told, missing }
}

function envOf({ mock, sink, statsd }: Ports, variant: Variant): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    OPENAI_BASE_URL: `http://127.0.0.1:${mock}/v1`,
    // As long as real ones are: what looks for its echoes has something to look for.
    OPENAI_API_KEY: 'sk-test-bench-0123456789abcdefghijklmnopqrstuvwxyz',
    DD_TRACE_AGENT_URL: `http://127.0.0.1:${sink}`,
    DD_AGENT_HOST: '127.0.0.1',
    DD_DOGSTATSD_PORT: String(statsd),
    DD_SERVICE: 'bench',
    DD_ENV: 'bench',
    DD_VERSION: '1',
    DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
    DD_REMOTE_CONFIGURATION_ENABLED: 'false',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${sink}`,
    OTEL_SERVICE_NAME: 'bench',
    ...variant.env,
  }
}
