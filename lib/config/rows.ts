import type { CallHook } from '../openai/call'
import { OUTPUT_NAMES } from '../sinks/outputs'
import type { Config, ConfigKey, OutputName, RedactHook } from './config'
import {
  baseUrl,
  contentSwitch,
  flag,
  hook,
  hooks,
  httpUrl,
  type Kind,
  names,
  outputs,
  patterns,
  port,
  rate,
  site,
  text,
  whole,
} from './kinds'

/** One setting: its name in the environment (none: in code only), what it may be, and what else holds for it. */
export interface SettingRow<T> extends Traits {
  readonly name: string | undefined
  readonly kind: Kind<T>
  readonly default: T
  readonly about: string
  /** What is set again is put beside what was, and does not replace it. */
  join?(before: T, added: T): T
}

interface Traits {
  /** What does not leave the process while this setting cannot be read: guessing might send what was to stay. */
  readonly closes?: 'content' | 'logs' | 'llmobs' | 'intakes'
  /** A later `start()` can change it; `off`: can only turn it off. Else it holds from the first start on. */
  readonly live?: true | 'off'
  /** Its value is never said. */
  readonly secret?: true
}

function row<T>(
  name: string | undefined,
  kind: Kind<T>,
  fallback: T,
  about: string,
  traits: Traits = {},
): SettingRow<T> {
  return { name, kind, default: fallback, about, ...traits }
}

const isCallHook = (value: unknown): value is CallHook => typeof value === 'function'
const isRedactHook = (value: unknown): value is RedactHook => typeof value === 'function'

const DATADOG_ONLY: readonly OutputName[] = ['datadog']

/**
 * The one table of settings; the README's is made from it. The compiler refuses a setting without a row, a row without
 * a setting, and a kind that does not give the setting's type.
 */
export const ROWS: { readonly [K in ConfigKey]: SettingRow<Config[K]> } = {
  enabled: row('INTERCEPTOR_ENABLED', flag, true, '`false`: `register` does nothing', {
    closes: 'content',
    live: true,
  }),
  startTracer: row(
    'INTERCEPTOR_START_TRACER',
    flag,
    true,
    '`false`: the app starts dd-trace itself, by `tracer.init()`',
  ),
  propagate: row(
    'INTERCEPTOR_PROPAGATE',
    flag,
    true,
    '`false`: dd-trace puts no `traceparent`, `tracestate` and `x-datadog-*` into requests to the recognised hosts',
  ),
  outputs: row(
    'INTERCEPTOR_OUTPUTS',
    outputs,
    DATADOG_ONLY,
    `who is sent the calls: ${OUTPUT_NAMES.map(name => `\`${name}\``).join(', ')}`,
    // Whoever names another than the default does not want theirs there.
    { closes: 'content' },
  ),
  service: row('DD_SERVICE', text, undefined, 'service of the app', { live: true }),
  env: row('DD_ENV', text, undefined, 'environment of the app', { live: true }),
  version: row('DD_VERSION', text, undefined, 'version of the app', { live: true }),
  openaiService: row('DD_OPENAI_SERVICE', text, undefined, 'service of the OpenAI calls, if not the app’s', {
    live: true,
  }),
  site: row('DD_SITE', site, 'datadoghq.com', 'Datadog site that logs go to', { closes: 'intakes' }),
  apiKey: row('DD_API_KEY', text, undefined, 'needed for logs', { secret: true }),
  hosts: row(
    'INTERCEPTOR_HOSTS',
    names,
    [],
    'gateways and compatible servers: origin, `host:port` or host, each with an optional path prefix; `unix:///path.sock`',
    { live: true },
  ),
  openaiBaseUrl: row('OPENAI_BASE_URL', baseUrl, undefined, 'the SDK’s own variable: its host is recognised', {
    live: true,
  }),
  azureEndpoint: row('AZURE_OPENAI_ENDPOINT', baseUrl, undefined, 'the SDK’s own variable: its host is recognised', {
    live: true,
  }),
  maxBodyBytes: row('INTERCEPTOR_MAX_BODY_BYTES', whole(0), 1_048_576, 'kept of a body, a side: head and tail', {
    live: true,
  }),
  maxTotalBytes: row('INTERCEPTOR_MAX_TOTAL_BYTES', whole(0), 67_108_864, 'kept of all open exchanges'),
  turns: row('INTERCEPTOR_TURNS', flag, true, '`false`: calls are not joined into turns', { live: true }),
  idleTimeoutMs: row(
    'INTERCEPTOR_IDLE_TIMEOUT_MS',
    whole(1),
    300_000,
    'an exchange on which nothing happens for so long is ended as `abandoned`',
  ),
  captureContent: row('INTERCEPTOR_CAPTURE_CONTENT', flag, true, '`false`: no prompt or output leaves', {
    closes: 'content',
    live: true,
  }),
  redactPatterns: row(
    'INTERCEPTOR_REDACT',
    patterns,
    [],
    'built-in patterns to redact: `key`, `bearer`, `email`, `card`',
    { closes: 'content', live: true },
  ),
  redact: row(undefined, hook(isRedactHook), undefined, 'gets each prompt and output, gives what may leave', {
    closes: 'content',
    live: true,
  }),
  spanCharLimit: row('DD_OPENAI_SPAN_CHAR_LIMIT', whole(0), 128, 'characters kept of each text on a span', {
    live: true,
  }),
  spanSampleRate: row(
    'DD_OPENAI_SPAN_PROMPT_COMPLETION_SAMPLE_RATE',
    rate,
    1,
    'share of traces whose prompts and outputs are put on spans',
    { closes: 'content', live: true },
  ),
  logSampleRate: row(
    'DD_OPENAI_LOG_PROMPT_COMPLETION_SAMPLE_RATE',
    rate,
    0.1,
    'share of traces whose prompts and outputs are logged',
    { closes: 'content', live: true },
  ),
  otelContent: row<boolean | undefined>(
    'INTERCEPTOR_OTEL_CONTENT',
    flag,
    undefined,
    'prompts and outputs on OpenTelemetry’s spans; `false` keeps them off whatever the next one says',
    { closes: 'content', live: true },
  ),
  genAiContent: row(
    'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT',
    contentSwitch,
    false,
    'the same, by the ecosystem’s own variable',
    { closes: 'content', live: true },
  ),
  metricsEnabled: row('DD_OPENAI_METRICS_ENABLED', flag, true, 'send metrics', { live: 'off' }),
  metricTags: row(
    'INTERCEPTOR_METRIC_TAGS',
    names,
    [],
    'keys of `withTags` that metrics carry too, and of `metadata` as `metadata.x`',
  ),
  dogstatsdUrl: row('DD_DOGSTATSD_URL', text, undefined, 'where metrics go: `udp://host:port` or `unix:///path.sock`'),
  agentHost: row('DD_AGENT_HOST', text, undefined, 'host of the Datadog Agent'),
  dogstatsdPort: row('DD_DOGSTATSD_PORT', port, 8125, 'port of DogStatsD'),
  prices: row('INTERCEPTOR_PRICES', text, undefined, 'a JSON file with prices of your own'),
  priceList: row(
    'INTERCEPTOR_PRICE_LIST',
    text,
    undefined,
    'a price list that `interceptor prices --update` wrote, used instead of the bundled one',
  ),
  logsEnabled: row('DD_OPENAI_LOGS_ENABLED', flag, false, 'send sampled prompts and outputs as logs', {
    closes: 'logs',
    live: 'off',
  }),
  logsUrl: row(
    'DD_AGENTLESS_LOG_SUBMISSION_URL',
    httpUrl,
    undefined,
    'where logs go, if not to the intake of `DD_SITE`',
    { closes: 'logs' },
  ),
  llmobsEnabled: row<boolean | undefined>(
    'DD_LLMOBS_ENABLED',
    flag,
    undefined,
    'send spans to LLM Observability, beside the output `datadog`',
    { closes: 'llmobs' },
  ),
  llmobsMlApp: row('DD_LLMOBS_ML_APP', text, undefined, 'name of the app in LLM Observability, if not the service'),
  llmobsAgentless: row<boolean | undefined>(
    'DD_LLMOBS_AGENTLESS_ENABLED',
    flag,
    undefined,
    '`true`: straight to the intake of `DD_SITE`; `false`: through the Agent; else whichever is there',
    { closes: 'llmobs' },
  ),
  llmobsSampleRate: row('DD_LLMOBS_SAMPLE_RATE', rate, 1, 'share of traces that LLM Observability keeps', {
    closes: 'llmobs',
  }),
  llmobsUrl: row(
    'INTERCEPTOR_LLMOBS_URL',
    httpUrl,
    undefined,
    'where LLM Observability spans go agentless, if not to the intake of `DD_SITE`',
    { closes: 'llmobs' },
  ),
  spoolDir: row(
    'INTERCEPTOR_SPOOL_DIR',
    text,
    undefined,
    'folder for logs and LLM Observability spans that could not be sent',
  ),
  exitTimeoutMs: row('INTERCEPTOR_EXIT_TIMEOUT_MS', whole(0), 2_000, 'how long the end of the process may wait', {
    live: true,
  }),
  onCall: {
    ...row<readonly CallHook[]>(undefined, hooks(isCallHook), [], 'gets each call that has ended', { live: true }),
    join: (before, added) => [...new Set([...before, ...added])],
  },
  debug: row(
    'INTERCEPTOR_DEBUG',
    flag,
    false,
    'says on standard error what is observed, what not and why, what is sent',
  ),
  file: row('INTERCEPTOR_FILE', text, undefined, 'file that gets one JSON object a call'),
}

export const KEYS = Object.keys(ROWS).filter(isKey)

export function isKey(name: string): name is ConfigKey {
  return Object.hasOwn(ROWS, name)
}

export interface Variable extends Omit<SettingRow<Config[ConfigKey]>, 'name'> {
  readonly name: string
  readonly key: ConfigKey
}

/** The settings that the environment has a name for. */
export const VARIABLES: readonly Variable[] = KEYS.flatMap(key => {
  const { name, ...rest } = ROWS[key]
  return name === undefined ? [] : [{ ...rest, key, name }]
})
