import { say } from './say'

/** Every setting, validated and frozen. The environment's name of each stands in `VARIABLES`. */
export interface Config {
  readonly enabled: boolean
  readonly startTracer: boolean
  /** Unified service tagging. */
  readonly service: string | undefined
  readonly env: string | undefined
  readonly version: string | undefined
  /** Service name of the OpenAI spans, metrics and logs; the app's where unset. */
  readonly openaiService: string | undefined
  readonly site: string
  readonly apiKey: string | undefined

  readonly hosts: readonly string[]
  readonly openaiBaseUrl: string | undefined
  readonly azureEndpoint: string | undefined

  readonly maxBodyBytes: number
  readonly maxTotalBytes: number
  readonly idleTimeoutMs: number

  readonly captureContent: boolean
  /** Names of built-in patterns. */
  readonly redactPatterns: readonly string[]
  /** The app's own, in code only: gets each prompt and output and gives what may leave. */
  readonly redact: RedactHook | undefined
  readonly spanCharLimit: number
  readonly spanSampleRate: number
  readonly logSampleRate: number

  readonly metricsEnabled: boolean
  readonly metricTags: readonly string[]
  readonly dogstatsdUrl: string | undefined
  readonly agentHost: string | undefined
  readonly dogstatsdPort: number
  readonly prices: string | undefined

  readonly logsEnabled: boolean
  readonly logsUrl: string | undefined
  readonly spoolDir: string | undefined
  readonly exitTimeoutMs: number
}

/**
 * Redacts one text before it leaves the process; `where` names it (`request.messages.0.content`). If it throws or gives
 * no string, the text is left out.
 */
export type RedactHook = (value: string, where: string) => string

export type ConfigKey = keyof Config

interface Variable<K extends ConfigKey = ConfigKey> {
  readonly name: string
  readonly key: K
  readonly kind: Kind<Config[K]>
  readonly default: Config[K]
  readonly about: string
}

/** How a variable's text becomes its value. `parse` gives undefined for a text it cannot use. */
interface Kind<T> {
  readonly expects: string
  parse(text: string): T | undefined
}

const flag: Kind<boolean> = {
  expects: 'true or false',
  parse: text => ({ true: true, '1': true, false: false, '0': false })[text.toLowerCase()],
}
const text: Kind<string | undefined> = { expects: 'a text', parse: value => value }
const rate: Kind<number> = {
  expects: 'a number from 0 to 1',
  parse: value => (isNumber(value) && Number(value) >= 0 && Number(value) <= 1 ? Number(value) : undefined),
}
const whole = (least: number): Kind<number> => ({
  expects: `a whole number from ${least}`,
  parse: value =>
    isNumber(value) && Number.isSafeInteger(Number(value)) && Number(value) >= least ? Number(value) : undefined,
})
const port: Kind<number> = {
  expects: 'a port from 1 to 65535',
  parse: value =>
    /^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535 ? Number(value) : undefined,
}
const names: Kind<readonly string[]> = {
  expects: 'a comma-separated list',
  parse: value =>
    value
      .split(',')
      .map(name => name.trim())
      .filter(name => name !== ''),
}
const url: Kind<string | undefined> = {
  expects: 'a URL',
  parse: value => (URL.canParse(value) ? value : undefined),
}
const site: Kind<string> = {
  expects: 'a host name such as datadoghq.eu',
  parse: value => (/^[a-z0-9.-]+$/i.test(value) ? value.toLowerCase() : undefined),
}

function isNumber(value: string): boolean {
  return value.trim() !== '' && Number.isFinite(Number(value))
}

function variable<K extends ConfigKey>(
  name: string,
  key: K,
  kind: Kind<Config[K]>,
  fallback: Config[K],
  about: string,
): Variable<K> {
  return { name, key, kind, default: fallback, about }
}

/** The one table of variables; the README's is made from it. */
export const VARIABLES = [
  variable('INTERCEPTOR_ENABLED', 'enabled', flag, true, '`false`: `register` does nothing'),
  variable(
    'INTERCEPTOR_START_TRACER',
    'startTracer',
    flag,
    true,
    '`false`: the app starts dd-trace itself, by `tracer.init()`',
  ),
  variable('DD_SERVICE', 'service', text, undefined, 'service of the app'),
  variable('DD_ENV', 'env', text, undefined, 'environment of the app'),
  variable('DD_VERSION', 'version', text, undefined, 'version of the app'),
  variable('DD_OPENAI_SERVICE', 'openaiService', text, undefined, 'service of the OpenAI calls, if not the app’s'),
  variable('DD_SITE', 'site', site, 'datadoghq.com', 'Datadog site that logs go to'),
  variable('DD_API_KEY', 'apiKey', text, undefined, 'needed for logs'),
  variable(
    'INTERCEPTOR_HOSTS',
    'hosts',
    names,
    [],
    'gateways and compatible servers: origin, `host:port` or host, each with an optional path prefix',
  ),
  variable('OPENAI_BASE_URL', 'openaiBaseUrl', url, undefined, 'the SDK’s own variable: its host is recognised'),
  variable('AZURE_OPENAI_ENDPOINT', 'azureEndpoint', url, undefined, 'the SDK’s own variable: its host is recognised'),
  variable('INTERCEPTOR_MAX_BODY_BYTES', 'maxBodyBytes', whole(0), 1_048_576, 'kept of a body, a side: head and tail'),
  variable('INTERCEPTOR_MAX_TOTAL_BYTES', 'maxTotalBytes', whole(0), 67_108_864, 'kept of all open exchanges'),
  variable(
    'INTERCEPTOR_IDLE_TIMEOUT_MS',
    'idleTimeoutMs',
    whole(1),
    300_000,
    'an exchange on which nothing happens for so long is ended as `abandoned`',
  ),
  variable('INTERCEPTOR_CAPTURE_CONTENT', 'captureContent', flag, true, '`false`: no prompt or output leaves'),
  variable(
    'INTERCEPTOR_REDACT',
    'redactPatterns',
    names,
    [],
    'built-in patterns to redact: `key`, `bearer`, `email`, `card`',
  ),
  variable('DD_OPENAI_SPAN_CHAR_LIMIT', 'spanCharLimit', whole(0), 128, 'characters kept of each text on a span'),
  variable(
    'DD_OPENAI_SPAN_PROMPT_COMPLETION_SAMPLE_RATE',
    'spanSampleRate',
    rate,
    1,
    'share of traces whose prompts and outputs are put on spans',
  ),
  variable(
    'DD_OPENAI_LOG_PROMPT_COMPLETION_SAMPLE_RATE',
    'logSampleRate',
    rate,
    0.1,
    'share of traces whose prompts and outputs are logged',
  ),
  variable('DD_OPENAI_METRICS_ENABLED', 'metricsEnabled', flag, true, 'send metrics'),
  variable('INTERCEPTOR_METRIC_TAGS', 'metricTags', names, [], 'keys of `withTags` that metrics carry too'),
  variable(
    'DD_DOGSTATSD_URL',
    'dogstatsdUrl',
    text,
    undefined,
    'where metrics go: `udp://host:port` or `unix:///path.sock`',
  ),
  variable('DD_AGENT_HOST', 'agentHost', text, undefined, 'host of the Datadog Agent'),
  variable('DD_DOGSTATSD_PORT', 'dogstatsdPort', port, 8125, 'port of DogStatsD'),
  variable('INTERCEPTOR_PRICES', 'prices', text, undefined, 'a JSON file with prices of your own'),
  variable('DD_OPENAI_LOGS_ENABLED', 'logsEnabled', flag, false, 'send sampled prompts and outputs as logs'),
  variable(
    'DD_AGENTLESS_LOG_SUBMISSION_URL',
    'logsUrl',
    url,
    undefined,
    'where logs go, if not to the intake of `DD_SITE`',
  ),
  variable('INTERCEPTOR_SPOOL_DIR', 'spoolDir', text, undefined, 'folder for logs that could not be sent'),
  variable('INTERCEPTOR_EXIT_TIMEOUT_MS', 'exitTimeoutMs', whole(0), 2_000, 'how long the end of the process may wait'),
] as readonly Variable[]

/** Settings given in code go before the environment's. */
export type Settings = Partial<Config>

/**
 * Reads the environment. A bad value is said in one line that names the variable, the value and what is used instead;
 * it never stops the app.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env, settings: Settings = {}): Config {
  const values: Record<string, unknown> = { redact: settings.redact }
  for (const { name, key, kind, default: fallback } of VARIABLES) {
    values[key] = settings[key] ?? read(env[name], name, kind, fallback)
  }
  return Object.freeze(values) as unknown as Config
}

function read<T>(value: string | undefined, name: string, kind: Kind<T>, fallback: T): T {
  if (value === undefined || value.trim() === '') return fallback
  const parsed = kind.parse(value.trim())
  if (parsed !== undefined) return parsed
  const shown = name.includes('KEY') ? 'the value' : JSON.stringify(value.slice(0, 100).replace(/[^\s/@]+@/g, '...@'))
  say(`${name}: ${shown} is not ${kind.expects}; ${shownDefault(fallback)} is used instead`)
  return fallback
}

function shownDefault(value: unknown): string {
  if (value === undefined) return 'no value'
  return Array.isArray(value) ? 'an empty list' : String(value)
}
