import type { Tracer } from 'dd-trace'
import type { Config } from '../config'
import { logIntakeUrl } from '../sinks/intake/log-url'
import { agentUrl, liveAgentUrl } from '../tracer/agent-url'

/** Who is sent something from this process, besides OpenAI, and where it is said. */
export interface NamedReceiver {
  readonly name: string
  readonly url: string | undefined
}

/** OpenTelemetry's variables; without them its exporters send to this machine, and are known by their paths. */
const OTLP = ['', '_TRACES', '_METRICS', '_LOGS'].map(signal => `OTEL_EXPORTER_OTLP${signal}_ENDPOINT`)

/** Every receiver that the environment names. */
export function receiversOf(
  config: Pick<Config, 'site' | 'logsUrl' | 'llmobsUrl'>,
  env: NodeJS.ProcessEnv,
): NamedReceiver[] {
  return [
    { name: 'the agent', url: agentUrl(env) },
    { name: 'the log intake', url: logIntakeUrl(config).href },
    { name: 'the LLM Observability intake', url: config.llmobsUrl },
    ...OTLP.map(name => ({ name, url: env[name] || undefined })),
  ]
}

/** Knows the addresses that receive what is observed, and so must not be observed. */
export class Addresses {
  readonly #known: ReadonlySet<string>
  readonly #tracer: Tracer | undefined
  #live: { readonly url: string; readonly address: string | undefined } | undefined

  constructor(config: Pick<Config, 'site' | 'logsUrl' | 'llmobsUrl'>, tracer: Tracer | undefined, env = process.env) {
    this.#known = new Set(
      receiversOf(config, env)
        .map(({ url }) => addressOf(url))
        .filter(address => address !== undefined),
    )
    this.#tracer = tracer
  }

  has(origin: string): boolean {
    const address = addressOf(origin)
    return address !== undefined && (this.#known.has(address) || address === this.#liveAddress())
  }

  /** The app may start the tracer after us, and move it while it runs. */
  #liveAddress(): string | undefined {
    const url = this.#tracer === undefined ? undefined : liveAgentUrl(this.#tracer)
    if (url === undefined) return undefined
    if (this.#live?.url !== url) this.#live = { url, address: addressOf(url) }
    return this.#live.address
  }
}

const PORT_TEXTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' }
const THIS_MACHINE = /^(?:localhost|127(?:\.\d+){3}|0\.0\.0\.0|\[::1?\]|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]+\])$/

/** `host:port`, where every name of this machine is the same one. None of a Unix socket or of what is no URL. */
export function addressOf(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined
  const { protocol, hostname, port } = new URL(url)
  if (hostname === '') return undefined
  const host = hostname.replace(/\.$/, '').toLowerCase()
  return `${THIS_MACHINE.test(host) ? 'localhost' : host}:${port || (PORT_TEXTS[protocol] ?? '')}`
}
